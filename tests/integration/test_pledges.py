import pytest

from handlers import commitments
from handlers.requests import Reply
from handlers.taps.cards import PledgeTap
from handlers.taps.commitments import ReadyPledgeTap, WithdrawTap
from storage import outbox
from tests.conftest import SI, SUN, WU, ZHANG, ZHAO, Hands, Office
from tests.integration.promises import (
    labels,
    local,
    morning,
    press,
    rows,
)

# -- ready pledges ---------------------------------------------------------------------------


async def test_the_cards_button_sends_the_ready_pledges_in_private(office: Office) -> None:
    today = await morning(office)
    reply = await press(office, ZHANG, PledgeTap(today))
    assert reply.toast == "已发到私聊。"
    assert labels(reply.private) == ["今天检查灭火器", "今天清理现场"]


async def test_without_a_private_chat_the_cards_button_leads_into_it(office: Office) -> None:
    today = await morning(office)
    reply = await press(office, SI, PledgeTap(today))
    assert reply == Reply(open=f"https://t.me/zaohui_bot?start=pledge-{today}")
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG, str(today))
        linked = await commitments.pledge_linked(request)
    assert labels(linked.message) == ["今天检查灭火器", "今天清理现场"]


@pytest.mark.parametrize("payload", ["", "abc", "-1", "99", "9" * 30, "²"])
async def test_a_forged_link_leads_to_no_pledges(office: Office, payload: str) -> None:
    await morning(office)
    async with office.database.begin() as session:
        reply = await commitments.pledge_linked(await office.ask(session, ZHANG, payload))
    assert reply.message is not None
    assert reply.message.buttons == ()


async def test_a_ready_pledge_turns_the_list_into_the_promise(office: Office) -> None:
    today = await morning(office)
    reply = await press(office, ZHANG, ReadyPledgeTap(today, 0), None)
    [row] = await rows(office.database)
    assert (row.text, row.bite_id) == ("今天检查灭火器", 1)
    assert row.due_at == local("2026-11-23T18:00")
    assert labels(reply.edit) == [
        "明天",
        "+3天",
        "周五",
        "月底",
        "选日期",
        "完成",
        "求助",
        "撤回",
    ]
    async with office.database.read() as session:
        kept = await outbox.by_key(session, "commitment:1")
    assert kept is not None
    assert kept.message_id == 50


async def test_the_same_ready_pledge_twice_says_its_number(office: Office, clock: Hands) -> None:
    today = await morning(office)
    await press(office, ZHANG, ReadyPledgeTap(today, 0), None)
    reply = await press(office, ZHANG, ReadyPledgeTap(today, 0), None)
    assert reply.toast == "这条已经承诺过了：#1。"
    assert reply.edit is None
    await press(office, ZHANG, ReadyPledgeTap(today, 1), None)
    await press(office, ZHAO, ReadyPledgeTap(today, 0), None)
    assert [row.number for row in await rows(office.database)] == [1, 2, 3]


async def test_a_withdrawn_ready_pledge_can_be_made_again(office: Office) -> None:
    today = await morning(office)
    await press(office, ZHANG, ReadyPledgeTap(today, 0), None)
    await press(office, ZHANG, WithdrawTap(1), None)
    await press(office, ZHANG, ReadyPledgeTap(today, 0), None)
    assert [row.number for row in await rows(office.database)] == [1, 2]


@pytest.mark.parametrize("user", [SUN, WU])
async def test_another_teams_ready_pledges_are_not_for_the_asking(
    office: Office, user: int
) -> None:
    today = await morning(office)
    assert "权限" in (await press(office, user, PledgeTap(today))).toast
    assert "权限" in (await press(office, user, ReadyPledgeTap(today, 0), None)).toast
    assert await rows(office.database) == []


@pytest.mark.parametrize("index", [-1, 2, 2**40])
async def test_a_ready_pledge_that_the_bite_does_not_have_is_gone(
    office: Office, index: int
) -> None:
    today = await morning(office)
    reply = await press(office, ZHANG, ReadyPledgeTap(today, index), None)
    assert "失效" in reply.toast
    assert await rows(office.database) == []
