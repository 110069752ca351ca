"""The outline of a meeting, from the clock's side: when, of what, to whom; and what was held."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select, update

from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.rules.calendar import DAY
from handlers.taps.outlines import HeldTap
from handlers.taps.plans import PlanAct, PlanActTap
from handlers.words import plain
from handlers.words.voice import Voice
from schedules import outlines as job
from schedules.morning import MORNING
from schedules.outlines import OUTLINES
from schedules.refresh import refresh
from schedules.runner import tick
from storage import carriage, chats, leaves, quiet
from storage.kinds import ChatKind, DayKind, Delivery, LeaveReason, Origin, Progress, Role
from storage.tables import (
    Bite,
    Chat,
    Commitment,
    Grant,
    Meeting,
    Member,
    Morning,
    Outgoing,
    OwnDay,
    Person,
    Plan,
    Question,
    Review,
    Slot,
    Team,
)
from tests.conftest import (
    LI,
    MONDAY,
    ONE,
    SI,
    SUN,
    TWO,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    ZONE,
    Hands,
    Office,
    on_sqlite,
)
from tests.integration.test_no_scans import assert_no_scan, overheard

BOARD = Switchboard(ROUTES)
BEFORE = timedelta(minutes=2)
TODAY = date(2026, 11, 23)
DENIED, GONE = plain.denied(Voice("zh")), plain.gone(Voice("zh"))


@pytest.fixture
def clock() -> Hands:
    """Two minutes before the card."""
    return Hands(MONDAY - BEFORE)


@pytest.fixture
async def office(office: Office) -> Office:
    async with office.database.begin() as session:
        await session.exec(update(Plan).values(next_at=MONDAY))
    return office


async def look(office: Office) -> None:
    """The clock is looked at once, and what stands is rendered anew."""
    await tick(office.database, [OUTLINES, MORNING], office.clock())
    await refresh(office.database, office.clock())


async def owed(office: Office) -> Sequence[Outgoing]:
    async with office.database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith("outline:"))
        return (await session.exec(query.order_by(col(Outgoing.id)))).all()


async def texts(office: Office) -> list[str]:
    return [row.params["text"] for row in await owed(office)]


async def lead(office: Office, user: int, chat: int = ONE) -> None:
    """Somebody leads a team as well."""
    async with office.database.begin() as session:
        session.add(
            Grant(
                person_id=office.people[user].id,
                role=Role.LEADER,
                team_id=office.teams[chat].id,
                at=office.clock(),
            )
        )


async def press(office: Office, user: int, day: date = TODAY, chat: int = ONE) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user)
        return await BOARD.press(request, HeldTap(office.teams[chat].id, day))


async def held(office: Office) -> list[tuple[int, date, int]]:
    async with office.database.read() as session:
        rows = (await session.exec(select(Meeting))).all()
        return [(row.team_id, row.day, row.person_id) for row in rows]


async def carried(office: Office) -> None:
    """What is owed to the leaders has arrived."""
    async with office.database.begin() as session:
        for number, row in enumerate(await owed(office), start=1):
            await carriage.settled(
                session, row.id, Delivery.SENT, office.clock(), message_id=number
            )


async def edits(office: Office) -> list[dict[str, object]]:
    async with office.database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith("edit:outline:"))
        return [row.params for row in await session.exec(query.order_by(col(Outgoing.key)))]


# -- when ------------------------------------------------------------------------------------


async def test_two_minutes_before_the_card_and_once(office: Office, clock: Hands) -> None:
    clock.forward(seconds=-1)
    await look(office)
    assert await owed(office) == []
    clock.forward(seconds=1)
    for _ in range(13):
        await look(office)
        clock.forward(seconds=10)
    (one,) = await owed(office)
    assert one.key == f"outline:{office.teams[ONE].id}:2026-11-23:{office.people[ZHAO].id}"
    assert one.expires_at == MONDAY + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("hours", "paused", "count"),
    [
        (None, None, 1),
        ((time(7), time(8)), None, 0),
        ((time(21), time(7)), None, 1),
        (None, date(2026, 11, 24), 0),
        (None, TODAY, 1),
    ],
)
async def test_none_while_a_leader_pauses_or_in_the_quiet_hours_that_he_chose(
    office: Office,
    clock: Hands,
    hours: tuple[time, time] | None,
    paused: date | None,
    count: int,
) -> None:
    async with office.database.begin() as session:
        leader = office.people[ZHAO].id
        await quiet.pause(session, leader, paused)
        if hours:
            await quiet.keep_hours(session, leader, *hours)
    await tick(office.database, [OUTLINES], clock())
    async with office.database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith(f"{job.PREFIX}:"))
        assert len((await session.exec(query)).all()) == count


async def test_two_replicas_outline_a_meeting_once(office: Office, clock: Hands) -> None:
    both = (tick(office.database, [OUTLINES], clock()) for _ in range(2))
    await asyncio.gather(*both)
    assert len(await owed(office)) == 1


@pytest.mark.parametrize(
    ("late", "sent"),
    [
        (timedelta(minutes=10), 1),
        (timedelta(minutes=10, seconds=1), 0),
        (timedelta(hours=3), 0),
        (timedelta(days=1, minutes=-2), 1),  # of the day that is then
    ],
)
async def test_ten_minutes_after_the_card_it_is_dropped(
    office: Office, clock: Hands, late: timedelta, sent: int
) -> None:
    clock.now = MONDAY + late
    for _ in range(2):
        await look(office)
    assert len(await owed(office)) == sent
    if late > DAY - BEFORE - DAY / 2:
        assert "11月24日" in (await texts(office))[0]


async def test_a_card_never_waits_for_outlines(office: Office, clock: Hands) -> None:
    clock.now = MONDAY + timedelta(minutes=3)
    await look(office)
    async with office.database.begin() as session:
        taken = await carriage.claim(session, clock(), 1, [])
        assert [row.key.partition(":")[0] for row, _ in taken] == ["card"]


async def test_after_a_weekend_away_it_comes_with_the_card(office: Office, clock: Hands) -> None:
    """Nobody looked at the plan since Friday: it still waits for Saturday."""
    async with office.database.begin() as session:
        await session.exec(update(Plan).values(next_at=MONDAY - 2 * DAY))
    clock.now = MONDAY + timedelta(minutes=3)
    for _ in range(2):
        await look(office)
    assert len(await owed(office)) == 1


async def test_before_the_card_of_the_evening_before(office: Office, clock: Hands) -> None:
    evening = datetime(2026, 11, 23, 20, 0, tzinfo=ZONE)
    async with office.database.begin() as session:
        await session.exec(update(Plan).values(at=time(20), eve=True, next_at=evening))
    clock.now = evening - BEFORE
    await look(office)
    (text,) = await texts(office)
    assert "11月24日 周二" in text
    tuesday = TODAY + DAY
    assert (await press(office, ZHAO, tuesday)).toast == (
        "11月24日 周二的早会还没到，开过以后再点。"
    )
    assert await held(office) == []
    clock.now = evening + timedelta(hours=12)
    assert (await press(office, ZHAO, tuesday)).toast == "已记录：08:00 已开。"


async def test_teams_of_other_zones_have_each_their_own_day(office: Office, clock: Hands) -> None:
    async with office.database.begin() as session:
        west = col(Team.id) == office.teams[TWO].id
        await session.exec(update(Team).where(west).values(timezone="America/Los_Angeles"))
        there = time(15, 50)  # of Sunday, when it is ten to eight on Monday in Shanghai
        session.add(
            Plan(
                team_id=office.teams[TWO].id,
                packs=["safety"],
                at=there,
                closes=time(17),
                days="daily",
                next_at=MONDAY,
            )
        )
    for chat in (ONE, TWO):
        await asked(office, 8, wrong=1, right=0, chat=chat)  # seven days before Sunday
    await promise(office, 1, timedelta(hours=10), SUN)  # Monday there: not that day
    await look(office)
    east, sunday = await texts(office)
    assert "一班</b> 早会提纲 · 11月23日 周一" in east
    assert "二班</b> 早会提纲 · 11月22日 周日" in sunday
    assert "错得最多" in sunday
    assert "错得最多" not in east
    assert "到期" not in sunday
    assert (await press(office, SUN, TODAY, TWO)).toast == GONE
    assert (await press(office, SUN, TODAY - DAY, TWO)).toast == "已记录：15:48 已开。"


@pytest.mark.parametrize("kind", [DayKind.OFF, DayKind.PAUSE])
async def test_none_on_a_day_off_or_in_a_pause(
    office: Office, clock: Hands, kind: DayKind
) -> None:
    async with office.database.begin() as session:
        team = office.teams[ONE].id
        session.add(OwnDay(team_id=team, day=TODAY, kind=kind, listed=False, at=clock()))
    await look(office)
    clock.now = MONDAY
    await look(office)
    assert await owed(office) == []
    clock.now = MONDAY + DAY - BEFORE
    await look(office)
    assert len(await owed(office)) == 1


@pytest.mark.parametrize(
    ("day", "plan"),
    [
        (date(2026, 11, 28), {}),  # a Saturday
        (date(2026, 10, 1), {}),  # National Day
        (TODAY, {"cycle": "1 on 1 off", "cycle_from": TODAY - DAY}),
        (TODAY, {"packs": []}),  # nothing to study
    ],
)
async def test_none_where_there_is_no_card(
    office: Office, clock: Hands, day: date, plan: dict[str, object]
) -> None:
    card = datetime.combine(day, time(7, 50), ZONE)
    async with office.database.begin() as session:
        await session.exec(update(Plan).values(next_at=card, **plan))
    clock.now = card - BEFORE
    await look(office)
    assert await owed(office) == []
    async with office.database.read() as session:
        slots = (await session.exec(select(Slot).where(Slot.job == "outlines"))).all()
        assert len(slots) == 1, "it was looked at, and not every ten seconds anew"


# -- of what ---------------------------------------------------------------------------------


async def test_a_team_with_nothing_else_has_the_point_and_the_question(office: Office) -> None:
    await look(office)
    assert await texts(office) == [
        "🗣 <b>一班</b> 早会提纲 · 11月23日 周一\n\n"
        "📖 <b>讲：动火作业</b>\n📌 先查后干\n\n"
        "❓ <b>问一句</b>：先做什么？\n答案：<tg-spoiler>检查</tg-spoiler>"
    ]


async def test_a_bite_without_a_line_to_remember_and_without_questions(office: Office) -> None:
    async with office.database.begin() as session:
        await session.exec(update(Bite).values(remember=""))
        await session.exec(update(Question).values(retired_at=office.clock()))
    await look(office)
    assert await texts(office) == [
        "🗣 <b>一班</b> 早会提纲 · 11月23日 周一\n\n📖 <b>讲：动火作业</b>"
    ]


async def asked(
    office: Office, days: int, wrong: int, right: int, chat: int = ONE, bite: int = 2
) -> None:
    """So many days ago a team answered a bite's question: so often wrongly, so often rightly."""
    async with office.database.begin() as session:
        question = (await session.exec(select(Question).where(Question.bite_id == bite))).one()
        team = await session.get_one(Team, office.teams[chat].id)
        day = TODAY - days * DAY
        noon = datetime.combine(day, time(12), ZoneInfo(team.timezone)).astimezone(UTC)
        for number in range(wrong + right):
            person = Person(name=f"{chat} {days} {number}")
            session.add(person)
            await session.flush()
            session.add(
                Review(
                    person_id=person.id,
                    question_id=question.id,
                    edition=question.edition,
                    team_id=team.id,
                    day=day,
                    right=number >= wrong,
                    at=noon,
                )
            )


