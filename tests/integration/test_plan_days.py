"""Days of units and teams, shifts, the evening before, and many teams at once."""

from datetime import date, datetime, time

import pytest
from sqlmodel import col, select, update

from handlers.outlooks import outlooks, upcoming
from handlers.rules.calendar import DAY
from handlers.taps.plans import PlanAct, PlanUnitTap
from schedules.morning import MORNING
from schedules.runner import tick
from storage import checkins, leaves
from storage.kinds import DayKind, LeaveReason
from storage.tables import Bite, Leave, Member, Morning, OwnDay, Pack, Plan, Team
from tests.conftest import (
    LI,
    MONDAY,
    ONE,
    SI,
    TWO,
    WANG,
    ZHANG,
    ZHAO,
    ZONE,
    Hands,
    Office,
    on_sqlite,
)
from tests.integration.planning import html, lines, press, said, schooled
from tests.integration.test_no_scans import overheard


@pytest.fixture
async def school(office: Office) -> Office:
    """Team one walks through five bites, and has its first card today; it is eight."""
    return await schooled(office)


# -- days of units and teams -----------------------------------------------------------------


async def test_a_units_day_counts_for_all_below_it_and_a_teams_own_wins(school: Office) -> None:
    day = date(2026, 11, 25)
    assert "2 个班组" in html(await press(school, LI, PlanUnitTap(2, PlanAct.OFF, day, day)))
    assert "25 — 放假" in lines(await said(school, ZHAO, ""))
    root = await press(school, WANG, PlanUnitTap(1, PlanAct.WORK, day, day))
    assert "3 个班组" in html(root)
    assert "25 — 放假" in lines(await said(school, ZHAO, "")), "the nearest word counts"
    assert "25 高处作业" in lines(await said(school, ZHAO, "11月25日上班"))
    assert "25 高处作业" in lines(await said(school, ZHAO, "11月25日照常"))


async def test_what_is_said_in_the_chat_wins_over_the_file(school: Office) -> None:
    day, team = date(2026, 11, 25), school.teams[ONE].id
    async with school.database.begin() as session:
        session.add(OwnDay(team_id=team, day=day, kind=DayKind.OFF, listed=True, at=MONDAY))
    assert "25 — 放假" in lines(await said(school, ZHAO, ""))
    assert "25 高处作业" in lines(await said(school, ZHAO, "11月25日上班"))


# -- shifts ----------------------------------------------------------------------------------


async def shift(office: Office, start: date) -> None:
    """张三 is of crew A, 李四 of B, one day on and one off, in turns; 赵班长 is of none."""
    async with office.database.begin() as session:
        crews = {"A": 0, "B": 1}
        values = {"cycle": "1 on 1 off", "cycle_from": start, "crews": crews, "days": "daily"}
        await session.exec(update(Plan).values(**values))
        for user, crew in ((ZHANG, "A"), (SI, "B")):
            which = update(Member).where(col(Member.id) == office.members[user].id)
            await session.exec(which.values(crew=crew))


async def excused(office: Office) -> list[tuple[int, date, LeaveReason]]:
    async with office.database.read() as session:
        rows = await session.exec(select(Leave).order_by(col(Leave.first), col(Leave.id)))
        return [(row.member_id, row.first, row.reason) for row in rows]


async def test_whoever_is_off_by_the_shifts_is_excused_and_history_stays(
    office: Office, clock: Hands
) -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    await shift(office, monday)
    await tick(office.database, [MORNING], clock())
    zhang, si = office.members[ZHANG].id, office.members[SI].id
    assert await excused(office) == [(si, monday, LeaveReason.SHIFT)]
    async with office.database.begin() as session:
        (morning,) = (await session.exec(select(Morning))).all()
        assert await checkins.tally(session, morning) == checkins.Tally(0, 2)
        people = (await checkins.presences(session, [morning.id]))[morning.id]
        assert {one.name: one.reason for one in people}["李四"] is LeaveReason.SHIFT
    await shift(office, tuesday)  # from now on the other way round
    clock.forward(days=1)
    await tick(office.database, [MORNING], clock())
    assert await excused(office) == [
        (si, monday, LeaveReason.SHIFT),
        (si, tuesday, LeaveReason.SHIFT),
    ]
    clock.forward(days=1)
    await tick(office.database, [MORNING], clock())
    assert (await excused(office))[2:] == [(zhang, date(2026, 11, 25), LeaveReason.SHIFT)]


async def test_who_is_away_already_is_not_excused_twice(office: Office, clock: Hands) -> None:
    monday = date(2026, 11, 23)
    await shift(office, monday)
    async with office.database.begin() as session:
        si = office.members[SI].id
        person = office.people[SI].id
        await leaves.add(session, si, monday, monday, LeaveReason.FIELD, person, clock())
    await tick(office.database, [MORNING], clock())
    assert await excused(office) == [(si, monday, LeaveReason.FIELD)]


