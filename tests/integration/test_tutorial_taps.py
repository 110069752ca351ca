"""What people do with what is for them alone, and what those get whom nothing reaches."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from handlers import checkins, study
from handlers.requests import Reply
from handlers.taps.cards import AnswerTap, StudiedTap
from handlers.taps.tutorials import TutorialAnswerTap, TutorialStudiedTap
from storage import chats
from storage import checkins as tallies
from storage import reviews as facts
from storage import study as lessons
from storage.kinds import ChatKind
from storage.tables import (
    Invitation,
    Memory,
    Morning,
    Question,
)
from tests.conftest import ONE, SI, ZHANG, ZHAO, Office
from tests.integration.reviewing import (
    answered,
    for_electricians,
    mornings,
    next_day,
    owed,
    reviewed,
    rows,
    tagged,
    tap,
    today,
)
from tests.integration.test_no_scans import assert_no_scan, overheard

DAY = timedelta(days=1)


# -- taps ------------------------------------------------------------------------------------


@pytest.fixture
async def asked(office: Office) -> Office:
    """张三 and 赵班长 missed a question, and each has it back."""
    await answered(office, ZHANG, right=False)
    await answered(office, ZHAO, right=False)
    await next_day(office)
    assert [row.person_id for row in await rows(office)] == sorted(
        office.people[user].id for user in (ZHANG, ZHAO)
    )
    return office


async def own(office: Office, user: int) -> int:
    person = office.people[user].id
    return next(row.id for row in await rows(office) if row.person_id == person)


async def test_an_answer_is_judged_and_the_message_says_when_it_returns(asked: Office) -> None:
    tutorial = await own(asked, ZHANG)
    reply = await tap(asked, ZHANG, TutorialAnswerTap(tutorial, 1, 1, 1))
    assert reply.toast == "✅ 答对了"
    assert reply.edit is not None
    assert reply.edit.html == (
        "🔁 <b>温习</b> · 动火作业\n❓ 先做什么？\n✅ 答对了：<b>检查</b>。先检查，后作业。\n"
        "<i>下次温习：11月26日 周四 起</i>"
    )
    assert reply.edit.buttons == ()


async def test_of_two_taps_at_once_the_first_counts(asked: Office) -> None:
    tutorial = await own(asked, ZHANG)
    await tap(asked, ZHANG, TutorialAnswerTap(tutorial, 1, 1, 2))
    reply = await tap(asked, ZHANG, TutorialAnswerTap(tutorial, 1, 1, 1))
    assert reply.toast == "今天已经答过这道题，以第一次的答案为准。"
    assert reply.edit is not None
    assert "❌ 答错了" in reply.edit.html
    assert await reviewed(asked) == 3


async def test_forged_taps_change_nothing(asked: Office) -> None:
    mine, theirs = await own(asked, ZHANG), await own(asked, ZHAO)
    for forged in (
        TutorialAnswerTap(theirs, 1, 1, 1),
        TutorialAnswerTap(mine, 2, 1, 1),
        TutorialAnswerTap(mine, 1, 1, 4),
        TutorialAnswerTap(mine, 1, 1, 0),
        TutorialAnswerTap(mine, 1, 1, -1),
        TutorialAnswerTap(404, 1, 1, 1),
        TutorialStudiedTap(mine),
        TutorialStudiedTap(theirs),
    ):
        reply = await tap(asked, ZHANG, forged)
        assert reply == Reply(toast="这个按钮已经失效，没有改动任何内容。"), forged
    changed = await tap(asked, ZHANG, TutorialAnswerTap(mine, 1, 2, 1))
    assert changed.toast == "这道题已经更新，这次不计。"
    assert await reviewed(asked) == 2


async def test_an_answer_given_on_the_card_meanwhile_is_the_one_that_counts(
    asked: Office,
) -> None:
    await answered(asked, ZHANG, right=True)
    tutorial = await own(asked, ZHANG)
    reply = await tap(asked, ZHANG, TutorialAnswerTap(tutorial, 1, 1, 2))
    assert reply.toast == "今天已经答过这道题，以第一次的答案为准。"
    assert reply.edit is not None
    assert "✅ 答对了" in reply.edit.html
    assert reply.edit.buttons == ()
    assert await reviewed(asked) == 3
    closed = {row.id: row.closed_at is not None for row in await rows(asked)}
    assert closed[tutorial]


async def test_studied_is_kept_and_no_matter_of_the_teams_counter(office: Office) -> None:
    await tagged(office, "电工")
    await for_electricians(office, "配电箱")
    await mornings(office)
    first = await tap(office, ZHANG, TutorialStudiedTap(1))
    assert first.toast == "✅ 已学，07:50"
    assert first.edit is not None
    assert first.edit.buttons == ()
    assert first.edit.html.endswith("\n\n✅ 已学，07:50")
    office.clock.forward(minutes=5)
    again = await tap(office, ZHANG, TutorialStudiedTap(1))
    assert again.toast == "已经记录过了：07:50"
    async with office.database.read() as session:
        morning = await session.get_one(Morning, 1)
        assert (await tallies.tally(session, morning)).done == 0
    assert (await rows(office))[0].studied_at is not None


# -- those whom nothing reaches --------------------------------------------------------------


async def card(office: Office, user: int, choice: int = 1) -> Reply:
    """Somebody answers the question of the newest card."""
    async with office.database.begin() as session:
        query = select(Morning).order_by(col(Morning.id).desc()).limit(1)
        morning = (await session.exec(query)).one()
        (question,) = (await lessons.questions(session, [morning.bite_id]))[morning.bite_id]
        request = await office.ask(session, user, chat=ONE)
        return await study.answer(request, AnswerTap(morning.id, question.id, choice))


async def test_whom_nothing_reaches_is_told_the_point_with_an_answer_on_the_card(
    office: Office,
) -> None:
    await answered(office, SI, right=False)
    await next_day(office)
    assert await owed(office) == []
    reply = await card(office, SI)
    assert reply == Reply(
        toast="✅ 答对了。先检查，后作业。\n🔁 温习：先做什么？ 答：检查。先检查，后作业。",
        alert=True,
    )
    (row,) = await rows(office)
    assert (row.question_id, row.sent, row.closed_at is not None) == (1, False, True)
    async with office.database.read() as session:
        memory = await session.get_one(Memory, (office.people[SI].id, 1))
    assert memory.last == today(office) - DAY, "it was shown, not answered"


async def test_a_point_is_told_once_a_day_and_only_to_whom_nothing_reaches(
    office: Office,
) -> None:
    for user in (SI, ZHANG):
        await answered(office, user, right=False)
    await next_day(office)
    assert "🔁" not in (await card(office, ZHANG)).toast
    assert "🔁" in (await card(office, SI)).toast
    assert "🔁" not in (await card(office, SI)).toast, "a second tap says what the first did"
    assert [row.sent for row in await rows(office)] == [True, False]


async def test_a_point_that_was_told_gives_way_to_others(office: Office) -> None:
    async with office.database.begin() as session:
        session.add(
            Question(id=3, bite_id=1, position=2, ask="第二？", answers=["甲", "乙"], right=2)
        )
    await answered(office, SI, 1, right=False)
    await answered(office, SI, 3, right=False)
    told = []
    for _ in range(3):
        await next_day(office)
        told.append((await card(office, SI)).toast.partition("🔁 ")[2])
    assert [text.split("？")[0] for text in told] == [
        "温习：先做什么",
        "温习：第二",
        "温习：先做什么",
    ]


async def invited(office: Office, user: int) -> Reply:
    """Somebody taps 已学 on the newest card."""
    async with office.database.begin() as session:
        query = select(Morning).order_by(col(Morning.id).desc()).limit(1)
        morning = (await session.exec(query)).one()
        request = await office.ask(session, user, chat=ONE)
        return await checkins.studied(request, StudiedTap(morning.id))


async def test_whom_a_bite_cannot_reach_is_invited_once_ever(office: Office) -> None:
    await tagged(office, "电工", user=SI)
    await for_electricians(office, "配电箱")
    await mornings(office)
    first = await invited(office, SI)
    assert first.toast.startswith("✅ 已学，本班组第 1 位，07:50\n另有一课是按你的工种准备的")
    assert first.alert
    assert len(first.toast) <= 200
    assert (await invited(office, SI)).open == "https://t.me/zaohui_bot?start=hello"
    assert (await invited(office, SI)).toast == "已经记录过了：第 1 位，07:50"
    await next_day(office)
    assert await invited(office, SI) == Reply(toast="✅ 已学，本班组第 1 位，07:50")
    async with office.database.read() as session:
        assert len((await session.exec(select(Invitation))).all()) == 1
    async with office.database.begin() as session:
        await chats.seen(session, SI, ChatKind.PRIVATE)
    await next_day(office)
    assert "配电箱" in (await owed(office))[-1].params["text"]


@pytest.mark.parametrize("why", ["reached", "no such tag", "no such bite"])
async def test_nobody_is_invited_to_nothing(office: Office, why: str) -> None:
    user = ZHANG if why == "reached" else SI
    await tagged(office, "焊工" if why == "no such tag" else "电工", user=user)
    if why != "no such bite":
        await for_electricians(office, "配电箱")
    await mornings(office)
    assert await invited(office, user) == Reply(toast="✅ 已学，本班组第 1 位，07:50")
    assert (await invited(office, user)).toast.startswith("已经记录过了")


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_taps_and_my_page_read_by_index(asked: Office) -> None:
    tutorial = await own(asked, ZHANG)
    await tagged(asked, "电工", user=SI)
    with overheard(asked.database) as heard:
        await tap(asked, ZHANG, TutorialAnswerTap(tutorial, 1, 1, 1))
        await card(asked, SI)
        await invited(asked, SI)
        async with asked.database.read() as session:
            assert await facts.kept(session, asked.people[ZHANG].id)
            now = asked.clock()
            assert await facts.missed(session, [asked.teams[ONE].id], now - 3 * DAY, now)
    assert_no_scan(asked, [one for one in heard if "ORDER BY morning.id DESC" not in one[0]])