async def test_the_most_missed_question_of_the_last_seven_days(office: Office) -> None:
    async with office.database.begin() as session:
        for bite in (3, 4):
            session.add(
                Bite(id=bite, pack_id=1, slug=str(bite), position=bite, title=".", body=".")
            )
            await session.flush()
            session.add(
                Question(bite_id=bite, position=1, ask=f"{bite} <b>", answers=["A", "B"], right=1)
            )
    await asked(office, 8, wrong=5, right=0, bite=2)  # too long ago
    await asked(office, 7, wrong=2, right=0, bite=3)
    await asked(office, 3, wrong=3, right=1, bite=4)
    await asked(office, 2, wrong=9, right=0, bite=4, chat=TWO)  # of others
    await look(office)
    (text,) = await texts(office)
    assert "❗ <b>近七天错得最多</b>（答错 3/4）\n4 &lt;b&gt;\n答案：A\n\n" in text


async def test_no_question_where_all_were_right_or_it_is_asked_today(office: Office) -> None:
    await asked(office, 1, wrong=0, right=3)
    await look(office)
    assert "错得最多" not in (await texts(office))[0]
    async with office.database.begin() as session:
        await session.exec(update(Review).values(right=False))
        question = (await session.exec(select(Question).where(Question.bite_id == 2))).one()
        await session.exec(update(Plan).values(again_id=2))
        made = await job.gather(session, [(office.teams[ONE].id, TODAY)], office.clock())
        (found,) = made.values()
        assert (found.ask, found.missed) == (question, None), "its answer is not to be given away"


