"""The week on one page: its figures against what was done, when it comes, and to whom."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import col, select

from handlers import weekfigures, weeks
from handlers.rules.weeks import CHARACTERS
from handlers.taps.weeks import WeekChoiceTap, WeekWishTap
from handlers.words.weeks import Ways
from schedules import weeks as schedule
from schedules.runner import tick
from schedules.weeks import WEEKS
from storage import carriage, commitments, outbox, weektimes
from storage.commitments import Evidence
from storage.database import add_once
from storage.kinds import Act, DayKind, Delivery, LeaveReason, Role
from storage.tables import (
    Announcement,
    AnnouncementMember,
    Commitment,
    CommitmentAct,
    Grant,
    Leave,
    Morning,
    Outgoing,
    OwnDay,
    Person,
)
from storage.weeks import Attendance, Receipts, TeamWeek, Waiting
from tests.conftest import (
    LI,
    ONE,
    SI,
    SUN,
    THREE,
    TWO,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    ZONE,
    Office,
    on_sqlite,
)
from tests.integration.announcing import announced
from tests.integration.promises import local, owe
from tests.integration.test_no_scans import assert_no_scan, overheard

FIRST = date(2026, 11, 23)
FRIDAY = local("2026-11-27T17:00")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


async def figures(office: Office, chat: int = ONE, first: date = FIRST) -> TeamWeek:
    async with office.database.read() as session:
        team = office.teams[chat]
        return (await weekfigures.figures(session, [team], first, office.clock()))[team.id]


async def look(office: Office, moment: datetime) -> list[str]:
    """What the clock's looks at a moment make owed, by key."""
    office.clock.now = moment
    await lived(office)
    before = set(await keys(office))
    while await tick(office.database, [WEEKS], moment):
        pass
    return sorted(set(await keys(office)) - before)


async def lived(office: Office) -> None:
    """Every team has had a morning on two Tuesdays: a week in which nothing was has no page."""
    async with office.database.begin() as session:
        for team in office.teams.values():
            for day in (FIRST + DAY, FIRST + DAY + WEEK):
                due = datetime.combine(day, time(7, 50), ZONE)
                closes = due + HOUR
                row = Morning(team_id=team.id, day=day, bite_id=1, due_at=due, closes_at=closes)
                await add_once(session, row)


async def keys(office: Office) -> Sequence[str]:
    async with office.database.read() as session:
        query = select(Outgoing.key).order_by(col(Outgoing.id))
        return [key for key in await session.exec(query) if "week" in key]


def page(office: Office, *users: int, first: date = FIRST) -> list[str]:
    return sorted(f"week:{office.people[user].id}:{first}" for user in users)


async def said(office: Office, key: str) -> str:
    async with office.database.read() as session:
        row = await outbox.by_key(session, key)
    assert row is not None
    return str(row.params.get("caption") or row.params.get("text"))


async def choose(office: Office, unit: int, weekday: int, hour: int) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, WANG)
        tap = WeekChoiceTap(unit, weekday, hour)
        assert (await weeks.time_chosen(request, tap)).edit is not None


# -- the figures -----------------------------------------------------------------------------


async def test_who_is_excused_is_neither_expected_nor_missing(office: Office) -> None:
    async with office.database.begin() as session:
        await office.morning(session)
        for user, day in ((SI, FIRST), (ZHAO, FIRST + DAY)):
            session.add(
                Leave(
                    member_id=office.members[user].id,
                    first=day,
                    last=day,
                    reason=LeaveReason.SHIFT,
                    at=office.clock(),
                )
            )
        await session.flush()
    found = await figures(office)
    assert found.days == {FIRST: Attendance(done=0, expected=2, excused=1)}
    assert found.members == 3


