"""Thirty days of three teams, every card of each, against what was written down by hand.

From 14 September to 13 October 2026. Of these days the notice of the year says: Sunday 20
September and Saturday 10 October are worked, 25 to 27 September and 1 to 7 October are holidays.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from handlers.taps import Tap
from handlers.taps.plans import PlanAct, PlanActTap, PlanUnitTap
from schedules.closing import CLOSING
from schedules.morning import MORNING
from schedules.runner import tick
from storage.tables import Bite, Morning, Outgoing, Pack, Plan
from tests.conftest import LI, ONE, THREE, TWO, WANG, ZONE, Hands, Office
from tests.integration.planning import html, press

FIRST, DAYS = date(2026, 9, 14), 30
LOOKS = (time(6, 0), time(7, 49), time(7, 50), time(8, 0), time(9, 0), time(19, 59), time(20, 0))

# The team that works by the calendar: its card comes at 07:50.
WORKDAYS = """
    9月14日 周一 S1 | 9月15日 周二 S2 | 9月16日 周三 S3 | 9月17日 周四 S1 | 9月18日 周五 S2
    9月20日 周日 S3 | 9月21日 周一 S1 | 9月22日 周二 S2 | 9月23日 周三 S3 | 9月24日 周四 S1
    9月28日 周一 S2 | 9月29日 周二 S3 | 9月30日 周三 S1
    10月8日 周四 S2 | 10月9日 周五 S3 | 10月10日 周六 S1 | 10月12日 周一 S2 | 10月13日 周二 S3
"""
# Six days on and two off from 14 September, through all holidays; a day of its unit's: 1 October.
SHIFTS = """
    9月14日 周一 V1 | 9月15日 周二 V2 | 9月16日 周三 V3 | 9月17日 周四 V4 | 9月18日 周五 V1
    9月19日 周六 V2
    9月22日 周二 V3 | 9月23日 周三 V4 | 9月24日 周四 V1 | 9月25日 周五 V2 | 9月26日 周六 V3
    9月27日 周日 V4
    9月30日 周三 V1 | 10月2日 周五 V2 | 10月3日 周六 V3 | 10月4日 周日 V4 | 10月5日 周一 V1
    10月8日 周四 V2 | 10月9日 周五 V3 | 10月10日 周六 V4 | 10月11日 周日 V1 | 10月12日 周一 V2
    10月13日 周二 V3
"""
# S on Monday and Wednesday, V on others, at 20:00 on the evening before. On the 16th somebody
# pauses it from the 21st to the 25th; on the 17th V3, which would come next, is skipped.
ALTERNATING = """
    9月14日 周一 S1 | 9月15日 周二 V1 | 9月16日 周三 S2 | 9月17日 周四 V2 | 9月18日 周五 V4
    9月20日 周日 V1
    9月28日 周一 S3 | 9月29日 周二 V2 | 9月30日 周三 S1
    10月8日 周四 V3 | 10月9日 周五 V4 | 10月10日 周六 V1 | 10月12日 周一 S2 | 10月13日 周二 V2