async def test_who_is_away_and_why(office: Office) -> None:
    zhang, si = office.members[ZHANG], office.members[SI]
    async with office.database.begin() as session:
        for member, first, last, why in (
            (zhang, -3, -1, LeaveReason.LEAVE),
            (zhang, 0, 4, LeaveReason.LEAVE),
            (zhang, 0, 0, LeaveReason.FIELD),  # the newest counts
            (si, 1, 1, LeaveReason.LEAVE),
        ):
            days = TODAY + first * DAY, TODAY + last * DAY
            await leaves.add(session, member.id, *days, why, 1, office.clock())
    await look(office)
    assert "👥 <b>不在（1）</b>：张三（外勤）\n" in (await texts(office))[0]


async def test_who_is_off_by_the_shifts_is_away_as_on_the_card(
    office: Office, clock: Hands
) -> None:
    async with office.database.begin() as session:
        await session.exec(
            update(Plan).values(cycle="1 on 1 off", cycle_from=TODAY, crews={"A": 0, "B": 1})
        )
        for user, crew in ((ZHANG, "A"), (SI, "B"), (ZHAO, "B")):
            which = update(Member).where(col(Member.id) == office.members[user].id)
            await session.exec(which.values(crew=crew))
        me = office.members[ZHAO].id
        await leaves.add(session, me, TODAY, TODAY, LeaveReason.LEAVE, 1, clock())
    await look(office)
    assert "👥 <b>不在（2）</b>：赵班长（请假）、李四（倒班）\n" in (await texts(office))[0]
    clock.now = MONDAY
    await look(office)
    async with office.database.read() as session:
        meet = (office.teams[ONE].id, TODAY)
        (found,) = (await job.gather(session, [meet], clock())).values()
        assert [one.name for one in found.away] == ["赵班长", "李四"], "written down by now"


