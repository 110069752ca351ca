"""What is asked of announcements on their way: which are due, stand, are pinned, taken back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, cast, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select, update

from storage.announcements import album_key, keys, notice_key
from storage.database import Session, add_all, unsynchronized
from storage.kinds import Delivery, Stage
from storage.outbox import Call
from storage.tables import (
    Announcement,
    AnnouncementTeam,
    Companion,
    Outgoing,
    Person,
    Team,
    Wording,
)

PIN, UNPIN = "pin:", "unpin:"
AFTERMATH = timedelta(days=2)  # in which a message that arrives late is still taken back
WAITING = (Delivery.PENDING, Delivery.HELD)


@dataclass(frozen=True)
class Copy:
    """A message of an announcement's in a group."""

    announcement_id: int
    team_id: int
    key: str
    chat_id: int
    topic_id: int
    message_id: int | None
    state: Delivery


@dataclass(frozen=True)
class Mishaps:
    """In how many groups others deleted it (an edit did not find it), and where no pin is ours."""

    vanished: int = 0
    unpinned: int = 0


NONE = Mishaps()


# -- by the clock ----------------------------------------------------------------------------


async def due(session: Session, now: datetime) -> Sequence[Announcement]:
    """Announcements whose time has come."""
    return list(await session.exec(_due(), params={"now": now}))


@cache
def _due() -> Any:
    return (
        select(Announcement)
        .where(
            col(Announcement.send_at) <= bindparam("now"),
            Announcement.stage == Stage.SCHEDULED,
        )
        .order_by(col(Announcement.send_at))
    )


async def scheduled(session: Session, author_id: int) -> Sequence[Announcement]:
    """What somebody has waiting for its time, the next one first."""
    query = select(Announcement).where(
        Announcement.author_id == author_id,
        Announcement.stage == Stage.SCHEDULED,
        col(Announcement.send_at).is_not(None),
    )
    return (await session.exec(query.order_by(col(Announcement.send_at)))).all()


async def drafts(
    session: Session, author_id: int, since: datetime, most: int
) -> Sequence[Announcement]:
    """What somebody began to write of late and neither sent nor dropped, the newest first."""
    query = select(Announcement).where(
        Announcement.author_id == author_id,
        Announcement.stage == Stage.DRAFT,
        col(Announcement.at) >= since,
    )
    return (await session.exec(query.order_by(col(Announcement.id).desc()).limit(most))).all()


async def latest(session: Session, author_id: int, most: int) -> Sequence[Announcement]:
    """What somebody has sent, the newest first."""
    query = select(Announcement).where(
        Announcement.author_id == author_id, Announcement.stage == Stage.SENT
    )
    return (await session.exec(query.order_by(col(Announcement.id).desc()).limit(most))).all()


async def waiting(session: Session, announcement_id: int) -> tuple[Announcement, Person] | None:
    """An announcement that waits for its time, with its author, while nobody else changes it."""
    query = (
        select(Announcement, Person)
        .join(Person, col(Announcement.author_id) == Person.id)
        .where(Announcement.id == announcement_id, Announcement.stage == Stage.SCHEDULED)
        .with_for_update(of=Announcement)
        .execution_options(populate_existing=True)
    )
    return (await session.exec(query)).first()


async def closing(session: Session, now: datetime) -> Sequence[Announcement]:
    """Sent announcements whose time for receipts is over, and whose copies do not say so yet."""
    return list(await session.exec(_closing(), params={"now": now}))


@cache
def _closing() -> Any:
    return select(Announcement).where(
        col(Announcement.receipts_until) <= bindparam("now"),
        col(Announcement.closed_at).is_(None),
        Announcement.stage == Stage.SENT,
    )


# -- what stands -----------------------------------------------------------------------------


async def copies(session: Session, announcement_id: int) -> Sequence[Copy]:
    """An announcement's messages to groups, wherever they are on their way, albums first."""
    names = [keys(key, announcement_id) for key in (album_key, notice_key)]
    query: Any = (
        select(Team.id, Outgoing.key, Outgoing.chat_id)
        .add_columns(col(Outgoing.topic_id), col(Outgoing.message_id), col(Outgoing.state))
        .join(AnnouncementTeam, col(AnnouncementTeam.team_id) == Team.id)
        .join(Outgoing, col(Outgoing.key).in_(names))
        .where(col(AnnouncementTeam.announcement_id) == announcement_id)
        .order_by(col(Outgoing.id))
    )
    return [
        Copy(announcement_id, team, key, chat, topic, message, Delivery(state))
        for team, key, chat, topic, message, state in await session.exec(query)
    ]


async def withdraw(session: Session, names: Collection[str], now: datetime) -> None:
    """What has not left yet of these does not leave."""
    if names:
        left = update(Outgoing).where(
            col(Outgoing.key).in_(names), col(Outgoing.state).in_(WAITING)
        )
        await session.exec(unsynchronized(left.values(state=Delivery.EXPIRED, done_at=now)))


