"""When Telegram could reach us: a row for each stretch, so that a gap is what lies between two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import String, cast, func, literal
from sqlmodel import and_, col, delete, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session
from storage.kinds import Delivery
from storage.tables import Morning, Outgoing, Team, Watch

TAP_LIFE = timedelta(seconds=150)  # how long Telegram keeps a tap that nobody takes
KEEP = timedelta(days=7)


@dataclass(frozen=True)
class Gap:
    """A time in which nothing reached us. Its id is that of the watch after it."""

    id: int
    began_at: datetime
    ended_at: datetime


async def last(session: Session) -> Watch | None:
    """The newest stretch."""
    return (await session.exec(select(Watch).order_by(col(Watch.id).desc()).limit(1))).first()


async def begin(session: Session, now: datetime) -> Watch:
    """Telegram reaches us, from now on."""
    watch = Watch(began_at=now, seen_at=now)
    session.add(watch)
    await session.flush()
    return watch


async def go_on(session: Session, watch_id: int, now: datetime) -> None:
    """Telegram still reaches us."""
    await session.exec(update(Watch).where(col(Watch.id) == watch_id).values(seen_at=now))


async def gap(session: Session) -> Gap | None:
    """The newest time in which nothing reached us."""
    rows = (await session.exec(_newest_two())).all()
    if len(rows) < 2:
        return None
    after, before = rows
    return Gap(after.id, before.seen_at, after.began_at)


@cache
def _newest_two() -> SelectOfScalar[Watch]:
    return select(Watch).order_by(col(Watch.id).desc()).limit(2)


async def struck(
    session: Session, gap: Gap, now: datetime
) -> Sequence[tuple[Morning, Team, datetime]]:
    """Open mornings of which a gap may have cost taps, and since when their cards stood there."""
    query = (
        select(Morning, Team, Outgoing.done_at)
        .join(Team, col(Morning.team_id) == Team.id)
        .join(
            Outgoing,
            and_(
                col(Outgoing.key) == literal("card:") + cast(col(Morning.id), String),
                col(Outgoing.state) == Delivery.SENT,
            ),
        )
        .where(
            col(Morning.closed_at).is_(None),
            col(Morning.closes_at) > now,
            col(Morning.due_at) < gap.ended_at,
            col(Outgoing.done_at) < gap.ended_at - TAP_LIFE,
            col(Team.chat_id).is_not(None),
        )
    )
    return [(morning, team, at) for morning, team, at in await session.exec(query) if at]


async def forget(session: Session, now: datetime) -> None:
    """Let go of stretches that ended more than a week ago; never of the newest."""
    newest = select(func.max(Watch.id)).scalar_subquery()
    await session.exec(
        delete(Watch).where(col(Watch.seen_at) < now - KEEP, col(Watch.id) != newest)
    )
