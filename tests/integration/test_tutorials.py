"""What is for one person alone: who is given what, once, when they may be written to."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from handlers.taps.tutorials import TutorialAnswerTap
from schedules import tutorials as job
from schedules.housekeeping import tidy
from schedules.job import Appointment
from schedules.refresh import refresh
from storage import chats, outbox, people, plans, quiet
from storage import study as lessons
from storage.carriage import settled
from storage.kinds import ChatKind, Delivery
from storage.tables import (
    Chat,
    Member,
    Memory,
    Morning,
    Plan,
    Question,
)
from tests.conftest import ONE, SUN, TWO, ZHANG, ZHAO, ZONE, Office
from tests.integration.reviewing import (
    answered,
    excused,
    for_electricians,
    give,
    mornings,
    next_day,
    owed,
    reviewed,
    rows,
    tagged,
    tap,
    today,
)
from tests.integration.test_no_scans import Statement, assert_no_scan, overheard

DAY = timedelta(days=1)


# -- who is given what -----------------------------------------------------------------------


async def test_a_bite_with_a_tag_is_not_walked_by_the_team(office: Office) -> None:
    await for_electricians(office, "配电箱")
    async with office.database.read() as session:
        walked = (await plans.bites(session, ["safety"]))["safety"]
    assert [bite.title for bite in walked] == ["动火作业", "受限空间"]


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
        first, second = (await lessons.questions(session, [bite]))[bite]
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


async def test_who_pauses_is_given_nothing_and_has_no_pile_afterwards(office: Office) -> None:
    await answered(office, ZHANG, right=False)
    async with office.database.begin() as session:
        until = (office.clock() + timedelta(days=3)).astimezone(ZONE).date()
        await quiet.pause(session, office.people[ZHANG].id, until)
    for _ in range(2):
        await next_day(office)
        assert await owed(office) == []
    await next_day(office)
    assert len(await owed(office)) == 1