async def promise(office: Office, number: int, due: timedelta, user: int = ZHANG) -> None:
    member = office.members[user]
    async with office.database.begin() as session:
        session.add(
            Commitment(
                team_id=member.team_id,
                number=number,
                member_id=member.id,
                text=f"第{number}件 <i>",
                due_at=MONDAY + due,
                origin=Origin.PLEDGE,
                at=MONDAY - DAY,
            )
        )


async def test_what_is_due_today_and_how_much_is_overdue(office: Office) -> None:
    await promise(office, 1, timedelta(hours=10))
    await promise(office, 2, timedelta(hours=10), SI)
    await promise(office, 3, DAY)  # tomorrow
    await promise(office, 4, -DAY)
    await promise(office, 5, -2 * DAY)
    await promise(office, 6, timedelta(hours=10), SUN)  # of another team
    await look(office)
    assert (
        "⏰ <b>当天到期</b>\n#1 第1件 &lt;i&gt; · 张三\n#2 第2件 &lt;i&gt; · 李四\n"
        "另有 2 项逾期，/overdue 看明细\n\n" in (await texts(office))[0]
    )


async def test_what_is_due_that_day_stays_so_until_its_end(office: Office, clock: Hands) -> None:
    await promise(office, 1, timedelta(hours=10))
    await promise(office, 2, -DAY)
    meet = office.teams[ONE].id, TODAY
    for hours in (0, 14):
        clock.now = MONDAY - BEFORE + timedelta(hours=hours)
        async with office.database.read() as session:
            found = (await job.gather(session, [meet], clock()))[meet]
        assert [row.number for row, _ in found.due] == [1]
        assert found.overdue == 1


