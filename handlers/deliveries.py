"""Messages of which nobody knows whether they arrived: for an owner to look and to settle."""

from handlers.requests import Command, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps import Tap
from handlers.taps.announcements import ReceiptTap
from handlers.taps.cards import AnswerTap, LeaveTap, PledgeTap, StudiedTap
from handlers.taps.deliveries import AgainTap, ArrivedTap
from handlers.taps.tutorials import HushTap
from handlers.words import deliveries as words
from handlers.words import plain
from handlers.words.message import Message, says
from storage import doubts, nudges
from storage.announcements import notice_key


async def unclear(request: Request) -> Reply:
    """/deliveries: what has to be settled."""
    message = await _list(request)
    return Reply(message=message) if request.private else Reply(private=message)


async def seen(request: Request, tap: Tap) -> None:
    """Whoever taps has the message before them: it arrived, whatever became of the answer.

    Its words have to be there as well: where the probe was cut off, its buttons may stand under
    another message.
    """
    match tap:
        case StudiedTap() | HushTap() if request.private and request.person is not None:
            key = nudges.key(tap.morning, request.person.id)
        case StudiedTap() | AnswerTap() | PledgeTap() | LeaveTap():
            key = f"card:{tap.morning}"
        case ReceiptTap() if request.team is not None:
            key = notice_key(tap.announcement, request.team.id)
        case _:
            return
    row = await doubts.doubtful(request.session, key, request.chat.id, request.message_id)
    if row is not None and says(request.shown, row.params):
        await doubts.arrived(request.session, row, request.message_id, request.now)


async def there(request: Request, tap: ArrivedTap) -> Reply:
    """It stands in the chat."""
    return await _judge(request, tap.outgoing, there=True)


async def again(request: Request, tap: AgainTap) -> Reply:
    """It does not: send it again."""
    return await _judge(request, tap.outgoing, there=False)


async def _judge(request: Request, outgoing_id: int, *, there: bool) -> Reply:
    if not await request.may(Action.OPERATE):
        return Reply(toast=plain.denied(request.voice))
    fresh = await doubts.judge(request.session, outgoing_id, request.now, there=there)
    toast = words.judged(request.voice, there=there) if fresh else words.settled(request.voice)
    return Reply(toast=toast, edit=await _list(request))


async def _list(request: Request) -> Message:
    rows = await doubts.unclear(request.session, words.SHOWN)
    count, _ = await doubts.tally(request.session)
    return words.unclear(request.voice, rows, count, request.zone, request.now)


ROUTES: list[Route] = [
    Command("deliveries", unclear, needs=Action.OPERATE),
    Press(ArrivedTap, there, needs=Action.OPERATE),
    Press(AgainTap, again, needs=Action.OPERATE),
]