async def test_what_waits_is_counted_by_what_it_waits_for(office: Office) -> None:
    now = office.clock()
    late = await owe(office, SI, "甲", local("2026-11-23T07:00"))
    called = await owe(office, ZHANG, "乙")
    hard = await owe(office, ZHANG, "丙")
    done = await owe(office, ZHANG, "丁")
    over = await owe(office, ZHAO, "戊", local("2026-11-20T18:00"))
    async with office.database.begin() as session:
        person = office.people[ZHANG].id
        for number, acts in (
            (called, (Act.HELP, Act.HANDLED, Act.HELP)),
            (hard, (Act.HELP, Act.HANDLED, Act.ACCEPTED, Act.DECLINED)),
            (over, (Act.DECLINED, Act.INSISTED)),
        ):
            for act in acts:
                session.add(CommitmentAct(commitment_id=number, act=act, person_id=person, at=now))
                await session.flush()
        what = await commitments.one(session, done)
        assert what
        await commitments.claim(session, what.commitment, person, now, Evidence("好了"))
    found = await figures(office)
    assert found.waiting == Waiting(claimed=1, help=1, hard=1, overdue=2)
    assert found.late == 1  # the other fell due a week earlier
    assert found.flow.made == 5
    assert late
    assert (await figures(office, TWO)).waiting == Waiting()


async def test_receipts_are_of_those_whom_an_announcement_was_for(office: Office) -> None:
    await announced(office)
    assert (await figures(office)).receipts == Receipts(0, 3)
    async with office.database.begin() as session:
        session.add(AnnouncementMember(announcement_id=1, member_id=office.members[ZHANG].id))
    assert (await figures(office)).receipts == Receipts(0, 1), "of a tag"
    async with office.database.begin() as session:
        row = await session.get_one(Announcement, 1)
        row.recalled_at = office.clock()
    assert (await figures(office)).receipts == Receipts(), "it was taken back"


async def test_only_messages_that_arrived_in_the_week_cost_anything(office: Office) -> None:
    home = office.teams[ONE].chat_id or 0
    begin, end = local("2026-11-23T00:00"), local("2026-11-30T00:00")
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG)
        private = request.chat.id
        for number, (where, key, at, state) in enumerate(
            (
                (home, "card:1", begin, Delivery.SENT),
                (home, "announcement:1:1", end - timedelta(seconds=1), Delivery.SENT),
                (home, "card:2", end, Delivery.SENT),
                (home, "card:3", begin - timedelta(seconds=1), Delivery.SENT),
                (home, "card:4", begin, Delivery.EXPIRED),
                (private, "nudge:morning:1:1", begin, Delivery.SENT),
                (private, "ledger:1:1", begin, Delivery.SENT),
            ),
            start=1,
        ):
            await outbox.post(session, key, where, ("sendMessage", {"text": "."}), at)
            row = await outbox.by_key(session, key)
            assert row
            arrived = number if state is Delivery.SENT else None
            await carriage.settled(session, row.id, state, at, message_id=arrived)
        row = await outbox.by_key(session, "card:1")
        assert row
        row.message_id = 1
        await outbox.edit(session, [(row, ("editMessageText", {"text": "!"}))], begin)
        edit = await outbox.by_key(session, "edit:card:1")
        assert edit
        await carriage.settled(session, edit.id, Delivery.SENT, begin)
    found = await figures(office)
    assert found.group == {"card": 1, "announcement": 1}
    assert found.private == {"nudge": 1}
    async with office.database.read() as session:
        who = office.people[ZHANG].id
        own = await weekfigures.own(session, [who], ZONE, FIRST, end)
    assert own[who].told == {"card": 1, "announcement": 1, "nudge": 1}
    assert all(kind in CHARACTERS for kind in own[who].told)