async def test_only_overdue_promises_and_none_that_are_reported(office: Office) -> None:
    await promise(office, 1, -DAY)
    await promise(office, 2, timedelta(hours=1))
    async with office.database.begin() as session:
        which = update(Commitment).where(col(Commitment.number) == 2)
        await session.exec(which.values(state=Progress.CLAIMED))
    await look(office)
    (text,) = await texts(office)
    assert "\n\n⏰ 有 1 项承诺逾期，/overdue 看明细\n\n" in text
    assert "当天到期" not in text


async def test_much_of_everything_still_fits_one_message(office: Office) -> None:
    for number in range(1, 41):
        await promise(office, number, timedelta(hours=10))
    async with office.database.begin() as session:
        await session.exec(update(Commitment).values(text="长" * 500))
        for number in range(40):
            person = Person(name=f"第{number}号名字很长的一位同志" * 2)
            session.add(person)
            await session.flush()
            member = Member(
                team_id=office.teams[ONE].id, person_id=person.id, joined_at=MONDAY - DAY
            )
            session.add(member)
            await session.flush()
            await leaves.add(session, member.id, TODAY, TODAY, LeaveReason.LEAVE, 1, MONDAY)
    await look(office)
    (text,) = await texts(office)
    assert len(text) < 1000
    assert "不在（40）" in text
    assert "等\n" in text
    assert "还有 35 项" in text


async def test_it_shows_what_the_card_then_brings(office: Office, clock: Hands) -> None:
    """As the order says, after a skip, and after one more time the last one."""
    shown = []
    for day, act in enumerate((None, PlanAct.AGAIN, PlanAct.SKIP, None)):
        clock.now = MONDAY + day * DAY - timedelta(minutes=10)
        if act:
            async with office.database.begin() as session:
                request = await office.ask(session, ZHAO)
                await BOARD.press(request, PlanActTap(office.teams[ONE].id, act))
        clock.now = MONDAY + day * DAY - BEFORE
        await look(office)
        shown.append((await texts(office))[-1].split("讲：")[1].split("</b>")[0])
        clock.now = MONDAY + day * DAY
        await look(office)
    async with office.database.read() as session:
        query = select(Bite.title).join(Morning, col(Morning.bite_id) == Bite.id)
        brought = list(await session.exec(query.order_by(col(Morning.day))))
    assert shown == brought
    assert shown[:2] == ["动火作业", "动火作业"]


async def test_what_stands_says_what_the_card_brought(office: Office, clock: Hands) -> None:
    await look(office)
    await carried(office)
    clock.forward(minutes=1)
    async with office.database.begin() as session:
        request = await office.ask(session, ZHAO)
        await BOARD.press(request, PlanActTap(office.teams[ONE].id, PlanAct.SKIP))
    clock.now = MONDAY + timedelta(minutes=8)
    await look(office)
    await press(office, ZHAO)
    await refresh(office.database, clock())
    (edit,) = await edits(office)
    assert "讲：受限空间" in str(edit["text"])


