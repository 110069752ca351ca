"""What is for one person alone: who is given what, once, when they may be written to."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import col, select

from handlers import checkins, study, tutorials
from handlers.requests import Reply
from handlers.taps import AnswerTap, StudiedTap, TutorialAnswerTap, TutorialStudiedTap
from schedules import tutorials as job
from schedules.housekeeping import tidy
from schedules.job import Appointment
from schedules.refresh import refresh
from storage import chats, leaves, outbox, people
from storage import checkins as tallies
from storage import reviews as facts
from storage import study as lessons
from storage.carriage import settled
from storage.kinds import ChatKind, Delivery, LeaveReason
from storage.tables import (
    Bite,
    Chat,
    Invitation,
    Member,
    Memory,
    Morning,
    Plan,
    Question,
    Review,
    Tutorial,
)
from tests.conftest import ONE, SI, SUN, TWO, ZHANG, ZHAO, Office
from tests.integration.reviewing import answered, give, mornings, owed, today
from tests.integration.test_no_scans import Statement, assert_no_scan, overheard

DAY = timedelta(days=1)


async def tagged(office: Office, *tags: str, user: int = ZHANG) -> None:
    """A member has these tags."""
    async with office.database.begin() as session:
        member = await session.get_one(Member, office.members[user].id)
        member.tags = list(tags)
        session.add(member)


async def for_electricians(office: Office, *titles: str, questions: int = 0) -> Sequence[int]:
    """More bites in the pack, for those who have the tag."""
    async with office.database.begin() as session:
        for position, title in enumerate(titles, start=10):
            bite = Bite(
                pack_id=1,
                slug=f"e-{position}",
                position=position,
                title=title,
                body="断电、验电。",
                remember="先验后干",
                tags=["电工"],
            )
            session.add(bite)
            await session.flush()
            for number in range(1, questions + 1):
                session.add(
                    Question(
                        bite_id=bite.id,
                        position=number,
                        ask=f"电工第{number}问？",
                        answers=["验电", "合闸"],
                        right=1,
                        why="先验电。",
                    )
                )
        query = select(Bite.id).where(col(Bite.slug).startswith("e-")).order_by(col(Bite.id))
        return (await session.exec(query)).all()


async def excused(office: Office, user: int, days: int = 1) -> None:
    async with office.database.begin() as session:
        member = office.members[user]
        first, last = today(office), today(office) + (days - 1) * DAY
        await leaves.add(
            session,
            member.id,
            first,
            last,
            LeaveReason.LEAVE,
            office.people[user].id,
            office.clock(),
        )


async def tap(office: Office, user: int, what: TutorialAnswerTap | TutorialStudiedTap) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user)
        if isinstance(what, TutorialAnswerTap):
            return await tutorials.answered(request, what)
        return await tutorials.studied(request, what)


async def rows(office: Office) -> Sequence[Tutorial]:
    async with office.database.read() as session:
        return (await session.exec(select(Tutorial).order_by(col(Tutorial.id)))).all()


async def next_day(office: Office, *chats: int, days: int = 1) -> None:
    office.clock.forward(days=days)
    await mornings(office, *chats)


# -- who is given what -----------------------------------------------------------------------


async def test_a_bite_with_a_tag_is_not_walked_by_the_team(office: Office) -> None:
    await for_electricians(office, "配电箱")
    async with office.database.begin() as session:
        for bite in (1, 2):
            morning = await office.morning(session)
            morning.bite_id = bite
            office.clock.forward(days=1)
        found = await lessons.next_bite(session, office.teams[ONE].id, ["safety"])
    assert found is not None
    assert found.title == "动火作业", "the oldest comes again"


async def test_a_due_question_and_a_bite_of_ones_own_are_one_message(office: Office) -> None:
    await tagged(office, "电工")
    await for_electricians(office, "配电箱", "临时用电")
    await answered(office, ZHANG, right=False)
    await next_day(office)
    (message,) = await owed(office)
    assert message.params["disable_notification"], "the card has rung"
    said = message.params["text"]
    assert said == (
        "🔁 <b>温习</b> · 动火作业\n❓ 先做什么？\n\n"
        "📗 <b>专项微课</b>（电工）\n<b>配电箱</b>\n\n断电、验电。\n\n📌 记一句：<b>先验后干</b>"
    )
    keyboard = message.params["reply_markup"]["inline_keyboard"]
    assert [[b["text"] for b in row] for row in keyboard] == [["检查", "作业"], ["吃饭"], ["已学"]]
    await next_day(office)
    assert "临时用电" in (await owed(office))[-1].params["text"]
    await next_day(office)
    assert "专项微课" not in (await owed(office))[-1].params["text"], "there are no more"
    assert len(await owed(office)) == 3


async def test_the_questions_of_ones_own_bite_are_asked_with_it_and_come_back(
    office: Office,
) -> None:
    await tagged(office, "电工")
    (bite,) = await for_electricians(office, "配电箱", questions=2)
    await mornings(office)
    (message,) = await owed(office)
    keyboard = message.params["reply_markup"]["inline_keyboard"]
    assert [[b["text"] for b in row] for row in keyboard] == [["1A", "1B"], ["2A", "2B"], ["已学"]]
    assert "❓ 2. 电工第2问？\n   A. 验电\n   B. 合闸" in message.params["text"]
    async with office.database.read() as session:
        first, second = await lessons.questions(session, bite)
    reply = await tap(office, ZHANG, TutorialAnswerTap(1, first.id, 1, 2))
    assert reply.toast == "❌ 不对，应选“验电”"
    assert reply.edit is not None
    assert "❓ 1. 电工第1问？\n❌ 答错了，应选“<b>验电</b>”。先验电。" in reply.edit.html
    assert [[b.label for b in row] for row in reply.edit.buttons] == [["2A", "2B"], ["已学"]]
    assert (await rows(office))[0].closed_at is None
    await tap(office, ZHANG, TutorialAnswerTap(1, second.id, 1, 1))
    assert (await rows(office))[0].closed_at is not None
    await next_day(office)
    assert "电工第1问" in (await owed(office))[-1].params["text"]


async def test_nothing_is_sent_to_whom_nothing_is_due(office: Office) -> None:
    await answered(office, ZHANG, right=True)
    await tagged(office, "焊工", user=ZHAO)
    await for_electricians(office, "配电箱")
    await next_day(office)
    assert await owed(office) == []
    assert await rows(office) == []


async def test_somebody_in_two_teams_is_written_to_with_the_earlier_card_only(
    office: Office,
) -> None:
    async with office.database.begin() as session:
        person = office.people[ZHANG]
        await people.enrol(session, office.teams[TWO].id, person, office.clock())
    await answered(office, ZHANG, right=False)
    office.clock.forward(days=1)
    await mornings(office, TWO)
    await mornings(office, ONE)
    office.clock.forward(days=1)
    await mornings(office, ONE, TWO)
    found = await rows(office)
    assert [row.team_id for row in found] == [office.teams[TWO].id, office.teams[ONE].id]
    assert len(await owed(office)) == 2


async def test_a_question_that_the_card_asks_today_is_not_asked_in_private(
    office: Office,
) -> None:
    await answered(office, ZHANG, right=False)
    office.clock.forward(days=1)
    await mornings(office, bite=1)
    assert await owed(office) == []


@pytest.mark.parametrize("why", ["leave", "blocked", "never", "retired", "late", "given"])
async def test_nothing_is_sent_to_whom_nothing_may_be_sent(office: Office, why: str) -> None:
    await answered(office, ZHANG, right=False)
    await tagged(office, "电工")
    await for_electricians(office, "配电箱")
    office.clock.forward(days=1)
    async with office.database.begin() as session:
        chat = await chats.by_telegram(session, ZHANG)
        assert chat is not None
        if why == "blocked":
            await chats.hold(session, chat.id, "Forbidden: bot was blocked", office.clock())
        elif why == "never":
            await session.delete(chat)
        elif why == "retired":
            member = await session.get_one(Member, office.members[ZHANG].id)
            member.retired_at = office.clock()
            session.add(member)
    if why == "leave":
        await excused(office, ZHANG)
    if why == "late":
        async with office.database.begin() as session:
            await office.morning(session)
        office.clock.forward(hours=2, minutes=1)
        await give(office)
    else:
        await mornings(office)
    if why == "given":
        await give(office)
        assert len(await owed(office)) == 1
    else:
        assert await owed(office) == []
        assert await rows(office) == []


async def test_leave_in_one_team_is_leave_in_all(office: Office) -> None:
    async with office.database.begin() as session:
        person = office.people[ZHANG]
        await people.enrol(session, office.teams[TWO].id, person, office.clock())
    await answered(office, ZHANG, right=False)
    office.clock.forward(days=1)
    await excused(office, ZHANG)
    await mornings(office, ONE, TWO)
    assert await owed(office) == []


async def test_somebody_elses_leave_keeps_nobody_from_a_question(office: Office) -> None:
    await answered(office, ZHANG, right=False)
    office.clock.forward(days=1)
    await excused(office, SUN)
    await excused(office, ZHAO)
    await mornings(office)
    assert len(await owed(office)) == 1


async def test_after_leave_there_is_no_pile(office: Office) -> None:
    async with office.database.begin() as session:
        for number in range(3, 8):
            session.add(
                Question(id=number, bite_id=1, position=number, ask=f"{number}?",
                         answers=["对", "错"], right=1)
            )  # fmt: skip
    for number in range(3, 8):
        await answered(office, ZHANG, number, right=False)
        office.clock.forward(days=1)
    await excused(office, ZHANG, days=10)
    for _ in range(10):
        await mornings(office)
        office.clock.forward(days=1)
    assert await owed(office) == []
    for number in (3, 4, 5):
        await mornings(office)
        message = (await owed(office))[-1]
        assert f"{number}?" in message.params["text"], "the most overdue first"
        tutorial = int(message.key.split(":")[1])
        await tap(office, ZHANG, TutorialAnswerTap(tutorial, number, 1, 1))
        office.clock.forward(days=1)
    assert len(await owed(office)) == 3


async def test_an_unanswered_question_is_replaced_and_loses_its_buttons(office: Office) -> None:
    await answered(office, ZHANG, right=False)
    await next_day(office)
    (first,) = await owed(office)
    async with office.database.begin() as session:
        await settled(session, first.id, Delivery.SENT, office.clock(), message_id=7)
    await next_day(office)
    assert len(await owed(office)) == 2
    async with office.database.begin() as session:
        assert (await refresh(office.database, office.clock())) == 1
        edit = await outbox.by_key(session, f"edit:{first.key}")
    assert edit is not None
    assert edit.params["text"].endswith("\n<i>这次没有作答，以后再问。</i>")
    assert "reply_markup" not in edit.params


async def test_an_answered_one_is_not_touched_again(office: Office) -> None:
    await answered(office, ZHANG, right=False)
    await next_day(office)
    await tap(office, ZHANG, TutorialAnswerTap(1, 1, 1, 2))
    await next_day(office)
    assert len(await owed(office)) == 2
    async with office.database.read() as session:
        assert await outbox.stirring(session) == (False, True)


async def test_messages_of_more_than_a_month_ago_are_let_go_and_what_was_done_is_not(
    office: Office,
) -> None:
    await answered(office, ZHANG, right=False)
    await next_day(office)
    await next_day(office)
    async with office.database.begin() as session:
        for row, days in zip(await owed(office), (32, 30), strict=True):
            sent = office.clock() - days * DAY
            await settled(session, row.id, Delivery.SENT, sent, message_id=row.id)
    async with office.database.begin() as session:
        await tidy(session, Appointment("", None), office.clock())
    assert [row.key for row in await owed(office)] == ["tutorial:2"]
    assert len(await rows(office)) == 2
    assert await reviewed(office) == 1


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


async def reviewed(office: Office) -> int:
    async with office.database.read() as session:
        return len((await session.exec(select(Review))).all())


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
        (question,) = await lessons.questions(session, morning.bite_id)
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


# -- in no time ------------------------------------------------------------------------------


async def crowd(office: Office, count: int) -> None:
    """So many more members of team two, with a question due each and a bite of their own."""
    async with office.database.begin() as session:
        if not (await session.exec(select(Plan).where(Plan.team_id == 2))).first():
            plan = await session.get_one(Plan, 1)
            values = plan.model_dump(exclude={"id", "team_id", "next_at"})
            session.add(Plan(team_id=office.teams[TWO].id, **values))
        for number in range(count):
            person = await people.known(session, 50_000 + number, f"P{number}")
            session.add(Chat(telegram_id=50_000 + number, kind=ChatKind.PRIVATE))
            member = await people.enrol(session, office.teams[TWO].id, person, office.clock())
            member.tags = ["电工"]
            session.add(
                Memory(
                    person_id=person.id,
                    question_id=1,
                    last=today(office),
                    stability=1.0,
                    due=today(office),
                    known=False,
                )
            )


async def statements(office: Office, *chats: int) -> list[Statement]:
    async with office.database.begin() as session:
        for chat in chats:
            morning = await office.morning(session, chat)
            morning.bite_id = 2
            session.add(morning)
    with overheard(office.database) as heard:
        await give(office)
    return [one for one in heard if not one[0].startswith(("BEGIN", "PRAGMA"))]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_many_people_are_named_by_as_many_queries_as_few_and_by_index(
    office: Office,
) -> None:
    await for_electricians(office, "配电箱", questions=1)
    await tagged(office, "电工")
    await answered(office, ZHANG, right=False)
    office.clock.forward(days=1)
    few = await statements(office, ONE)
    assert len(await owed(office)) == 1
    await crowd(office, 200)
    many = await statements(office, TWO)
    assert len(await owed(office)) == 201
    assert len(many) == len(few)
    assert_no_scan(office, [one for one in many if "FROM hold" not in one[0]])  # a few topics


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
            assert await facts.most_missed(session, asked.teams[ONE].id, now - 3 * DAY, now)
    assert_no_scan(asked, [one for one in heard if "ORDER BY morning.id DESC" not in one[0]])


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_two_replicas_give_one_person_one_message(office: Office) -> None:
    """Each has taken the morning of another team of theirs, at the same moment."""
    async with office.database.begin() as session:
        for user in (ZHANG, ZHAO):
            person = office.people[user]
            await people.enrol(session, office.teams[TWO].id, person, office.clock())
    for user in (ZHANG, ZHAO):
        await answered(office, user, right=False)
    office.clock.forward(days=1)
    async with office.database.begin() as session:
        for chat in (ONE, TWO):
            morning = await office.morning(session, chat)
            morning.bite_id = 2
            session.add(morning)
        await session.flush()
        (both,) = await job.due(session, office.clock())
    apart = [Appointment(str(one.id), [one]) for one in both.what]

    async def replica(appointment: Appointment) -> None:
        async with office.database.begin() as session:
            await job.give(session, appointment, office.clock())

    await asyncio.gather(*map(replica, [*apart, *apart]))
    assert len(await rows(office)) == 2
    assert len(await owed(office)) == 2
    async with office.database.read() as session:
        taken = (await session.exec(select(Morning.told_at))).all()
    assert None not in taken
