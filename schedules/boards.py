"""Teams' boards: edited as commitments change and as days go by, and pinned once they stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.overviews import next_look, overviews
from handlers.rules.calendar import Calendar, notices
from handlers.words import boards as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from schedules.job import Appointment, Job
from storage import boards, calendars, chats, outbox, people, slots, switches, teams
from storage.boards import PIN, Pinning
from storage.commitments import BOARD, board_key
from storage.database import Session
from storage.kinds import Delivery, Switch
from storage.tables import Outgoing

PREFIX = BOARD
NAME = "boards"
RIGHTS = "rights"  # in what Telegram says where we may not pin
OVERDUE = timedelta(minutes=15)  # after a date: later, the start of the next workday sees to it
TOGETHER = 200  # boards in one transaction, which is a few statements for all of them


async def again(
    session: Session, standing: Sequence[Outgoing], now: datetime
) -> Mapping[str, Message]:
    """By key: the boards as they are now, and what is left of older ones."""
    named = {one.key: boards.named(one.key) for one in standing}
    ids = {team_id for team_id, _ in named.values()}
    found, known = await boards.of_teams(session, ids), await teams.by_ids(session, ids)
    told = notices(await calendars.told(session, now.year))
    nameless = await switches.on(session, ids, Switch.NAMELESS)
    shown = await overviews(session, list(known.values()), now, told, nameless)
    messages = {}
    for key, (team_id, number) in named.items():
        if team_id not in found or team_id not in known:
            continue
        board, voice = found[team_id], Voice(known[team_id].locale)
        if number != board.number:
            messages[key] = words.moved(voice)
        elif board.next_at is None:
            messages[key] = words.gone(voice)
        else:
            messages[key] = words.standing(voice, shown[team_id], now)
    return messages


# -- as days go by ---------------------------------------------------------------------------


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Boards of teams whose workday has begun, and of those in which a promise is overdue now."""
    found = {
        f"{board.team_id}:{board.next_at:%Y-%m-%d}": (board, timezone)
        for board, timezone in await boards.due(session, now)
    }
    late = {
        f"{board.team_id}:{board.number}:{at:%Y-%m-%dT%H:%M}": (board, "")
        for board, at in await boards.fell_due(session, now - OVERDUE, now)
    }
    told = await slots.taken(session, NAME, list(late))
    found |= {subject: what for subject, what in late.items() if subject not in told}
    return [Appointment(subject, what) for subject, what in found.items()]


async def recolour(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Let them be drawn anew; where the day begins, look again on the next workday."""
    told = notices(await calendars.told(session, now.year))
    keys, times = [], {}
    for appointment in appointments:
        board, timezone = appointment.what
        keys.append(board_key(board.team_id, board.number))
        if timezone:
            times[board.team_id] = next_look(now, Calendar(ZoneInfo(timezone), notices=told))
    await outbox.touch(session, keys, now)
    await boards.look_again(session, times)


# -- pinning ---------------------------------------------------------------------------------


async def unpinned(session: Session, _: datetime) -> Sequence[Appointment]:
    """Boards that stand and are to be pinned, and those of which it is known what came of it."""
    found = []
    for one in await boards.unsettled(session):
        if one.state not in {Delivery.PENDING, Delivery.HELD}:
            name = board_key(one.board.team_id, one.board.number)
            found.append(Appointment(f"{name}:{one.state or PIN}", one))
    return found


async def pin(session: Session, appointment: Appointment, now: datetime) -> None:
    """Owe the call that pins it; later, tell who asked for the board if it may not be pinned."""
    one: Pinning = appointment.what
    board = await boards.same(session, one.board)
    if board is None:
        return  # it was moved or taken away a moment ago
    key = board_key(board.team_id, board.number)
    if one.state is None:
        params = {"message_id": one.message_id, "disable_notification": True}
        call = ("pinChatMessage", params)
        await outbox.ask(session, f"{PIN}{key}", one.chat_id, call, now)
        return
    board.settled_at = now
    session.add(board)
    if one.state is Delivery.FAILED and RIGHTS in one.error.lower():
        await _tell(session, one, key, now)


async def _tell(session: Session, one: Pinning, key: str, now: datetime) -> None:
    """In private where it can be, else in the group."""
    team = (await teams.by_ids(session, [one.board.team_id]))[one.board.team_id]
    person = (await people.by_ids(session, [one.board.person_id]))[one.board.person_id]
    chat = await chats.private(session, person.telegram_id)
    voice = Voice((person.locale if chat else None) or team.locale)
    message = words.unpinned(voice, team.name)
    where, topic = (chat.id, 0) if chat else (one.chat_id, team.topic_id)
    await outbox.post(session, f"unpinned:{key}", where, message.send(), now, topic_id=topic)


BOARDS = Job(NAME, due, run_all=recolour, together=TOGETHER)
PINS = Job("pins", unpinned, pin)
