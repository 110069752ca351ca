"""Four weeks of three teams: the pages of each week against what was counted by hand."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.drawing import Undrawn, drawn
from handlers import weekfigures
from handlers.reading.spans import Span
from handlers.scopes import flow
from handlers.words.voice import Voice
from handlers.words.week_pictures import picture
from storage.ownweeks import OwnWeek
from storage.weeks import Attendance
from tests.conftest import NAMES, ONE, THREE, TWO, Office
from tests.integration.months import CREWS, FIRST, LAST, Month
from tests.integration.test_a_month import SEEDS, THERE, by_hand

WEEK = timedelta(days=7)
MONDAYS = [FIRST + n * WEEK for n in range(4)]
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(params=SEEDS)
async def month(office: Office, request: pytest.FixtureRequest) -> Month:
    played = Month(office, request.param)
    await played.play()
    return played


def notices(month: Month, chat: int, number: int) -> list[tuple[int, int]]:
    """Expected and confirmed, of a week's announcements: on Tuesday to two teams, on Thursday."""
    each = 1 if chat == THREE else 2
    return month.sums[chat].notices[number * each : (number + 1) * each]


async def test_every_figure_of_every_week_is_what_was_done(office: Office, month: Month) -> None:
    teams = [office.teams[chat] for chat in CREWS]
    for number, first in enumerate(MONDAYS):
        async with office.database.read() as session:
            found = await weekfigures.figures(session, teams, first, office.clock())
            flows = await flow(session, teams, Span(first, first + WEEK - timedelta(days=1)))
        for chat in CREWS:
            sums, mine = month.sums[chat], found[office.teams[chat].id]
            hand = by_hand(sums, first, first + WEEK - timedelta(days=1))
            whole = sum(mine.days.values(), start=Attendance())
            assert len(mine.days) == hand["早会次数"]
            assert (whole.done, whole.expected) == (hand["已学"], hand["应到"])
            excused = {day: sums.attended[day, "excused"] for day in mine.days}
            assert {day: one.excused for day, one in mine.days.items()} == excused
            assert mine.flow == flows[office.teams[chat].id]
            assert mine.flow.made == hand["新承诺"]
            assert mine.flow.due == hand["到期承诺"]
            assert mine.flow.kept == hand["按期完成"]
            assert mine.late == hand["逾期未完成"]
            asked = notices(month, chat, number)
            assert mine.receipts.expected == sum(one for one, _ in asked)
            assert mine.receipts.done == sum(one for _, one in asked)


async def test_a_unit_is_the_sum_of_its_teams(office: Office, month: Month) -> None:
    teams = [office.teams[chat] for chat in CREWS]
    async with office.database.read() as session:
        found = await weekfigures.figures(session, teams, FIRST, office.clock())
    each = [(team, "支部") for team in teams]
    page = weekfigures.page("林业局", each, found, FIRST, office.clock())
    hands = [by_hand(month.sums[chat], FIRST, LAST - 3 * WEEK) for chat in CREWS]
    assert page.attendance.expected == sum(hand["应到"] for hand in hands)
    assert page.flow.kept == sum(hand["按期完成"] for hand in hands)
    picture_of_it = await drawn(picture(Voice("zh"), page).encode())
    assert picture_of_it.startswith(b"\x89PNG")


async def test_what_members_are_told_of_themselves_is_their_part(
    office: Office, month: Month
) -> None:
    ids = {user: office.people[user].id for crew in CREWS.values() for user in crew}
    whole = {user: OwnWeek() for user in ids}
    for first in MONDAYS:
        async with office.database.read() as session:
            found = await weekfigures.own(session, ids.values(), ZONE, first, office.clock())
        for user, person in ids.items():
            whole[user].attendance += found[person].attendance
            whole[user].flow += found[person].flow
            whole[user].late += found[person].late
        teams = [office.teams[chat] for chat in CREWS]
        async with office.database.read() as session:
            of_teams = await weekfigures.figures(session, teams, first, office.clock())
        for chat, crew in CREWS.items():
            mine = [found[ids[user]] for user in crew]
            team = of_teams[office.teams[chat].id]
            assert sum(one.flow.kept for one in mine) == team.flow.kept
            assert sum(one.late for one in mine) == team.late
            assert sum(one.receipts.done for one in mine) == team.receipts.done
            assert sum(one.receipts.expected for one in mine) == team.receipts.expected
    for chat, crew in CREWS.items():
        for user in crew:
            people = month.sums[chat].people
            name = NAMES[user]
            assert whole[user].attendance.done == sum(people[name, how] for how in THERE)
            assert whole[user].attendance.excused == people[name, "excused"]


async def test_a_day_before_anything_was_is_empty(office: Office, month: Month) -> None:
    async with office.database.read() as session:
        long_ago = date(2026, 10, 5)
        teams = [office.teams[chat] for chat in (ONE, TWO)]
        found = await weekfigures.figures(session, teams, long_ago, office.clock())
    assert all(not one.days and not one.flow.made for one in found.values())
    assert month.sums


async def test_what_is_no_drawing_is_not_drawn() -> None:
    for odd in (b"", b"<svg", b"<svg xmlns='http://www.w3.org/2000/svg'>", b"\xff\xfe"):
        with pytest.raises(Undrawn):
            await drawn(odd)
