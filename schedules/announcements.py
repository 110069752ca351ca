"""Announcements as they stand; those whose time has come; what is pinned, closed, taken back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import dispatches as going
from handlers.words import dispatches as telling
from handlers.words import timings as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from schedules.job import Appointment, Job
from storage import announcements, audits, chats, dispatches, grants, outbox, receipts
from storage.announcements import notice_key, progress_key, scheduled_key
from storage.database import Session
from storage.dispatches import PIN
from storage.kinds import Delivery, Doing, Role, Stage
from storage.tables import Announcement, Outgoing, Person, Team

CATCH_UP = timedelta(hours=2)  # an announcement that is later than this is not sent unasked


# -- what stands -----------------------------------------------------------------------------


async def notices(
    session: Session, standing: Sequence[Outgoing], now: datetime
) -> Mapping[str, Message]:
    """By key: announcements in teams' groups, with their counters."""
    named = {one.key: tuple(map(int, one.key.split(":")[1:])) for one in standing}
    found = await announcements.noticed(session, {which for which, _ in named.values()})
    messages: dict[str, Message] = {}
    for which, (announcement, author, teams, corrected) in found.items():
        shown = {
            key: teams[team] for key, (of, team) in named.items() if of == which and team in teams
        }
        tallies = await receipts.tallies(session, which, list(shown.values()), now)
        for key, team in shown.items():
            messages[key] = going.notice(
                team, announcement, author.name, tallies[team.id], now, corrected
            )
    return messages