# -- the evening before ----------------------------------------------------------------------


async def test_the_card_of_the_evening_before_is_of_the_next_day(
    office: Office, clock: Hands
) -> None:
    async with office.database.begin() as session:
        when = {"at": time(20, 0), "eve": True, "closes": time(7, 30)}
        await session.exec(update(Plan).values(**when, next_at=MONDAY))
    clock.now = datetime(2026, 11, 23, 19, 59, tzinfo=ZONE)
    assert lines(await said(office, ZHAO, ""))[0] == "24 动火作业"
    await tick(office.database, [MORNING], clock())
    clock.forward(minutes=1)
    await tick(office.database, [MORNING], clock())
    async with office.database.read() as session:
        (morning,) = (await session.exec(select(Morning))).all()
    assert morning.day == date(2026, 11, 24)
    assert morning.due_at == datetime(2026, 11, 23, 20, 0, tzinfo=ZONE)
    assert morning.closes_at == datetime(2026, 11, 24, 7, 30, tzinfo=ZONE)
    shown = await said(office, ZHAO, "")
    assert "前一晚 20:00" in html(shown)
    assert lines(shown)[0] == "25 受限空间"
    for evening in range(6):  # of Tuesday to Sunday
        clock.now = datetime(2026, 11, 24 + evening, 20, 0, tzinfo=ZONE)
        await tick(office.database, [MORNING], clock())
    async with office.database.read() as session:
        days = [row.day.day for row in await session.exec(select(Morning))]
    assert days == [24, 25, 26, 27, 30]


# -- many at once ----------------------------------------------------------------------------


@on_sqlite  # where nothing else is asked than what we ask
async def test_many_mornings_begin_with_as_many_statements_as_few(
    office: Office, clock: Hands
) -> None:
    asked = []
    for count in (3, 40):
        async with office.database.begin() as session:
            first = office.teams[ONE]
            for number in range(count):
                team = Team(
                    unit_id=2,
                    name=f"{clock()} {number}",
                    timezone=first.timezone,
                    locale="zh",
                    chat_id=first.chat_id,
                    topic_id=number + count * 100,
                )
                session.add(team)
                await session.flush()
                session.add(
                    Plan(
                        team_id=team.id,
                        packs=["safety"],
                        at=time(7, 50),
                        closes=time(9, 0),
                        next_at=clock(),
                    )
                )
            await session.exec(update(Plan).values(next_at=clock()))
        with overheard(office.database) as heard:
            await tick(office.database, [MORNING], clock())
        asked.append(len(heard))
        clock.forward(days=1)
    async with office.database.read() as session:
        assert len((await session.exec(select(Morning))).all()) == 4 + 44
    assert asked[1] <= asked[0] + 1
    assert asked[1] < 25


@on_sqlite
async def test_what_comes_next_is_asked_for_many_teams_at_once(school: Office) -> None:
    ids = [team.id for team in school.teams.values()]
    async with school.database.read() as session:
        with overheard(school.database) as heard:
            found = await upcoming(session, ids, school.clock())
        assert len(heard) <= 8
        assert set(found) == {school.teams[ONE].id}
        coming = found[school.teams[ONE].id]
        assert (coming.day, coming.bite.title, coming.bite.number) == (
            date(2026, 11, 24),
            "受限空间",
            2,
        )
        assert coming.due_at == MONDAY + DAY
        assert await outlooks(session, [], date(2026, 11, 24), date(2026, 11, 24)) == {}


async def test_a_bite_to_repeat_that_the_plan_no_longer_has_is_let_go_beside_a_team_that_has_it(
    school: Office,
) -> None:
    async with school.database.begin() as session:
        pack = Pack(slug="other", title="其他", language="zh", version=1)
        session.add(pack)
        await session.flush()
        bite = Bite(pack_id=pack.id, slug="o-1", position=1, title="新课", body=".")
        session.add(bite)
        await session.exec(update(Plan).values(packs=["other"], again_id=1))
        session.add(
            Plan(
                team_id=school.teams[TWO].id,
                packs=["safety"],
                at=time(7, 50),
                closes=time(9, 0),
                next_at=MONDAY + DAY,
            )
        )
    async with school.database.read() as session:
        ids = [school.teams[ONE].id, school.teams[TWO].id]
        found = await upcoming(session, ids, school.clock())
    assert {team: one.bite.title for team, one in found.items()} == {
        ids[0]: "新课",
        ids[1]: "动火作业",
    }
    school.clock.forward(days=1)
    await tick(school.database, [MORNING], school.clock())
    async with school.database.read() as session:
        assert set(await session.exec(select(Plan.again_id))) == {None}
