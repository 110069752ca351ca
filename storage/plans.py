"""What we remember of study plans: what they say, what was had and skipped, days of one's own."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import String, Update, bindparam, cast, delete, func, literal
from sqlmodel import and_, col, select, update
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.database import Session, add_all, alone, unsynchronized
from storage.kinds import DayKind
from storage.tables import Bite, Morning, OwnDay, Pack, Passage, Plan, Team, Unit

Had = tuple[int, float]  # when a team last had a bite, or passed it over: later is more


@dataclass(frozen=True)
class Listed:
    """A bite in its pack's order, counted from 1, as somebody needs it who chooses one."""

    id: int
    number: int
    title: str
    pack: str
    pack_title: str


async def of_teams(
    session: Session, team_ids: Collection[int], *, keep: bool = False
) -> dict[int, tuple[Plan, Team]]:
    """By team: its plan, and the team; not those that have none or are retired.

    `keep`: nobody else changes these plans until this transaction ends.
    """
    query = _of_teams()
    if keep:
        query = query.with_for_update(of=Plan)
    rows = await session.exec(query, params={"teams": list(team_ids)})
    return {team.id: (plan, team) for plan, team in rows}


@cache
def _of_teams() -> Select[Plan, Team]:
    return (
        select(Plan, Team)
        .join(Team, col(Plan.team_id) == Team.id)
        .where(
            col(Plan.team_id).in_(bindparam("teams", expanding=True)),
            col(Team.retired_at).is_(None),
        )
        .order_by(col(Plan.id))
        .execution_options(populate_existing=True)
    )


async def look_again(
    session: Session, rests: Collection[tuple[int, datetime, int | None]]
) -> None:
    """Let plans rest until then; and what each is to bring again after that, if anything."""
    values = [{"plan": plan, "next": at, "again": again} for plan, at, again in rests]
    if values:
        await session.exec(_look_again(), params=values)


@cache
def _look_again() -> Update:
    table = Plan.__table__  # type: ignore[attr-defined]
    which = update(table).where(table.c.id == bindparam("plan"))
    return which.values(next_at=bindparam("next"), again_id=bindparam("again"))


# -- what there is to study, and what was had ------------------------------------------------


async def bites(session: Session, packs: Collection[str]) -> dict[str, list[Listed]]:
    """By pack: those of its bites that teams walk, in order."""
    found: dict[str, list[Listed]] = {pack: [] for pack in packs}
    for bite, title, slug, pack_title in await session.exec(
        _bites(), params={"packs": list(packs)}
    ):
        here = found[slug]
        here.append(Listed(bite, len(here) + 1, title, slug, pack_title))
    return found


@cache
def _bites() -> Any:
    return (
        select(Bite.id, Bite.title, Pack.slug, Pack.title)
        .join(Pack, col(Bite.pack_id) == Pack.id)
        .where(
            col(Pack.slug).in_(bindparam("packs", expanding=True)),
            col(Bite.retired_at).is_(None),
            cast(col(Bite.tags), String) == "[]",  # the others go to those who have the tag
        )
        .order_by(col(Pack.id), col(Bite.position), col(Bite.id))
    )


async def had(session: Session, team_ids: Collection[int]) -> dict[int, dict[int, Had]]:
    """By team and bite: when it was had, or passed over, last; later is more."""
    which = {"teams": list(team_ids)}
    found: defaultdict[int, dict[int, Had]] = defaultdict(dict)
    for team, bite, morning in await session.exec(_studied(), params=which):
        found[team][bite] = (morning, 0.0)
    for passage in await session.exec(_passages(), params=which):
        here = found[passage.team_id]
        if here.get(passage.bite_id, (0, 0.0))[0] > passage.after_id:
            continue
        if passage.had:
            here[passage.bite_id] = (passage.after_id, passage.at.timestamp())
        else:
            here.pop(passage.bite_id, None)
    return found


@cache
def _studied() -> Any:
    return (
        select(Morning.team_id, Morning.bite_id, func.max(Morning.id))
        .where(col(Morning.team_id).in_(bindparam("teams", expanding=True)))
        .group_by(col(Morning.team_id), col(Morning.bite_id))
    )


@cache
def _passages() -> SelectOfScalar[Passage]:
    return select(Passage).where(col(Passage.team_id).in_(bindparam("teams", expanding=True)))


async def mark(session: Session, team_id: int, marks: Mapping[int, bool], now: datetime) -> None:
    """From now on these bites count as had (True) or as not had, whatever was before."""
    newest = select(func.coalesce(func.max(Morning.id), 0)).where(Morning.team_id == team_id)
    after = (await session.exec(newest)).one()
    await session.exec(
        delete(Passage).where(
            col(Passage.team_id) == team_id, col(Passage.bite_id).in_(list(marks))
        )
    )
    rows = [
        {"team_id": team_id, "bite_id": bite, "had": done, "after_id": after, "at": now}
        for bite, done in marks.items()
    ]
    await add_all(session, Passage, rows)


# -- days of one's own -----------------------------------------------------------------------