"""
PAUSED = date(2026, 9, 21), date(2026, 9, 25)
OFF = date(2026, 10, 1), date(2026, 10, 1)
SAID: dict[tuple[date, time], Callable[[Office], tuple[int, Tap]]] = {
    (date(2026, 9, 16), time(9)): lambda office: (
        WANG,
        PlanActTap(office.teams[THREE].id, PlanAct.PAUSE, *PAUSED),
    ),
    (date(2026, 9, 17), time(9)): lambda office: (
        WANG,
        PlanActTap(office.teams[THREE].id, PlanAct.SKIP),
    ),
    (date(2026, 9, 29), time(9)): lambda office: (
        LI,
        PlanUnitTap(office.teams[TWO].unit_id, PlanAct.OFF, *OFF),
    ),
}
HEAD = re.compile(r"早会微学 · (\S+ \S+).*?<b>(\w+)</b>", re.DOTALL)


@pytest.fixture
def clock() -> Hands:
    return Hands(datetime(2026, 9, 13, 18, 0, tzinfo=ZONE).astimezone(UTC))


@pytest.fixture
async def teams(office: Office) -> Office:
    """Packs s of three bites and v of four, and a plan for each of the three teams."""
    async with office.database.begin() as session:
        for plan in await session.exec(select(Plan)):
            await session.delete(plan)
        for slug, count in (("s", 3), ("v", 4)):
            pack = Pack(slug=slug, title=slug.upper(), language="zh", version=1)
            session.add(pack)
            await session.flush()
            for place in range(1, count + 1):
                title = f"{slug.upper()}{place}"
                session.add(
                    Bite(pack_id=pack.id, slug=f"b-{place}", position=place, title=title, body=".")
                )
        usual: dict[str, Any] = {
            "at": time(7, 50),
            "closes": time(9, 0),
            "next_at": office.clock(),
        }
        by_shift: dict[str, Any] = {"days": "daily", "cycle": "6 on 2 off", "cycle_from": FIRST}
        evening = {**usual, "at": time(20, 0), "eve": True, "closes": time(8, 0)}
        by_day: dict[str, Any] = {"weekdays": {"mon": ["s"], "wed": ["s"]}}
        session.add(Plan(team_id=office.teams[ONE].id, packs=["s"], **usual))
        session.add(Plan(team_id=office.teams[TWO].id, packs=["v"], **usual, **by_shift))
        session.add(Plan(team_id=office.teams[THREE].id, packs=["v"], **evening, **by_day))
    return office


def written(text: str) -> list[tuple[str, str]]:
    """What was written down by hand: the day on the card, and its bite."""
    parts = [part.strip() for line in text.strip().split("\n") for part in line.split("|")]
    return [(part.rpartition(" ")[0], part.rpartition(" ")[2]) for part in parts]


async def cards(office: Office, chat_id: int) -> list[tuple[str, str]]:
    async with office.database.read() as session:
        query = select(Outgoing).where(
            Outgoing.chat_id == office.teams[chat_id].chat_id,
            col(Outgoing.key).startswith("card:"),
        )
        rows = (await session.exec(query.order_by(col(Outgoing.id)))).all()
    found = [HEAD.search(str(row.params["text"])) for row in rows]
    return [(one[1], one[2]) for one in found if one]


async def test_thirty_days_of_three_teams(teams: Office) -> None:
    clock = teams.clock
    for number in range(-1, DAYS):
        for at in LOOKS:
            day = FIRST + timedelta(days=number)
            moment = datetime.combine(day, at, ZONE).astimezone(UTC)
            if moment < clock.now:
                continue
            clock.now = moment
            await tick(teams.database, [MORNING, CLOSING], clock())
            await tick(teams.database, [MORNING, CLOSING], clock())
            if (day, at) in SAID:
                user, tap = SAID[day, at](teams)
                assert "✓" in html(await press(teams, user, tap))
    assert await cards(teams, ONE) == written(WORKDAYS)
    assert await cards(teams, TWO) == written(SHIFTS)
    assert (await cards(teams, THREE))[:-1] == written(ALTERNATING)
    assert (await cards(teams, THREE))[-1] == ("10月14日 周三", "S3"), "of the evening of the 13th"
    await assert_times(teams)


async def assert_times(teams: Office) -> None:
    """Every card was due at its time, and every morning closed at its own."""
    async with teams.database.read() as session:
        rows = (await session.exec(select(Morning))).all()
    for row in rows:
        eve = row.team_id == teams.teams[THREE].id
        at, closes = (time(20), time(8)) if eve else (time(7, 50), time(9))
        due = datetime.combine(row.day - timedelta(days=int(eve)), at, ZONE)
        assert row.due_at == due
        assert row.closes_at == datetime.combine(row.day, closes, ZONE)
        if row.day < date(2026, 10, 13):
            assert row.closed_at is not None
            assert timedelta() <= row.closed_at - row.closes_at <= timedelta(hours=1)