async def silence(session: Session, announcement_id: int, now: datetime) -> None:
    """Reminders of an announcement that have not left yet do not leave."""
    prefix = f"nudge:announcement:{announcement_id}:"
    left = update(Outgoing).where(
        col(Outgoing.key) >= prefix,
        col(Outgoing.key) < prefix + "\x7f",
        col(Outgoing.state).in_(WAITING),
    )
    await session.exec(unsynchronized(left.values(state=Delivery.EXPIRED, done_at=now)))


async def rewrite(session: Session, calls: Mapping[str, Call]) -> None:
    """By key: what is to be said instead, by those that have not left yet."""
    values = [{"name": key, "said": dict(params)} for key, (_, params) in calls.items()]
    if values:
        await session.exec(_rewrite(), params=values)


@cache
def _rewrite() -> Any:
    table = Outgoing.__table__  # type: ignore[attr-defined]
    left = update(table).where(
        table.c.key == bindparam("name"), table.c.state.in_([one.value for one in WAITING])
    )
    return left.values(params=bindparam("said"))


async def reworded(session: Session, before: Announcement, html: str, now: datetime) -> None:
    """An announcement says something else from now on; what it said is kept."""
    session.add(Wording(announcement_id=before.id, html=before.html, at=now))
    before.html = html
    session.add(before)
    await session.flush()


async def companions(session: Session, names: Collection[str]) -> Mapping[str, Sequence[int]]:
    """By key: the further messages of albums."""
    query = (
        select(Outgoing.key, Companion.message_id)
        .join(Companion, col(Companion.outgoing_id) == Outgoing.id)
        .where(col(Outgoing.key).in_(names))
        .order_by(col(Companion.message_id))
    )
    found: dict[str, list[int]] = {}
    for key, message_id in await session.exec(query):
        found.setdefault(key, []).append(message_id)
    return dict(found)


async def arrived_together(session: Session, outgoing_id: int, message_ids: Sequence[int]) -> None:
    """An album has arrived: these are its messages after the first."""
    rows = [{"outgoing_id": outgoing_id, "message_id": one} for one in message_ids]
    await add_all(session, Companion, rows)


# -- pinned, and taken back ------------------------------------------------------------------


async def pinned(session: Session) -> Sequence[Announcement]:
    """Announcements that are to be pinned wherever they stand."""
    return list(await session.exec(_pinned()))


@cache
def _pinned() -> Any:
    return select(Announcement).where(col(Announcement.pinned_at).is_not(None))


async def recalled(session: Session, now: datetime) -> Sequence[int]:
    """Announcements that were taken back of late."""
    return list(await session.exec(_recalled(), params={"since": now - AFTERMATH}))


@cache
def _recalled() -> Any:
    return select(Announcement.id).where(col(Announcement.recalled_at) >= bindparam("since"))


async def without(
    session: Session, announcement_ids: Collection[int], call: str, *, albums: bool
) -> Sequence[Copy]:
    """Copies of these that stand in groups, and for which no such call was ever owed."""
    owed = aliased(Outgoing)
    mine = cast(col(AnnouncementTeam.announcement_id), String).concat(":")
    mine = mine.concat(cast(col(AnnouncementTeam.team_id), String))
    names = [literal("announcement:").concat(mine)]
    names += [literal("album:").concat(mine)] if albums else []
    query: Any = (
        select(AnnouncementTeam.announcement_id, AnnouncementTeam.team_id, Outgoing.key)
        .add_columns(
            col(Outgoing.chat_id),
            col(Outgoing.topic_id),
            col(Outgoing.message_id),
            col(Outgoing.state),
        )
        .join(Outgoing, col(Outgoing.key).in_(names))
        .outerjoin(owed, col(owed.key) == literal(call).concat(col(Outgoing.key)))
        .where(
            col(AnnouncementTeam.announcement_id).in_(announcement_ids),
            or_(
                and_(col(Outgoing.state) == Delivery.SENT, col(Outgoing.message_id).is_not(None)),
                col(Outgoing.state).in_(WAITING),
            ),
            col(owed.id).is_(None),
        )
        .order_by(col(Outgoing.id))
    )
    return [
        Copy(announcement, team, key, chat, topic, message, Delivery(state))
        for announcement, team, key, chat, topic, message, state in await session.exec(query)
    ]


async def mishaps(session: Session, announcement: Announcement) -> Mishaps:
    """What went wrong with an announcement where it stands."""
    key = notice_key(announcement.id, 0)[:-1]
    found = await _refused(session, f"edit:{key}", Delivery.SENT)
    unpinned = await _refused(session, f"{PIN}{key}", Delivery.FAILED) if announcement.pins else 0
    return Mishaps(found, unpinned)


async def _refused(session: Session, prefix: str, state: Delivery) -> int:
    query = (
        select(func.count())
        .select_from(Outgoing)
        .where(
            col(Outgoing.key) >= prefix,
            col(Outgoing.key) < prefix + "\x7f",
            col(Outgoing.state) == state,
            col(Outgoing.error) != "",
        )
    )
    return int((await session.exec(query)).one())