async def own_days(
    session: Session, team_ids: Collection[int], first: date, last: date
) -> dict[int, dict[date, DayKind]]:
    """By team: the days on which it does otherwise, by its own word or by that of a unit above.

    The nearest word counts, and of one place's the one that was said in the chat.
    """
    found: defaultdict[int, dict[date, DayKind]] = defaultdict(dict)
    within = {"first": first, "last": last}
    if not (await session.exec(_any_days(), params=within)).first():
        return found
    rows = await session.exec(_own_days(), params={**within, "teams": list(team_ids)})
    for team, day, kind in rows:
        found[team][day] = DayKind(kind)
    return found


@cache
def _any_days() -> SelectOfScalar[int]:
    between = col(OwnDay.day).between(bindparam("first"), bindparam("last"))
    return select(OwnDay.id).where(between).limit(1)


@cache
def _own_days() -> Any:
    above = (
        select(
            col(Team.id).label("team"), col(Team.unit_id).label("unit"), literal(1).label("far")
        )
        .where(col(Team.id).in_(bindparam("teams", expanding=True)))
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(above.c.team, Unit.parent_id, above.c.far + 1)
        .join(Unit, col(Unit.id) == above.c.unit)
        .where(col(Unit.parent_id).is_not(None))
    )
    between = col(OwnDay.day).between(bindparam("first"), bindparam("last"))
    units: Any = (
        select(above.c.team, col(OwnDay.day), col(OwnDay.kind))
        .add_columns(above.c.far, col(OwnDay.listed))
        .join(OwnDay, col(OwnDay.unit_id) == above.c.unit)
        .where(between)
    )
    own = (
        select(col(OwnDay.team_id), col(OwnDay.day), col(OwnDay.kind))
        .add_columns(literal(0), col(OwnDay.listed))
        .where(between, col(OwnDay.team_id).in_(bindparam("teams", expanding=True)))
    )
    every = units.union_all(own).subquery()
    far, listed = every.c.far, every.c.listed
    return select(every.c.team, every.c.day, every.c.kind).order_by(far.desc(), listed.desc())


async def say_days(
    session: Session,
    days: Collection[date],
    kind: DayKind,
    now: datetime,
    *,
    team_id: int | None = None,
    unit_id: int | None = None,
) -> None:
    """What a team, or a unit with all below it, does on some days, as somebody says in the chat.

    A pause leaves days off as they are.
    """
    await alone(session, f"days of {team_id or 0}, {unit_id or 0}")  # the last word counts
    said = and_(*_said(team_id, unit_id), col(OwnDay.day).in_(list(days)))
    if kind is DayKind.PAUSE:
        said = and_(said, col(OwnDay.kind) != DayKind.OFF)
    await session.exec(delete(OwnDay).where(said))
    rows = [
        {
            "team_id": team_id,
            "unit_id": unit_id,
            "day": day,
            "kind": kind,
            "listed": False,
            "at": now,
        }
        for day in days
    ]
    await add_all(session, OwnDay, rows)


async def paused(session: Session, team_id: int, first: date) -> list[date]:
    """The days of a team's pauses from `first` on."""
    query = select(col(OwnDay.day)).where(
        *_said(team_id, None), OwnDay.kind == DayKind.PAUSE, col(OwnDay.day) >= first
    )
    return list(await session.exec(query.order_by(col(OwnDay.day))))


async def resume(session: Session, team_id: int, first: date) -> None:
    """No pause any more, from `first` on."""
    await session.exec(
        delete(OwnDay).where(
            *_said(team_id, None), col(OwnDay.kind) == DayKind.PAUSE, col(OwnDay.day) >= first
        )
    )


def _said(team_id: int | None, unit_id: int | None) -> tuple[Any, ...]:
    whose = col(OwnDay.team_id) == team_id if team_id else col(OwnDay.unit_id) == unit_id
    return whose, ~col(OwnDay.listed)


async def set_again(session: Session, plan_id: int, bite_id: int | None) -> None:
    """The next card brings this bite, whatever the order says; None: what the order says."""
    which = update(Plan).where(col(Plan.id) == plan_id).values(again_id=bite_id)
    await session.exec(unsynchronized(which))


async def any_by_calendar(session: Session) -> bool:
    """Whether any team's plan follows the national workdays."""
    query = (
        select(Plan.id)
        .join(Team, and_(col(Plan.team_id) == Team.id, col(Team.retired_at).is_(None)))
        .where(Plan.days == "workdays")
        .limit(1)
    )
    return (await session.exec(query)).first() is not None


async def like(
    session: Session, team_id: int, others: Collection[int], now: datetime
) -> Plan | None:
    """A new team studies as the last of some others that has a plan; None: none of them has."""
    query = select(Plan).where(col(Plan.team_id).in_(others)).order_by(col(Plan.team_id).desc())
    model = (await session.exec(query.limit(1))).first()
    if model is None:
        return None
    plan = Plan(
        team_id=team_id,
        packs=list(model.packs),
        at=model.at,
        eve=model.eve,
        closes=model.closes,
        days=model.days,
        next_at=now,
    )
    have = (await session.exec(select(Plan.id).where(Plan.team_id == team_id))).first()
    if have is None:
        session.add(plan)
        await session.flush()
    return plan


async def crews(session: Session, team_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By team: the crews of its plan's shifts."""
    query = select(Plan.team_id, Plan.crews).where(col(Plan.team_id).in_(team_ids))
    return {team: dict(found) for team, found in await session.exec(query)}
