"""What is stored of somebody: told, handed out, and erased at their word."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.requests import Command, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.privacy import ForgetMeTap, ForgetTap, MyDataTap, RatherNotTap
from handlers.words import plain
from handlers.words import privacy as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import commitments, erasures, outbox
from storage.database import Session, alone
from storage.erasures import Blank
from storage.kinds import Doing
from storage.tables import Person

IN_TIME = timedelta(hours=1)  # a file that could not be sent by then is asked for anew
PAUSE = timedelta(minutes=1)  # between two files for one person
HOLDS = timedelta(minutes=10)  # how long the last question can be answered


async def told(request: Request) -> Reply:
    """/privacy: what is stored, who sees it, for how long."""
    buttons = request.private and request.person is not None
    return Reply(message=words.told(request.voice, request.house.keep, buttons=buttons))


# -- a file of it ----------------------------------------------------------------------------


async def mine(request: Request) -> Reply:
    """/mydata: a file with all that is stored of the asker, in private."""
    if not request.private:
        return Reply(private=plain.line(words.in_private(request.voice)))
    if request.person is None:
        return Reply(message=words.nobody(request.voice))
    return Reply(message=plain.line(await _make(request, request.person)))


async def mine_pressed(request: Request, _: MyDataTap) -> Reply:
    """The same by a button."""
    if not request.private or request.person is None:
        return Reply(toast=plain.gone(request.voice))
    return Reply(toast=await _make(request, request.person))


async def _make(request: Request, person: Person) -> str:
    """Owe the file, one a minute; it is made when it is sent."""
    session, now = request.session, request.now
    key = f"mydata:{person.id}:"
    await alone(session, key)
    if await outbox.since(session, key, now - PAUSE):
        return words.just_now(request.voice)
    found = await erasures.stake(session, person.id)
    day, wanted = f"{request.today:%Y-%m-%d}", f"{person.id},{now.isoformat()}"
    message = words.file(request.voice, found, day, wanted)
    await outbox.post(
        session,
        f"{key}{now:%Y%m%d%H%M%S%f}",
        request.chat.id,
        message.send(),
        now,
        priority=outbox.URGENT,
        expires_at=now + IN_TIME,
    )
    return words.coming(request.voice)


# -- erased ----------------------------------------------------------------------------------


async def leave(request: Request) -> Reply:
    """/forgetme: what goes and what stays, and the question whether it is meant."""
    if not request.private:
        return Reply(private=plain.line(words.in_private(request.voice)))
    return Reply(message=await _asked(request))


async def leave_pressed(request: Request, _: ForgetMeTap) -> Reply:
    """The same by a button."""
    if not request.private or request.person is None:
        return Reply(toast=plain.gone(request.voice))
    return Reply(edit=await _asked(request))


async def rather_not(request: Request, _: RatherNotTap) -> Reply:
    """Nothing happens."""
    if not request.private:
        return Reply(toast=plain.gone(request.voice))
    return Reply(edit=words.kept(request.voice))


async def forget(request: Request, tap: ForgetTap) -> Reply:
    """Erase what is the presser's. The tap has to be theirs, and fresh."""
    voice, person = request.voice, request.person
    if not request.private or person is None or tap.person != person.id:
        return Reply(toast=plain.gone(voice))
    now = int(request.now.timestamp())
    if not now <= tap.until <= now + HOLDS.total_seconds():
        return Reply(toast=words.too_late(voice), edit=await _asked(request))
    await alone(request.session, "owners")  # of two who are the last ones, one stays
    if units := await erasures.indispensable(request.session, person.id):
        return Reply(edit=words.needed(voice, units))
    names = [person.name, request.sender.name]
    await erase(request.session, person, names, request.house.locale, request.now)
    await request.note(Doing.ERASED, person=person.id)
    return Reply(edit=words.forgotten(voice))


async def _asked(request: Request) -> Message:
    person = request.person
    if person is None:
        return words.nobody(request.voice)
    if units := await erasures.indispensable(request.session, person.id):
        return words.needed(request.voice, units)
    found = await erasures.stake(request.session, person.id)
    until = int((request.now + HOLDS).timestamp())
    minutes = int(HOLDS.total_seconds()) // 60
    return words.ask(request.voice, found, person.id, until, minutes)


async def erase(
    session: Session, person: Person, names: Sequence[str], locale: str, now: datetime
) -> None:
    """What is theirs goes, and what shows it is drawn anew.

    names   by which they are looked for in what others keep
    locale  in which a former member is called so, who had no team
    """
    seats = await erasures.places(session, person.id)
    today = {team.id: now.astimezone(ZoneInfo(team.timezone)).date() for _, team in seats}
    texts = {team.id: words.erased(Voice(team.locale)) for _, team in seats}
    shown = await erasures.shown(session, person.id)
    for team_id, day in today.items():
        shown |= await commitments.lists(session, team_id, day)
    former = words.former(Voice(seats[0][1].locale if seats else locale))
    blank = Blank(former, texts, today)
    await erasures.erase(session, person, list(dict.fromkeys(names)), blank, now)
    await outbox.touch(session, shown, now)


ROUTES: list[Route] = [
    Command("privacy", told, needs=Action.ASK),
    Command("mydata", mine, needs=Action.MYSELF),
    Command("forgetme", leave, needs=Action.MYSELF),
    Press(MyDataTap, mine_pressed, needs=Action.MYSELF),
    Press(ForgetMeTap, leave_pressed, needs=Action.MYSELF),
    Press(RatherNotTap, rather_not, needs=Action.MYSELF),
    Press(ForgetTap, forget, needs=Action.MYSELF),
]