async def progress(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """How far the announcement got, in its author's language."""
    _, announcement_id = outgoing.key.split(":")
    found = await announcements.signed(session, int(announcement_id))
    if found is None:
        return None
    announcement, author = found
    return await _progress(session, announcement, author, now)


async def _progress(
    session: Session, announcement: Announcement, author: Person, now: datetime
) -> Message:
    targets = await announcements.targets(session, announcement.id)
    reached = [target.team for target in targets if target.reached]
    tally = await receipts.tally(session, announcement.id, reached, now)
    _, _, teams, corrected = (await announcements.noticed(session, [announcement.id]))[
        announcement.id
    ]
    return telling.progress(
        Voice(author.locale or "zh"),
        announcement,
        targets,
        tally,
        _zone(teams.values()),
        now,
        corrected,
        await dispatches.mishaps(session, announcement),
    )


async def waiting(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """What waited for its time, for its author."""
    _, announcement_id = outgoing.key.split(":")
    announcement = await session.get(Announcement, int(announcement_id))
    if announcement is None:
        return None
    author = await session.get_one(Person, announcement.author_id)
    voice = Voice(author.locale or "zh")
    if announcement.stage is Stage.SENT:
        return words.went_out(voice, announcement)
    if announcement.stage is not Stage.SCHEDULED:
        return words.waits_no_more(voice, announcement)
    targets = await announcements.targets(session, announcement.id)
    zone = _zone([target.team for target in targets])
    return words.scheduled(voice, announcement, targets, zone, now)


def _zone(teams: Iterable[Team]) -> ZoneInfo:
    """The clock that an author reads times by: the one that most of the teams have."""
    zones = Counter(team.timezone for team in teams)
    return ZoneInfo(zones.most_common(1)[0][0] if zones else "UTC")


# -- whose time has come ---------------------------------------------------------------------


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Announcements whose time has come."""
    return [
        Appointment(f"{one.id}:{one.send_at:%Y%m%dT%H%M%S}", one.id, one.send_at < now - CATCH_UP)
        for one in await dispatches.due(session, now)
        if one.send_at
    ]


async def send(session: Session, appointment: Appointment, now: datetime) -> None:
    """Owe it to its groups if its author may still speak there; else nothing is sent, and told."""
    found = await dispatches.waiting(session, appointment.what)
    if found is None or not found[0].send_at or found[0].send_at > now:
        return  # it was moved, sent or taken back a moment ago
    announcement, author = found
    mine = {team.id for team in await grants.teams(session, author.id)}
    targets = await announcements.targets(session, announcement.id)
    live = [target.team for target in targets if target.team.retired_at is None]
    lost = [team for team in live if team.id not in mine]
    at, zone, voice = (
        announcement.send_at or now,
        _zone(one.team for one in targets),
        Voice(author.locale or "zh"),
    )
    if appointment.missed:
        await _unsent(
            session, announcement, author, at, now, words.missed(voice, announcement, at, zone)
        )
    elif lost:
        names = [team.name for team in lost]
        await announcements.leave_out(session, announcement.id, {team.id for team in lost})
        message = words.unsent(voice, announcement, at, zone, names)
        await _unsent(session, announcement, author, at, now, message)
    elif not live:
        message = words.nobody_left(voice, announcement, at, zone)
        await _unsent(session, announcement, author, at, now, message)
    else:
        await _send(session, announcement, author, now)


async def _send(
    session: Session, announcement: Announcement, author: Person, now: datetime
) -> None:
    await announcements.close(session, announcement.id, Stage.SENT, now, pins=announcement.pins)
    await session.refresh(announcement)
    await going.post(session, announcement, author.name, now)
    await audits.note(session, Doing.ANNOUNCED, now, by=author.id, other=announcement.id)
    await outbox.touch(session, [scheduled_key(announcement.id)], now)
    if chat := await chats.private(session, author.telegram_id):
        message = await _progress(session, announcement, author, now)
        await outbox.post(session, progress_key(announcement.id), chat.id, message.send(), now)


async def _unsent(
    session: Session,
    announcement: Announcement,
    author: Person,
    at: datetime,
    now: datetime,
    message: Message,
) -> None:
    """It is a draft again; its author and the owners hear of it."""
    announcement.stage, announcement.send_at = Stage.DRAFT, None
    session.add(announcement)
    await outbox.touch(session, [scheduled_key(announcement.id)], now)
    key = f"unsent:{announcement.id}:{int(at.timestamp())}"
    if chat := await chats.private(session, author.telegram_id):
        await outbox.post(session, f"{key}:{author.id}", chat.id, message.send(), now)
    for owner, where in await grants.told(session, [Role.OWNER]):
        if owner.id != author.id:
            said = words.told(Voice(owner.locale or "zh"), author.name, message)
            await outbox.post(session, f"{key}:{owner.id}", where.id, said.send(), now)


# -- pinned, closed, taken back --------------------------------------------------------------


async def unsettled(session: Session, now: datetime) -> Sequence[Appointment]:
    """Copies that are not pinned yet, and pinned announcements that are done."""
    pinned = await dispatches.pinned(session)
    if not pinned:
        return []
    copies = await dispatches.without(session, [one.id for one in pinned], PIN, albums=False)
    done = [one.id for one in pinned if one.wants_receipt and await _complete(session, one, now)]
    return [
        *(Appointment(f"{one.key}:{one.message_id}", one)
          for one in copies if one.state is Delivery.SENT),
        *(Appointment(f"done:{which}", which) for which in done),
    ]  # fmt: skip


async def settle(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Owe the calls that pin, and those that unpin what is done."""
    copies = [one.what for one in appointments if not isinstance(one.what, int)]
    await going.pin(session, copies, now)
    for one in appointments:
        if isinstance(one.what, int):
            announcement = await session.get_one(Announcement, one.what)
            await going.unpin(session, announcement, now)


async def _complete(session: Session, announcement: Announcement, now: datetime) -> bool:
    """Whether it has arrived wherever it can, and everybody has confirmed it."""
    targets = await announcements.targets(session, announcement.id)
    reached = [target.team for target in targets if target.reached]
    if not reached or any(target.waiting for target in targets):
        return False
    tally = await receipts.tally(session, announcement.id, reached, now)
    return tally.done >= tally.expected > 0


async def closing(session: Session, now: datetime) -> Sequence[Appointment]:
    """Announcements whose time for receipts is over."""
    return [
        Appointment(f"closed:{one.id}", one.id) for one in await dispatches.closing(session, now)
    ]


async def close(session: Session, appointment: Appointment, now: datetime) -> None:
    """Let its copies say so, and unpin them."""
    announcement = await session.get_one(Announcement, appointment.what)
    announcement.closed_at = now
    session.add(announcement)
    teams = await announcements.chosen(session, announcement.id)
    keys = [notice_key(announcement.id, team) for team in teams]
    await outbox.touch(session, [*keys, progress_key(announcement.id)], now)
    if announcement.pinned_at:
        await going.unpin(session, announcement, now)


async def stragglers(session: Session, now: datetime) -> Sequence[Appointment]:
    """Copies of recalled announcements that arrived, or were owed anew, since."""
    recalled = await dispatches.recalled(session, now)
    if not recalled:
        return []
    return [
        Appointment(f"{one.key}:{one.state}:{one.message_id}", one)
        for one in await going.rests(session, recalled)
    ]


async def sweep(session: Session, appointments: Sequence[Appointment], now: datetime) -> None:
    """Take these away as well."""
    await going.sweep(session, [one.what for one in appointments], now)


SENDING = Job("announcements", due, send)
PINNING = Job("announcement-pins", unsettled, run_all=settle, together=300)
CLOSING = Job("announcement-receipts", closing, close)
SWEEPING = Job("announcement-recalls", stragglers, run_all=sweep, together=300)
