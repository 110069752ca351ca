"""The audit log: one chain, whoever writes, and whatever is done to it shows."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from storage import audits, outbox
from storage.database import Database
from storage.kinds import Doing
from storage.tables import Audit, AuditEnd
from tests.conftest import LI, ONE, ZHANG, Hands, Office, on_postgresql, on_sqlite
from tests.integration.test_no_scans import assert_no_scan, overheard

LOOSEN = {
    "sqlite": ("DROP TRIGGER audit_update", "DROP TRIGGER audit_delete"),
    "postgresql": ("ALTER TABLE audit DISABLE TRIGGER audit_sealed",),
}
TIGHTEN = "ALTER TABLE audit ENABLE TRIGGER audit_sealed"  # the server's tables serve all tests


async def noted(office: Office, *details: str) -> None:
    """Something for the log, all in one transaction."""
    async with office.database.begin() as session:
        for detail in details:
            await audits.note(
                session,
                Doing.SWITCHED,
                office.clock(),
                by=office.people[LI].id,
                team=office.teams[ONE].id,
                detail=detail,
            )


async def written(database: Database) -> Sequence[Audit]:
    async with database.read() as session:
        return (await session.exec(select(Audit).order_by(Audit.id))).all()  # type: ignore[arg-type]


async def tamper(database: Database, *statements: str) -> None:
    """Somebody who has the database in hand takes the locks off and changes it."""
    kind = "sqlite" if database.sqlite else "postgresql"
    async with database.begin() as session:
        after = () if database.sqlite else (TIGHTEN,)
        for statement in (*LOOSEN[kind], *statements, *after):
            await session.exec(text(statement))  # type: ignore[call-overload]


async def broken(database: Database) -> int | None:
    """Where the chain breaks; the two ways of looking find the same."""
    chain = await audits.whole(database)
    async with database.read() as session:
        assert (await audits.recent(session)).broken == chain.broken
    return chain.broken


async def test_rows_are_numbered_and_each_holds_the_hash_before_it(office: Office) -> None:
    await noted(office, "names:1", "ranking:1")
    await noted(office, "names:0")
    rows = await written(office.database)
    assert [row.number for row in rows] == [1, 2, 3]
    assert rows[0].previous == audits.BEGINNING
    assert [row.previous for row in rows[1:]] == [row.hash for row in rows[:2]]
    chain = await audits.whole(office.database)
    assert (chain.count, chain.broken, chain.last) == (3, None, rows[2].hash)
    assert chain.sign == (rows[2].hash or "")[:8]


async def test_an_empty_log_is_whole(database: Database) -> None:
    assert await broken(database) is None
    assert (await audits.whole(database)).count == 0


async def test_what_is_undone_leaves_no_row_and_no_gap(office: Office) -> None:
    await noted(office, "a")
    with pytest.raises(ZeroDivisionError):
        async with office.database.begin() as session:
            await audits.note(session, Doing.OWNED, office.clock(), by=None)
            raise ZeroDivisionError
    async with office.database.begin() as session:
        with pytest.raises(ZeroDivisionError):
            async with session.begin_nested():
                await audits.note(session, Doing.OWNED, office.clock(), by=None)
                await session.flush()
                raise ZeroDivisionError
        await audits.note(session, Doing.GRANTED, office.clock(), by=None)
    rows = await written(office.database)
    assert [(row.number, row.doing) for row in rows] == [(1, "switched"), (2, "granted")]
    assert await broken(office.database) is None


@pytest.mark.parametrize(
    ("statements", "where"),
    [
        (["UPDATE audit SET detail = 'x' WHERE number = 2"], 2),
        (["UPDATE audit SET by_id = NULL WHERE number = 3"], 3),
        (["UPDATE audit SET at = '2026-01-01 00:00:00+00:00' WHERE number = 1"], 1),
        (["DELETE FROM audit WHERE number = 2"], 2),
        (["DELETE FROM audit WHERE number = 1"], 1),
        (["DELETE FROM audit WHERE number = 4"], 4),
        (["DELETE FROM audit WHERE number > 2"], 3),
        (["DELETE FROM audit"], 1),
        (["DELETE FROM auditend"], 1),
        (
            [
                "UPDATE audit SET number = 99 WHERE number = 2",
                "UPDATE audit SET number = 2 WHERE number = 3",
                "UPDATE audit SET number = 3 WHERE number = 99",
            ],
            2,
        ),
    ],
    ids=["text", "who", "when", "middle", "first", "last", "tail", "all", "end", "order"],
)
async def test_what_was_done_to_it_shows(
    office: Office, statements: list[str], where: int
) -> None:
    await noted(office, "a", "b", "c", "d")
    assert await broken(office.database) is None
    await tamper(office.database, *statements)
    assert await broken(office.database) == where


async def test_a_forged_row_with_a_hash_of_its_own_shows(office: Office) -> None:
    """Somebody changes a row and works its hash out anew: the next row knows the old one."""
    await noted(office, "a", "b", "c")
    row = (await written(office.database))[1]
    row.detail = "x"
    forged = audits.digest(row, 2, row.previous or "")
    await tamper(
        office.database,
        f"UPDATE audit SET detail = 'x', hash = '{forged}' WHERE number = 2",
    )
    assert await broken(office.database) == 3


async def test_a_cut_tail_shows_even_if_the_end_is_moved_along(office: Office) -> None:
    """Who moves the known end as well is found out by the sign that the owner was sent."""
    await noted(office, "a", "b", "c")
    told = (await audits.whole(office.database)).sign
    second = (await written(office.database))[1]
    await tamper(
        office.database,
        "DELETE FROM audit WHERE number = 3",
        f"UPDATE auditend SET number = 2, hash = '{second.hash}'",
    )
    chain = await audits.whole(office.database)
    assert (chain.broken, chain.count) == (None, 2)
    assert chain.sign != told


async def test_the_log_cannot_be_changed_by_a_plain_statement(office: Office) -> None:
    await noted(office, "a")
    for statement in ("UPDATE audit SET detail = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with office.database.begin() as session:
                await session.exec(text(statement))  # type: ignore[call-overload]
    assert await broken(office.database) is None


async def test_of_a_long_log_the_newest_rows_are_looked_at(office: Office) -> None:
    await noted(office, *"abcdef")
    async with office.database.read() as session:
        chain = await audits.recent(session, 2)
        assert (chain.count, chain.since, chain.broken) == (6, 5, None)
    await tamper(office.database, "UPDATE audit SET detail = 'x' WHERE number = 2")
    async with office.database.read() as session:
        assert (await audits.recent(session, 2)).broken is None
        assert (await audits.recent(session, 5)).broken == 2


async def test_a_name_can_be_forgotten(office: Office) -> None:
    async with office.database.begin() as session:
        await audits.note(
            session, Doing.GRANTED, office.clock(), by=office.people[LI].id,
            person=office.people[ZHANG].id,
        )  # fmt: skip
        office.people[ZHANG].name = ""
        session.add(office.people[ZHANG])
    assert await broken(office.database) is None
    async with office.database.read() as session:
        (entry,) = await audits.entries(session, 9)
    assert (entry.by, entry.person) == ("李书记", "")


@on_postgresql
async def test_replicas_that_write_at_once_make_one_chain(office: Office) -> None:
    other = Database(office.database.url.render_as_string(hide_password=False))

    async def write(database: Database, name: str) -> None:
        for turn in range(10):
            async with database.begin() as session:
                for part in "xy":
                    detail = f"{name}{turn}{part}"
                    await audits.note(
                        session, Doing.PLANNED, office.clock(), by=None, detail=detail
                    )
                    await asyncio.sleep(0)

    await asyncio.gather(
        *(write(database, f"{n}:") for n, database in enumerate((office.database, other) * 2))
    )
    await other.close()
    assert [row.number for row in await written(office.database)].count(None) == 0
    chain = await audits.whole(office.database)
    assert (chain.count, chain.broken) == (80, None)


@on_sqlite
async def test_it_is_read_and_sealed_by_index(office: Office, clock: Hands) -> None:
    await noted(office, *"abc")
    with overheard(office.database) as heard:
        await noted(office, "d")
        async with office.database.read() as session:
            li = office.people[LI].id
            assert len(await audits.entries(session, 2)) == 2
            assert len(await audits.entries(session, 9, before=3)) == 2
            assert len(await audits.entries(session, 9, people=[li])) == 4
            assert len(await audits.entries(session, 9, team=office.teams[ONE].id)) == 4
            assert (await audits.recent(session, 2)).count == 4
    assert_no_scan(office, heard)
    async with office.database.read() as session:
        assert (await session.exec(select(AuditEnd))).one().number == 4


@on_sqlite
async def test_it_is_sealed_after_whatever_else_locks_rows(office: Office) -> None:
    """In every transaction in the same order, or two replicas would wait for each other."""
    with overheard(office.database) as heard:
        for first in (True, False):
            async with office.database.begin() as session:
                if first:
                    await outbox.touch(session, ["card:1"], office.clock())
                await audits.note(session, Doing.OWNED, office.clock(), by=None)
                await outbox.touch(session, ["card:1"], office.clock())
    order = [
        words.split()[1]
        for words, _ in heard
        if words.startswith(("UPDATE outgoing", "UPDATE audit SET"))
    ]
    assert order == ["outgoing", "audit"] * 2
