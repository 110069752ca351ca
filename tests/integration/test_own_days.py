"""Dates keep to the days and hours of the team that they are for."""

from datetime import date, time

import pytest

from handlers import boards, mine
from handlers.taps.commitments import MoveTap, ViewAct, ViewTap
from schedules.asks import ASKS
from schedules.runner import tick
from storage import plans
from storage.asks import ASK
from storage.kinds import DayKind
from tests.conftest import ONE, SUN, TWO, ZHANG, Hands, Office
from tests.integration.promises import html, labels, local, owe, promise, rows
from tests.integration.test_asks import owed

OFF = [date(2026, 11, 25), date(2026, 11, 26)]  # Wednesday and Thursday


@pytest.fixture
async def away(office: Office) -> Office:
    """The first team is off in the middle of the week."""
    async with office.database.begin() as session:
        team = office.teams[ONE].id
        await plans.say_days(session, OFF, DayKind.OFF, office.clock(), team_id=team)
    return office


async def dues(office: Office) -> list[str]:
    """When the promises are due, in the order in which they were made."""
    return [f"{row.due_at:%m-%d %H:%M}" for row in await rows(office.database)]


async def test_workdays_are_counted_by_the_teams_own_days(away: Office) -> None:
    await promise(away, ZHANG, "两个工作日内完成台账")
    await promise(away, SUN, "两个工作日内完成台账", TWO)
    assert await dues(away) == ["11-27 10:00", "11-25 10:00"]


async def test_days_are_offered_by_the_teams_own_days(away: Office) -> None:
    reply = await promise(away, ZHANG, "12月8日前完成台账")
    assert reply.message is not None
    days = {
        button.tap.day
        for row in reply.message.buttons
        for button in row
        if isinstance(button.tap, MoveTap)
    }
    assert days == {date(2026, 11, day) for day in (24, 27, 30)}


async def test_what_is_said_after_work_is_due_on_the_next_day_that_is_worked(
    away: Office, clock: Hands
) -> None:
    clock.now = local("2026-11-24T19:00")
    await promise(away, ZHANG, "检查灭火器")
    assert await dues(away) == ["11-27 10:00"]


async def test_a_promise_looked_at_by_itself_moves_by_the_teams_days(away: Office) -> None:
    made = await owe(away, ZHANG)
    async with away.database.begin() as session:
        request = await away.ask(session, ZHANG, message_id=9)
        reply = await mine.view_pressed(request, ViewTap(made, ViewAct.PICK))
    assert reply.edit is not None
    assert [label for label in labels(reply.edit) if label.endswith("休")][:2] == ["25休", "26休"]


async def test_a_boards_colours_know_the_teams_days(away: Office, clock: Hands) -> None:
    await owe(away, ZHANG, due=local("2026-11-27T18:00"))
    await owe(away, SUN, due=local("2026-11-27T18:00"))
    clock.now = local("2026-11-24T12:00")
    shown = []
    for user in (ZHANG, SUN):
        async with away.database.begin() as session:
            shown.append(html(await boards.board(await away.ask(session, user, "", None))))
    assert ["🔵" in text for text in shown] == [True, False], "the next day at work is Friday"


@pytest.mark.parametrize(("moment", "asked"), [("16:20", 1), ("16:40", 0)])
async def test_nobody_is_asked_after_the_teams_day(
    office: Office, clock: Hands, moment: str, asked: int
) -> None:
    async with office.database.begin() as session:
        team = await session.merge(office.teams[ONE])
        team.work_ends = time(16, 30)
    await owe(office, ZHANG)
    clock.now = local(f"2026-11-26T{moment}")
    await tick(office.database, [ASKS], clock())
    assert len(await owed(office, ASK)) == asked