async def test_many_teams_cost_as_many_questions_as_one(office: Office) -> None:
    async with office.database.begin() as session:
        for chat in (ONE, TWO, THREE):
            await office.morning(session, chat)
    await figures(office)  # a new connection says more
    counts = []
    for some in ((ONE,), (ONE, TWO, THREE)):
        with overheard(office.database) as heard:
            async with office.database.read() as session:
                mine = [office.teams[chat] for chat in some]
                found = await weekfigures.figures(session, mine, FIRST, office.clock())
        assert len(found) == len(some)
        counts.append(len([one for one, _ in heard if one.startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1]


@on_sqlite
async def test_all_figures_and_looks_are_found_by_index(office: Office) -> None:
    await owe(office, ZHANG)
    async with office.database.begin() as session:
        await office.morning(session)
        await weektimes.wish(session, office.people[ZHANG].id, office.clock(), on=True)
    with overheard(office.database) as heard:
        async with office.database.read() as session:
            await weekfigures.figures(session, [office.teams[ONE]], FIRST, office.clock())
            person = office.people[ZHANG].id
            await weekfigures.own(session, [person], ZONE, FIRST, office.clock())
        assert await tick(office.database, [WEEKS], FRIDAY) == 6
    # The organisation is asked for as a whole, once a quarter of an hour, and it does not grow.
    whole = ("unit", "grant", "weektime", "weekwish")
    assert_no_scan(office, [one for one in heard if not any(name in one[0] for name in whole)])


# -- when it comes, and to whom --------------------------------------------------------------


async def test_friday_at_five_each_who_leads_or_runs_has_one(office: Office) -> None:
    assert await look(office, FRIDAY - timedelta(seconds=1)) == []
    assert await look(office, FRIDAY) == page(office, WANG, LI, ZHAO, SUN)
    assert await look(office, FRIDAY + HOUR) == []
    assert (await said(office, page(office, LI)[0])).startswith("<b>第一党支部</b> · 11月23日")
    assert (await said(office, page(office, WANG)[0])).startswith("<b>林业局</b> · 11月23日")
    assert (await said(office, page(office, ZHAO)[0])).startswith("<b>一班</b> · 11月23日")


async def test_whoever_leads_several_teams_has_one_page_of_all(office: Office) -> None:
    async with office.database.begin() as session:
        person, team = office.people[ZHAO].id, office.teams[THREE].id
        session.add(Grant(person_id=person, role=Role.LEADER, team_id=team, at=office.clock()))
    assert page(office, ZHAO)[0] in await look(office, FRIDAY)
    assert "我负责的 2 个班组" in await said(office, page(office, ZHAO)[0])


async def test_it_is_caught_up_for_two_days_and_not_after(office: Office) -> None:
    sunday = FRIDAY + 2 * DAY
    assert await look(office, sunday - HOUR / 4) == page(office, WANG, LI, ZHAO, SUN)
    assert await look(office, sunday + 5 * DAY) == page(
        office, WANG, LI, ZHAO, SUN, first=FIRST + WEEK
    )


async def test_after_two_days_nothing_comes_of_that_week(office: Office) -> None:
    assert await look(office, FRIDAY + 2 * DAY + HOUR / 4) == []


async def test_quiet_hours_are_kept_and_what_is_quiet_then_comes_later(office: Office) -> None:
    async with office.database.begin() as session:
        zhao = await session.get_one(Person, office.people[ZHAO].id)
        zhao.quiet_from, zhao.quiet_until = time(16), time(18)
        sun = await session.get_one(Person, office.people[SUN].id)
        sun.paused_until = date(2026, 12, 24)
        session.add_all([zhao, sun])
    assert await look(office, FRIDAY) == page(office, WANG, LI)
    assert await look(office, FRIDAY + HOUR / 2) == []
    assert await look(office, FRIDAY + HOUR) == page(office, ZHAO)


async def test_a_unit_has_its_own_day_and_those_above_the_last_of_all(office: Office) -> None:
    await choose(office, 2, 3, 16)  # the first branch: Thursday at four
    thursday = local("2026-11-26T16:00")
    assert await look(office, thursday) == page(office, LI, ZHAO, SUN)
    assert await look(office, FRIDAY) == page(office, WANG)


async def test_a_unit_that_wants_none_has_none_and_may_be_asked(office: Office) -> None:
    await choose(office, 1, 7, 24)  # the root, and all below
    assert await look(office, FRIDAY) == []
    await choose(office, 2, 7, 17)
    assert await look(office, FRIDAY + HOUR) == page(office, LI, ZHAO, SUN)


async def test_a_day_off_of_ones_own_lets_it_come_on_the_day_before(office: Office) -> None:
    async with office.database.begin() as session:
        session.add(
            OwnDay(
                team_id=office.teams[ONE].id,
                day=date(2026, 11, 27),
                kind=DayKind.OFF,
                listed=False,
                at=office.clock(),
            )
        )
    assert await look(office, FRIDAY - DAY) == page(office, ZHAO)
    assert await look(office, FRIDAY) == page(office, WANG, LI, SUN)


async def test_in_a_week_of_holidays_none_comes(office: Office) -> None:
    holiday = [date(2026, 11, 23) + n * DAY for n in range(7)]
    async with office.database.begin() as session:
        for day in holiday:
            session.add(
                OwnDay(unit_id=1, day=day, kind=DayKind.OFF, listed=False, at=office.clock())
            )
    assert await look(office, FRIDAY) == []


async def test_many_take_several_looks_and_each_comes_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived(office)
    monkeypatch.setattr(schedule, "SHARE", 1)
    office.clock.now = FRIDAY
    counts = []
    while done := await tick(office.database, [WEEKS], FRIDAY):
        counts.append(done)
    assert counts == [1, 1, 1, 1, 1]  # four people, and the look
    assert sorted(await keys(office)) == page(office, WANG, LI, ZHAO, SUN)


async def test_a_week_in_which_nothing_was_is_sent_to_nobody(office: Office) -> None:
    async with office.database.begin() as session:
        await weektimes.wish(session, office.people[ZHANG].id, office.clock(), on=True)
    assert await tick(office.database, [WEEKS], FRIDAY) == 4 + 1 + 1
    assert await keys(office) == []


async def test_what_waits_is_told_of_though_nothing_else_was(office: Office) -> None:
    await owe(office, ZHANG, "甲", FRIDAY - 9 * DAY)
    async with office.database.begin() as session:
        row = await session.get_one(Commitment, 1)
        row.at = FRIDAY - 20 * DAY
        session.add(row)
    assert await tick(office.database, [WEEKS], FRIDAY) == 4 + 1
    assert sorted(await keys(office)) == page(office, WANG, LI, ZHAO)


async def test_two_replicas_send_it_once(office: Office) -> None:
    await lived(office)
    async with office.database.read() as session:
        found = await WEEKS.due(session, FRIDAY)
    assert await tick(office.database, [WEEKS], FRIDAY) == len(found)
    async with office.database.begin() as session:
        await WEEKS.keep(session, found, FRIDAY)
    assert sorted(await keys(office)) == page(office, WANG, LI, ZHAO, SUN)


async def test_whoever_wants_their_own_week_has_it_and_nobody_else(office: Office) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG)
        assert (await weeks.wished(request, WeekWishTap(1, FIRST))).toast
    found = await look(office, FRIDAY)
    own = f"ownweek:{office.people[ZHANG].id}:{FIRST}"
    assert set(found) - set(page(office, WANG, LI, ZHAO, SUN)) == {own}
    assert "我的一周" in await said(office, own)
    async with office.database.begin() as session:
        request = await office.ask(session, ZHANG)
        assert (await weeks.wished(request, WeekWishTap(0, FIRST))).toast
    assert await look(office, FRIDAY + WEEK) == page(
        office, WANG, LI, ZHAO, SUN, first=FIRST + WEEK
    )


async def test_their_own_week_comes_even_where_the_unit_has_no_pages(office: Office) -> None:
    await choose(office, 1, 7, 24)
    async with office.database.begin() as session:
        await weektimes.wish(session, office.people[WU].id, office.clock(), on=True)
    assert await look(office, FRIDAY) == [f"ownweek:{office.people[WU].id}:{FIRST}"]


# -- what it is made of ----------------------------------------------------------------------


async def test_two_leaders_of_a_team_share_one_drawing(office: Office) -> None:
    async with office.database.begin() as session:
        team = office.teams[ONE]
        mine = await weekfigures.figures(session, [team], FIRST, FRIDAY)
        found = weekfigures.page("一班", [(team, "第一党支部")], mine, FIRST, FRIDAY)
        request = await office.ask(session, ZHAO)
        both = [
            weekfigures.composed(request.voice, found, ways)
            for ways in (Ways(team=1), Ways(team=1, own=True))
        ]
    hashes = {one.ours.id for one, _ in both if one.ours}
    assert len(hashes) == 1


async def test_teams_of_one_name_are_told_apart_by_their_units(office: Office) -> None:
    async with office.database.begin():
        one, two = office.teams[ONE], office.teams[THREE]
        found = {one.id: TeamWeek(), two.id: TeamWeek()}
        two.name = one.name
        names = [
            column.name
            for column in weekfigures.page(
                "林业局", [(one, "第一党支部"), (two, "第二党支部")], found, FIRST, FRIDAY
            ).columns
        ]
    assert names == ["第一党支部/一班", "第二党支部/一班"]