# -- to whom ---------------------------------------------------------------------------------


async def test_each_leader_in_their_language_and_nobody_without_an_open_chat(
    office: Office,
) -> None:
    await lead(office, ZHANG)
    await lead(office, SI)  # has never opened a private chat
    await lead(office, WU)
    async with office.database.begin() as session:
        which = update(Person).where(col(Person.id) == office.people[ZHANG].id)
        await session.exec(which.values(locale="en"))
        chat = await chats.by_telegram(session, WU)
        assert chat is not None
        await chats.hold(session, chat.id, "blocked", office.clock())
    await look(office)
    first, second = await owed(office)
    assert [first.key.split(":")[3], second.key.split(":")[3]] == [
        str(office.people[user].id) for user in (ZHAO, ZHANG)
    ]
    assert second.params["text"].startswith(
        "🗣 <b>一班</b> · Outline for Mon 23 Nov\n\n📖 <b>The point: 动火作业</b>"
    )


async def test_a_group_with_a_leaders_number_gets_nothing(office: Office) -> None:
    """A chat is a person's only where it is private."""
    async with office.database.begin() as session:
        which = update(Chat).where(col(Chat.telegram_id) == ZHAO)
        await session.exec(which.values(kind=ChatKind.GROUP))
    await look(office)
    assert await owed(office) == []


# -- held ------------------------------------------------------------------------------------


async def test_said_once_it_counts_once_and_all_leaders_see_it(
    office: Office, clock: Hands
) -> None:
    await lead(office, ZHANG)
    await look(office)
    await carried(office)
    clock.now = MONDAY + timedelta(minutes=8)
    said = await asyncio.gather(press(office, ZHAO), press(office, ZHANG))
    toasts = sorted(one.toast for one in said)
    assert toasts[0] == "已记录：07:58 已开。"
    ((team, day, person),) = await held(office)
    name = {office.people[ZHAO].id: "赵班长", office.people[ZHANG].id: "张三"}[person]
    assert toasts[1] == f"{name} 07:58 已经记过了。"
    assert (team, day) == (office.teams[ONE].id, TODAY)
    await refresh(office.database, clock())
    shown = await edits(office)
    assert len(shown) == 2
    for edit in shown:
        assert str(edit["text"]).endswith(f"\n\n✅ 07:58 已开 · {name}")
        assert "reply_markup" not in edit


async def test_an_outline_that_leaves_later_shows_it_too(office: Office, clock: Hands) -> None:
    await lead(office, ZHANG)
    await look(office)
    assert (await press(office, LI)).toast == "已记录：07:48 已开。", "the secretary may"
    await carried(office)
    await refresh(office.database, clock())
    assert len(await edits(office)) == 2


@pytest.mark.parametrize("user", [ZHANG, SUN, WU])
async def test_nobody_else_says_so(office: Office, user: int) -> None:
    await look(office)
    assert (await press(office, user)).toast in {DENIED, plain.stranger(Voice("zh"))}
    assert await held(office) == []


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY + DAY, date(2020, 1, 1)])
async def test_no_other_day_can_be_made_up(office: Office, day: date) -> None:
    await look(office)
    assert (await press(office, ZHAO, day)).toast == GONE
    assert (await press(office, SUN, TODAY, TWO)).toast == GONE, "it had no outline"
    assert await held(office) == []


async def test_a_team_that_is_not_there_or_retired_holds_nothing(office: Office) -> None:
    await look(office)
    async with office.database.begin() as session:
        request = await office.ask(session, WANG)
        assert (await BOARD.press(request, HeldTap(99, TODAY))).toast == DENIED
        which = update(Team).where(col(Team.id) == office.teams[ONE].id)
        await session.exec(which.values(retired_at=office.clock()))
    assert (await press(office, WANG)).toast == DENIED
    assert await held(office) == []


