"""The audit log: one chain of rows for the whole installation, and whether it is whole.

A row is written with the act that it tells of, and undone with it. Just before the transaction is
kept the row is sealed: it gets its number, the hash of the row before it, and its own. Only then,
for as long as the commit takes, does one replica wait for another. Names are in no hash: a person
can be forgotten, and the chain stays whole.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from storage.database import Database, Session, add_once, alone, at_last
from storage.kinds import Doing
from storage.tables import Audit, AuditEnd, Person, Team, Unit

BEGINNING = "0" * 64  # what the first row has for the hash before it
RECENT = 3000  # rows that are looked at while somebody waits
STEP = 1000  # rows that are read at once


@dataclass(frozen=True)
class Entry:
    """A row as it is read: with the names of those whom it tells of, as they are now."""

    row: Audit
    by: str = ""  # empty: at the console
    person: str = ""
    team: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Chain:
    """How the log stands. `broken`: the first number at which it does not fit; None: whole."""

    count: int
    last: str
    broken: int | None = None
    since: int = 1  # the first number that was looked at

    @property
    def sign(self) -> str:
        """The last hash, as short as a person compares it."""
        return self.last[:8]


async def note(
    session: Session,
    doing: Doing,
    now: datetime,
    *,
    by: int | None,
    person: int | None = None,
    team: int | None = None,
    unit: int | None = None,
    other: int | None = None,
    detail: str = "",
) -> None:
    """Write down that somebody did something; `by`: None at the console. No names in `detail`."""
    session.add(
        Audit(
            at=now,
            doing=doing,
            by_id=by,
            person_id=person,
            team_id=team,
            unit_id=unit,
            other=other,
            detail=detail,
        )
    )
    at_last(session, _seal, turn=1)  # after whatever else locks rows


async def _seal(session: Session) -> None:
    """Give what this transaction wrote its place in the chain."""
    if not session.in_transaction():
        return  # all of it was undone
    await session.flush()
    await alone(session, "audit")
    loose = (await session.exec(_loose())).all()
    if not loose:
        return
    await add_once(session, AuditEnd(id=1, number=0, hash=BEGINNING))
    end = (await session.exec(select(AuditEnd).where(AuditEnd.id == 1))).one()
    await session.refresh(end)  # another replica may have added to it
    sealed = []
    for row in loose:
        end.number += 1
        previous, end.hash = end.hash, digest(row, end.number, end.hash)
        sealed.append(
            {"row": row.id, "number": end.number, "previous": previous, "hash": end.hash}
        )
    session.add(end)
    await session.exec(_sealing(), params=sealed)


@cache
def _loose() -> Any:
    query = select(Audit).where(col(Audit.number).is_(None)).order_by(col(Audit.id))
    return query.execution_options(populate_existing=True)


@cache
def _sealing() -> Any:
    table = Audit.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(table.c.id == bindparam("row"))
        .values({name: bindparam(name) for name in ("number", "previous", "hash")})
    )


def digest(row: Audit, number: int, previous: str) -> str:
    """The hash of a row at its place in the chain."""
    said = [
        number,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        Doing(row.doing).value,
        row.by_id,
        row.person_id,
        row.team_id,
        row.unit_id,
        row.other,
        row.detail,
        previous,
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# -- whether it is whole ---------------------------------------------------------------------


async def recent(session: Session, most: int = RECENT) -> Chain:
    """Whether the newest rows fit each other, and whether the end is the one we know."""
    end = await _end(session)
    query = select(Audit).where(col(Audit.number).is_not(None))
    newest = (await session.exec(query.order_by(col(Audit.number).desc()).limit(most + 1))).all()
    rows = list(reversed(newest))
    if len(rows) > most:
        before, *rows = rows
        start = Chain(before.number or 0, before.hash or "", since=(before.number or 0) + 1)
    else:
        start = Chain(0, BEGINNING)
    return _ended(_walk(rows, start), end)


async def whole(database: Database) -> Chain:
    """The same of every row, read part by part, so that nothing else waits for long."""
    chain = Chain(0, BEGINNING)
    while chain.broken is None:
        async with database.read() as session:
            rows = await _after(session, chain.count)
            if not rows:
                return _ended(chain, await _end(session))
        chain = _walk(rows, chain)
    return chain


async def _after(session: Session, number: int) -> Sequence[Audit]:
    query = select(Audit).where(col(Audit.number) > number).order_by(col(Audit.number)).limit(STEP)
    return (await session.exec(query)).all()


async def _end(session: Session) -> AuditEnd:
    found = await session.get(AuditEnd, 1, populate_existing=True)
    return found or AuditEnd(id=1, number=0, hash=BEGINNING)


def _walk(rows: Sequence[Audit], chain: Chain) -> Chain:
    """The chain with these rows after it, up to the first that does not fit."""
    count, last = chain.count, chain.last
    for row in rows:
        fits = row.number == count + 1 and row.previous == last
        if not fits or row.hash != digest(row, count + 1, last):
            return Chain(count, last, count + 1, chain.since)
        count, last = count + 1, row.hash or ""
    return Chain(count, last, None, chain.since)


def _ended(chain: Chain, end: AuditEnd) -> Chain:
    """What was looked at, if it ends where the log is known to end."""
    if chain.broken is None and (chain.count, chain.last) != (end.number, end.hash):
        return Chain(chain.count, chain.last, min(chain.count, end.number) + 1, chain.since)
    return chain


# -- reading ---------------------------------------------------------------------------------


async def entries(
    session: Session,
    most: int,
    *,
    before: int = 0,
    people: Sequence[int] = (),
    team: int = 0,
) -> Sequence[Entry]:
    """The newest rows, or those before a number; of these people, or of a team."""
    query = _entries().order_by(col(Audit.number).desc()).limit(most)
    if before:
        query = query.where(col(Audit.number) < before)
    if people:
        query = query.where(or_(col(Audit.by_id).in_(people), col(Audit.person_id).in_(people)))
    if team:
        query = query.where(col(Audit.team_id) == team)
    return [
        Entry(row, *(name or "" for name in names)) for row, *names in await session.exec(query)
    ]


async def all_entries(database: Database) -> AsyncIterator[Entry]:
    """Every row, the oldest first."""
    number = 0
    while True:
        async with database.read() as session:
            query = _entries().where(col(Audit.number) > number)
            rows = (await session.exec(query.order_by(col(Audit.number)).limit(STEP))).all()
        for row, *names in rows:
            number = row.number
            yield Entry(row, *(name or "" for name in names))
        if len(rows) < STEP:
            return


def _entries() -> Any:
    by, whom = aliased(Person), aliased(Person)
    return (
        select(Audit, by.name, whom.name, Team.name, Unit.name)  # type: ignore[call-overload]
        .outerjoin(by, col(Audit.by_id) == by.id)
        .outerjoin(whom, col(Audit.person_id) == whom.id)
        .outerjoin(Team, col(Audit.team_id) == Team.id)
        .outerjoin(Unit, col(Audit.unit_id) == Unit.id)
        .where(col(Audit.number).is_not(None))
    )
