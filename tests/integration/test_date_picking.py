"""A promise's date is picked from a small calendar, in place."""

from datetime import date

import pytest

from handlers import commitments
from handlers.requests import Reply
from handlers.taps.commitments import MoveTap, PickedTap, PickTap
from handlers.words.message import Message
from storage import commitments as stored
from storage.kinds import DayKind
from storage.tables import OwnDay
from tests.conftest import ONE, SI, WU, ZHANG, ZHAO, Office
from tests.integration.promises import PRESSED, STRANGER, labels, local, owe, rows, tap


async def pick(office: Office, user: int, what: int, chat: int | None = ONE) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, "", chat, message_id=PRESSED)
        return await commitments.pick_pressed(request, PickTap(what))


async def back(office: Office, user: int, what: int) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, "", ONE, message_id=PRESSED)
        return await commitments.picked_pressed(request, PickedTap(what))


def grid(message: Message | None) -> list[list[str]]:
    assert message is not None
    return [[button.label for button in row] for row in message.buttons]


async def test_the_days_of_four_weeks_open_in_place_with_days_off_marked(office: Office) -> None:
    what = await owe(office, ZHANG)
    reply = await pick(office, ZHANG, what)
    assert reply.edit is not None
    assert reply.edit.html == "<b>#1</b> 张三：完成3号泵检修\n期限：11月27日 周五 18:00"
    assert grid(reply.edit) == [
        list("一二三四五六日"),
        ["23", "24", "25", "26", "27", "28休", "29休"],
        ["30", "12/1", "2", "3", "4", "5休", "6休"],
        ["7", "8", "9", "10", "11", "12休", "13休"],
        ["14", "15", "16", "17", "18", "19休", "20休"],
        ["返回"],
    ]
    assert tap(reply.edit, "12/1") == MoveTap(what, date(2026, 12, 1))
    shown = await back(office, ZHANG, what)
    assert labels(shown.edit) == ["明天", "+3天", "月底", "选日期", "完成", "求助", "撤回"]


async def test_a_day_that_is_over_says_so_and_is_refused(office: Office) -> None:
    what = await owe(office, ZHANG)
    office.clock.now = local("2026-11-25T18:30")
    reply = await pick(office, ZHANG, what)
    assert grid(reply.edit)[1] == ["·", "·", "·", "26", "27", "28休", "29休"]
    assert len(grid(reply.edit)) == 7, "five weeks hold the next four"
    assert tap(reply.edit, "·") == MoveTap(what, date(2026, 11, 23))
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG, "", ONE, message_id=PRESSED)
        refused = await commitments.move_pressed(request, MoveTap(what, date(2026, 11, 25)))
    assert refused.toast == "不能改到这一天，期限没有变。"
    assert refused.edit is None


async def test_the_teams_own_days_off_are_marked_and_those_it_works_are_not(
    office: Office,
) -> None:
    what = await owe(office, ZHANG)
    async with office.database.begin() as session:
        for day, kind in ((26, DayKind.OFF), (28, DayKind.WORK), (30, DayKind.PAUSE)):
            session.add(
                OwnDay(
                    team_id=office.teams[ONE].id,
                    day=date(2026, 11, day),
                    kind=kind,
                    listed=False,
                    at=office.clock(),
                )
            )
    found = grid((await pick(office, ZHANG, what)).edit)
    assert found[1] == ["23", "24", "25", "26休", "27", "28", "29休"]
    assert found[2][0] == "30", "no meeting is no day off"


@pytest.mark.parametrize("user", [SI, ZHAO, WU, STRANGER])
async def test_only_the_owner_opens_and_closes_the_days(office: Office, user: int) -> None:
    what = await owe(office, ZHANG)
    for reply in (await pick(office, user, what), await back(office, user, what)):
        assert "权限" in reply.toast
        assert reply.edit is None


async def test_a_promise_that_is_over_shows_that_instead_of_days(office: Office) -> None:
    what = await owe(office, ZHANG)
    async with office.database.begin() as session:
        found = await stored.own(session, what, office.people[ZHANG].id)
        assert found is not None
        await stored.withdraw(session, found.commitment, office.people[ZHANG].id, office.clock())
    reply = await pick(office, ZHANG, what)
    assert reply.toast == "#1 之前已经撤回。"
    assert labels(reply.edit) == []
    assert [row.due_at for row in await rows(office.database)] == [local("2026-11-27T18:00")]