async def test_until_the_end_of_that_day(office: Office, clock: Hands) -> None:
    await look(office)
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=ZONE)
    clock.now = midnight
    assert (await press(office, ZHAO)).toast == "11月23日 周一已经过去，不能再记，没有改动。"
    assert await held(office) == []
    clock.now = midnight - timedelta(seconds=1)
    assert (await press(office, ZHAO)).toast == "已记录：23:59 已开。"


# -- how things stand ------------------------------------------------------------------------


async def status(office: Office, user: int, chat: int | None = None) -> tuple[str, str]:
    """What /status says where it was asked, and in private."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=chat)
        reply = await BOARD.command(request, "status", addressed=True)
    assert reply is not None
    assert reply.message is not None
    return reply.message.html, reply.private.html if reply.private else ""


async def test_status_counts_the_weeks_meetings_for_who_leads(
    office: Office, clock: Hands
) -> None:
    for day in range(5):
        clock.now = MONDAY + day * DAY - BEFORE
        await look(office)
        clock.now = MONDAY + day * DAY
        await look(office)
        clock.forward(minutes=8)
        if day != 2:
            await press(office, ZHAO, TODAY + day * DAY)
    for user in (ZHAO, LI, WANG):
        assert "早会：07:58 已开（赵班长），本周已开 4/5\n" in (await status(office, user))[0]
    told, private = await status(office, ZHAO, ONE)
    assert "已开" not in told
    assert "本周已开 4/5" in private
    assert "已开" not in (await status(office, ZHANG))[0]
    clock.now = MONDAY + 7 * DAY
    await look(office)
    assert "早会：本周已开 0/1\n" in (await status(office, ZHAO))[0]


async def test_status_before_the_weeks_first_meeting_says_nothing_of_it(office: Office) -> None:
    async with office.database.begin() as session:
        office.clock.now = MONDAY - 3 * DAY
        await office.morning(session)
        office.clock.now = MONDAY - BEFORE
    assert "已开" not in (await status(office, ZHAO))[0]


# -- many at once ----------------------------------------------------------------------------


@on_sqlite
async def test_nothing_due_is_one_question_answered_by_index(office: Office, clock: Hands) -> None:
    clock.forward(minutes=-1)
    with overheard(office.database) as heard:
        async with office.database.read() as session:
            assert await OUTLINES.due(session, clock()) == []
    assert len([said for said, _ in heard if said.startswith("SELECT")]) == 1
    assert_no_scan(office, heard)


@on_sqlite
async def test_an_outline_and_its_button_read_by_index(office: Office, clock: Hands) -> None:
    with overheard(office.database) as heard:
        await tick(office.database, [OUTLINES], clock())
        await press(office, ZHAO)
    await carried(office)
    with overheard(office.database) as more:
        await refresh(office.database, clock())
    heard += more
    assert_no_scan(office, [one for one in heard if "RECURSIVE" not in one[0]])


@on_sqlite
async def test_many_teams_are_outlined_with_as_many_statements_as_few(
    office: Office, clock: Hands
) -> None:
    counts = []
    for count in (3, 40):
        async with office.database.begin() as session:
            for number in range(count):
                team = Team(
                    unit_id=2,
                    name=f"{clock()} {number}",
                    timezone="Asia/Shanghai",
                    locale="zh",
                    chat_id=office.teams[ONE].chat_id,
                    topic_id=number + count * 100,
                )
                session.add(team)
                await session.flush()
                person = office.people[ZHAO].id
                session.add(Grant(person_id=person, role=Role.LEADER, team_id=team.id, at=clock()))
                session.add(
                    Plan(
                        team_id=team.id,
                        packs=["safety"],
                        at=time(7, 50),
                        closes=time(9),
                        next_at=clock() + BEFORE,
                    )
                )
            await session.exec(update(Plan).values(next_at=clock() + BEFORE))
        with overheard(office.database) as heard:
            await tick(office.database, [OUTLINES], clock())
        counts.append(len(heard))
        clock.forward(days=1)
    assert len(await owed(office)) == 4 + 44
    assert counts[1] <= counts[0] + 1
