"""The clock asks owners before a promise is late, and says once when it is."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from handlers.words.voice import Voice
from schedules.asks import ASKS, SHARE
from schedules.refresh import refresh
from schedules.runner import tick
from storage import asks, calls, commitments, outbox, pleas
from storage.kinds import Act, ChatKind, DayKind, LeaveReason, Plea, Progress
from storage.tables import (
    Chat,
    Commitment,
    CommitmentAct,
    Grant,
    Leave,
    Member,
    Outgoing,
    OwnDay,
    Person,
    Slot,
    Team,
)
from tests.conftest import LI, ONE, SI, SUN, TWO, WU, ZHANG, ZHAO, Hands, Office
from tests.integration.promises import acts, local, owe, retire

ASK = "<b>能按时完成吗？</b>\n<b>#1</b> 完成3号泵检修 · 期限 明天 11月27日 周五 18:00"
EVE = "2026-11-26"


async def looked(office: Office, clock: Hands, text: str) -> int:
    """The clock looks once at a local moment."""
    clock.now = local(text)
    return await tick(office.database, [ASKS], clock())


async def owed(office: Office, prefix: str = "") -> list[tuple[int, str]]:
    """To whom messages of these kinds are owed, and their text."""
    async with office.database.read() as session:
        query = (
            select(Chat.telegram_id, Outgoing)
            .join(Outgoing, col(Outgoing.chat_id) == Chat.id)
            .where(~col(Outgoing.repeatable), col(Outgoing.method) == "sendMessage")
            .order_by(col(Outgoing.id))
        )
        rows = await session.exec(query)
        return [(user, row.params["text"]) for user, row in rows if row.key.startswith(prefix)]


async def away(office: Office, user: int, first: str, last: str) -> None:
    async with office.database.begin() as session:
        session.add(
            Leave(
                member_id=office.members[user].id,
                first=date.fromisoformat(first),
                last=date.fromisoformat(last),
                reason=LeaveReason.LEAVE,
                at=office.clock(),
            )
        )


async def keep(office: Office, user: int, **values: object) -> None:
    async with office.database.begin() as session:
        person = await session.get_one(Person, office.people[user].id)
        for name, value in values.items():
            setattr(person, name, value)
        session.add(person)


async def act(office: Office, promise: int, kind: Act, due: datetime | None = None) -> None:
    async with office.database.begin() as session:
        row = await session.get_one(Commitment, promise)
        member = await session.get_one(Member, row.member_id)
        session.add(
            CommitmentAct(
                commitment_id=promise,
                act=kind,
                person_id=member.person_id,
                at=office.clock(),
                due_at=due,
            )
        )


async def test_on_the_eve_its_owner_is_asked_once(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG)
    await looked(office, clock, f"{EVE}T08:59")
    assert await owed(office) == []
    await looked(office, clock, f"{EVE}T09:00")
    assert await owed(office) == [(ZHANG, ASK)]
    for text in (f"{EVE}T09:00", f"{EVE}T10:15", f"{EVE}T17:59", "2026-11-27T09:00"):
        await looked(office, clock, text)
    assert await owed(office) == [(ZHANG, ASK)]


async def test_the_message_leaves_by_six_or_never(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG)
    await looked(office, clock, f"{EVE}T17:45")
    async with office.database.read() as session:
        (row,) = (await session.exec(select(Outgoing))).all()
    assert row.expires_at == local(f"{EVE}T18:00")


async def test_what_was_done_before_is_not_asked_about(office: Office, clock: Hands) -> None:
    promise = await owe(office, ZHANG)
    other = await owe(office, ZHANG, "别的")
    async with office.database.begin() as session:
        for number, over in ((promise, True), (other, False)):
            what = await commitments.one(session, number)
            assert what is not None
            end = commitments.claim if over else commitments.withdraw
            await end(session, what.commitment, what.owner.id, clock())
    await looked(office, clock, f"{EVE}T09:00")
    assert await owed(office) == []


async def test_several_are_one_message_with_a_row_for_each(office: Office, clock: Hands) -> None:
    for place in range(1, 4):
        await owe(office, ZHANG, f"第{place}件")
    await owe(office, ZHANG, "昨天的", local("2026-11-25T18:00"))
    await looked(office, clock, f"{EVE}T09:00")
    ((user, text),) = await owed(office, "ask:")
    assert user == ZHANG
    assert text.split("\n") == [
        "<b>已到期，还没有报完成</b>",
        "<b>#4</b> 昨天的 · 期限 11月25日 周三 18:00",
        "",
        "<b>能按时完成吗？</b>",
        *(f"<b>#{n}</b> 第{n}件 · 期限 明天 11月27日 周五 18:00" for n in (1, 2, 3)),
    ]
    async with office.database.read() as session:
        row = await outbox.by_key(
            session, asks.ask_key(office.people[ZHANG].id, date(2026, 11, 26), [4, 1, 2, 3])
        )
    assert row is not None
    rows = row.params["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        [f"#4 {word}" for word in ("完成", "延期", "求助")],
        *([f"#{n} {word}" for word in ("能完成", "延期", "求助")] for n in (1, 2, 3)),
    ]


async def test_a_long_list_is_cut_and_says_so(office: Office, clock: Hands) -> None:
    for _ in range(50):
        await owe(office, ZHANG, "修" * 200)
    await looked(office, clock, f"{EVE}T09:00")
    ((_, text),) = await owed(office, "ask:")
    assert text.endswith("还有 30 项，发 /my 查看")
    assert len(text) < 4096


async def test_not_on_leave_nor_in_a_pause_nor_in_quiet_hours_nor_without_a_chat(
    office: Office, clock: Hands
) -> None:
    for user in (ZHAO, ZHANG, SI, SUN, WU):
        await owe(office, user)
    await away(office, ZHAO, EVE, EVE)
    await keep(office, ZHANG, paused_until=date(2026, 11, 27))
    await keep(
        office,
        SUN,
        quiet_from=time(8),
        quiet_until=time(10),
    )
    await looked(office, clock, f"{EVE}T09:00")
    assert [user for user, _ in await owed(office)] == [WU]
    await looked(office, clock, f"{EVE}T10:00")
    assert [user for user, _ in await owed(office)] == [WU, SUN], "when it is not quiet any more"
    for hour in range(11, 19):
        await looked(office, clock, f"{EVE}T{hour}:00")
    assert [user for user, _ in await owed(office)] == [WU, SUN]


async def test_who_lost_their_place_or_team_hears_nothing(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG)
    await owe(office, WU)
    await retire(office, ZHANG)
    async with office.database.begin() as session:
        team = await session.get_one(Team, office.members[WU].team_id)
        team.retired_at = clock()
        session.add(team)
    await looked(office, clock, f"{EVE}T09:00")
    assert await owed(office) == []


async def test_the_eve_is_the_teams_own(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG)
    await owe(office, SUN)
    async with office.database.begin() as session:
        session.add(
            OwnDay(
                team_id=office.teams[ONE].id,
                day=date(2026, 11, 26),
                kind=DayKind.OFF,
                listed=False,
                at=clock(),
            )
        )
    await looked(office, clock, "2026-11-25T09:00")
    assert [user for user, _ in await owed(office)] == [ZHANG]
    await looked(office, clock, f"{EVE}T09:00")
    assert [user for user, _ in await owed(office)] == [ZHANG, SUN]


async def test_each_zone_has_its_own_morning(office: Office, clock: Hands) -> None:
    await owe(office, WU, due=local("2026-11-28T07:00"))  # the evening of the 27th there
    async with office.database.begin() as session:
        team = await session.get_one(Team, office.members[WU].team_id)
        team.timezone = "Europe/Berlin"
        session.add(team)
    await looked(office, clock, f"{EVE}T09:00")
    assert await owed(office) == []
    await looked(office, clock, f"{EVE}T16:00")
    assert [user for user, _ in await owed(office)] == [WU]


async def test_midway_is_asked_once_and_the_eve_as_well(office: Office, clock: Hands) -> None:
    promise = await owe(office, ZHANG, due=local("2026-12-14T18:00"))  # 60 %: 5 December, off
    seen = []
    for day in range(23):
        clock.now = local("2026-11-23T09:00") + timedelta(days=day)
        await tick(office.database, [ASKS], clock())
        seen.append(len(await owed(office, "ask:")))
    days = [date(2026, 11, 23) + timedelta(days=n) for n in range(1, 23) if seen[n] > seen[n - 1]]
    assert days == [date(2026, 12, 7), date(2026, 12, 11), date(2026, 12, 15)]
    texts = [text for _, text in await owed(office, "ask:")]
    assert texts[0].endswith("期限 12月14日 周一 18:00")
    assert texts[2].startswith("<b>已到期，还没有报完成</b>\n")
    async with office.database.read() as session:
        assert (await session.get_one(Commitment, promise)).midway is None


async def test_a_yes_midway_holds_for_the_eve(office: Office, clock: Hands) -> None:
    due = local("2026-12-14T18:00")
    promise = await owe(office, ZHANG, due=due)
    await act(office, promise, Act.SURE, due)
    for day in (4, 7, 11):
        await looked(office, clock, f"2026-12-{day:02}T09:00")
    assert await owed(office) == []
    await looked(office, clock, "2026-12-15T09:00")
    assert [user for user, _ in await owed(office)] == [ZHANG, ZHAO], "late all the same"


async def test_a_yes_for_an_earlier_date_is_none_for_this_one(
    office: Office, clock: Hands
) -> None:
    promise = await owe(office, ZHANG)
    await act(office, promise, Act.SURE, local("2026-11-25T18:00"))
    await looked(office, clock, f"{EVE}T09:00")
    assert len(await owed(office)) == 1


async def test_who_waits_for_help_is_not_asked_nor_told_until_it_came(
    office: Office, clock: Hands
) -> None:
    promise = await owe(office, ZHANG)
    await act(office, promise, Act.HELP)
    await looked(office, clock, f"{EVE}T09:00")
    await looked(office, clock, "2026-11-30T09:00")
    assert await owed(office) == []
    await act(office, promise, Act.HANDLED)
    await looked(office, clock, "2026-11-30T10:00")
    assert [text.split("\n")[0] for _, text in await owed(office, "ask:")] == [
        "<b>已到期，还没有报完成</b>"
    ]


async def test_the_leader_has_one_line_for_each_that_became_overdue_once(
    office: Office, clock: Hands
) -> None:
    await owe(office, ZHANG, "甲 <b>", local("2026-11-24T18:00"))
    await owe(office, SI, "乙", local("2026-11-24T12:00"))  # has no private chat
    await owe(office, ZHAO, "丙", local("2026-11-24T18:00"))  # the leader's own
    await owe(office, SI, "丁", local("2026-11-23T18:00"))
    await looked(office, clock, "2026-11-25T08:45")
    assert await owed(office, "late:") == []
    for text in ("2026-11-25T09:00", "2026-11-25T09:30", "2026-11-26T09:00"):
        await looked(office, clock, text)
    assert await owed(office, "late:") == [
        (
            ZHAO,
            "<b>一班 新逾期</b> · 2 项\n"
            "#2 乙 · 李四，11月24日 周二到期\n"
            "#1 甲 &lt;b&gt; · 张三，11月24日 周二到期\n"
            "全部逾期：/overdue",
        )
    ]
    assert [user for user, _ in await owed(office, "ask:")] == [ZHANG, ZHAO]


async def test_who_leads_two_teams_has_one_message(office: Office, clock: Hands) -> None:
    async with office.database.begin() as session:
        grant = (
            await session.exec(select(Grant).where(Grant.team_id == office.teams[TWO].id))
        ).one()
        grant.person_id = office.people[ZHAO].id
        session.add(grant)
    for user in (ZHANG, SUN):
        await owe(office, user, due=local("2026-11-24T18:00"))
    await looked(office, clock, "2026-11-25T09:00")
    ((user, text),) = await owed(office, "late:")
    assert user == ZHAO
    assert "一班 新逾期" in text
    assert "二班 新逾期" in text


async def test_a_leader_on_leave_is_left_alone(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG, due=local("2026-11-24T18:00"))
    await away(office, ZHAO, "2026-11-25", "2026-11-25")
    await looked(office, clock, "2026-11-25T09:00")
    assert await owed(office, "late:") == []


async def test_secretaries_and_groups_hear_nothing_of_it(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG, due=local("2026-11-24T18:00"))
    await looked(office, clock, "2026-11-25T09:00")
    assert {user for user, _ in await owed(office)} == {ZHANG, ZHAO}


async def test_a_month_of_looks_says_nothing_twice(office: Office, clock: Hands) -> None:
    for user in (ZHAO, ZHANG, SI, SUN, WU):
        for day in (24, 27, 30):
            await owe(office, user, due=local(f"2026-11-{day}T18:00"))
    start = local("2026-11-23T00:00")
    for step in range(30 * 24):
        clock.now = start + timedelta(hours=step)
        await tick(office.database, [ASKS], clock())
    said = await owed(office)
    assert len(said) == len(set(said))
    # Asked about those of the 27th and 30th, told of all three: each on a day of its own.
    for user in (ZHANG, WU):
        mine = [text for one, text in said if one == user]
        assert sum("能按时完成吗" in text for text in mine) == 2
        assert sum("还没有报完成" in text for text in mine) == 3
        assert len(mine) == 5
    async with office.database.read() as session:
        keys = await session.exec(select(Outgoing.key).where(col(Outgoing.key).startswith("ask:")))
        days = [key.rpartition(":")[0] for key in keys]
    assert len(days) == len(set(days))


async def test_a_look_is_made_once_an_hour_however_many_look(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG)
    clock.now = local(f"{EVE}T09:00")
    async with office.database.read() as session:
        before = await ASKS.due(session, clock())
    assert await tick(office.database, [ASKS], clock()) == len(before)
    async with office.database.begin() as session:
        assert await ASKS.due(session, clock()) == []
        await ASKS.keep(session, before, clock())  # another, who had looked at the same moment
    assert len(await owed(office)) == 1
    async with office.database.read() as session:
        subjects = set(await session.exec(select(Slot.subject).where(Slot.job == "asks")))
    looks = {f"look:{EVE}T{hour}" for hour in ("01:00", "00:15", "00:30", "00:45")}
    assert subjects == {*looks, f"look:{EVE}T01:00/0", f"ask:{office.people[ZHANG].id}:{EVE}"}


async def test_many_teams_are_looked_through_in_parts_and_nobody_is_left_out(
    office: Office, clock: Hands
) -> None:
    for user in (ZHAO, ZHANG, SUN, WU):
        await owe(office, user)
        await owe(office, user, "迟了", local("2026-11-25T18:00"))
    async with office.database.begin() as session:
        for number in range(SHARE):
            team = office.teams[ONE]
            session.add(
                Team(
                    unit_id=team.unit_id, name=f"又{number}班", timezone=team.timezone, locale="zh"
                )
            )
    clock.now = local(f"{EVE}T09:00")
    counted = []
    while kept := await tick(office.database, [ASKS], clock()):
        counted.append(kept)
        clock.forward(seconds=1)
    assert len(counted) == 3, "two parts, and the leaders"
    asked = [user for user, _ in await owed(office, "ask:")]
    assert sorted(asked) == sorted((ZHAO, ZHANG, SUN, WU))
    assert [user for user, _ in await owed(office, "late:")] == [ZHAO]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Asia/Kolkata", "Australia/Eucla"])
async def test_where_the_hour_begins_at_another_minute_it_is_nine_as_well(
    office: Office, clock: Hands, zone: str
) -> None:
    async with office.database.begin() as session:
        team = await session.get_one(Team, office.members[WU].team_id)
        team.timezone = zone
        session.add(team)
    await owe(office, WU)
    nine = datetime(2026, 11, 26, 9, tzinfo=ZoneInfo(zone))
    for minutes, count in ((-1, 0), (0, 1), (1, 1), (60, 1)):
        clock.now = (nine + timedelta(minutes=minutes)).astimezone(UTC)
        await tick(office.database, [ASKS], clock())
        assert len(await owed(office)) == count


async def test_a_bot_that_was_away_asks_until_six(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG)
    await looked(office, clock, f"{EVE}T09:40")
    assert len(await owed(office)) == 1
    await owe(office, WU)
    async with office.database.begin() as session:  # as if promised the day before
        for row in (await session.exec(select(CommitmentAct))).all():
            row.at = local("2026-11-20T09:00")
            session.add(row)
    await looked(office, clock, f"{EVE}T17:59")
    assert len(await owed(office)) == 2


async def test_what_was_asked_is_drawn_anew_in_ones_own_language(
    office: Office, clock: Hands
) -> None:
    promise = await owe(office, ZHANG)
    await keep(office, ZHANG, locale="en")
    await looked(office, clock, f"{EVE}T09:00")
    key = asks.ask_key(office.people[ZHANG].id, date(2026, 11, 26), [promise])
    async with office.database.begin() as session:
        row = await outbox.by_key(session, key)
        assert row is not None
        assert row.params["text"].startswith("<b>Will this be done in time?</b>")
        row.message_id = 9
        session.add(row)
        what = await commitments.one(session, promise)
        assert what is not None
        await commitments.claim(session, what.commitment, what.owner.id, clock())
        await outbox.touch(session, [key], clock())
    assert await refresh(office.database, clock()) == 1
    async with office.database.read() as session:
        edit = await outbox.by_key(session, f"edit:{key}")
    assert edit is not None
    assert edit.params["text"].endswith("<b>#1</b> 完成3号泵检修 · ✅ Done")
    assert "reply_markup" not in edit.params


async def test_a_postponed_date_is_asked_about_anew(office: Office, clock: Hands) -> None:
    promise = await owe(office, ZHANG)
    await looked(office, clock, f"{EVE}T09:00")
    async with office.database.begin() as session:
        what = await commitments.one(session, promise)
        assert what is not None
        due = local("2026-12-01T18:00")
        await commitments.move(session, what.commitment, what.owner.id, due, clock())
    assert [row.act for row in await acts(office.database)] == [Act.MADE, Act.POSTPONED]
    await looked(office, clock, "2026-11-27T09:00")
    assert len(await owed(office)) == 1
    await looked(office, clock, "2026-11-30T09:00")
    assert len(await owed(office)) == 2


async def test_what_owners_asked_for_is_known_of_many_at_once(
    office: Office, clock: Hands
) -> None:
    ids = [await owe(office, ZHANG, f"第{n}件") for n in range(5)]
    for promise, kinds in zip(
        ids,
        (
            [],
            [Act.POSTPONED],
            [Act.POSTPONED, Act.HELP],
            [Act.HELP, Act.HANDLED],
            [Act.POSTPONED, Act.HELP, Act.CLAIMED, Act.RETURNED],
        ),
        strict=True,
    ):
        for kind in kinds:
            await act(office, promise, kind)
    async with office.database.read() as session:
        found = await pleas.by_ids(session, ids)
        items = await asks.items(session, ids)
    assert found == {ids[1]: Plea.TIME, ids[2]: Plea.HELP, ids[4]: Plea.TIME}
    assert {number: item.plea for number, item in items.items() if item.plea} == found


@pytest.mark.parametrize("minutes", [9, 11])
async def test_a_date_put_right_at_once_is_no_postponement(
    office: Office, clock: Hands, minutes: int
) -> None:
    promise = await owe(office, ZHANG)
    clock.forward(minutes=minutes)
    async with office.database.begin() as session:
        what = await commitments.one(session, promise)
        assert what is not None
        for day in (30, 26):
            due = local(f"2026-11-{day}T18:00")
            await commitments.move(session, what.commitment, what.owner.id, due, clock())
        assert what.commitment.state is Progress.OPEN
    kinds = [row.act for row in await acts(office.database)]
    assert kinds == [Act.MADE, Act.MOVED if minutes < 10 else Act.POSTPONED, Act.MOVED]


async def test_an_open_chat_that_refuses_us_is_none(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG)
    async with office.database.begin() as session:
        chat = (await session.exec(select(Chat).where(Chat.telegram_id == ZHANG))).one()
        assert chat.kind is ChatKind.PRIVATE
        chat.trouble = "Forbidden: bot was blocked by the user"
        session.add(chat)
    await looked(office, clock, f"{EVE}T09:00")
    assert await owed(office) == []


async def test_of_two_who_see_to_it_at_once_one_is_told_that_it_is_over(
    office: Office, clock: Hands
) -> None:
    promise = await owe(office, ZHANG)
    async with office.database.begin() as session:
        item = (await asks.items(session, [promise]))[promise]
        act = await calls.make(session, item.what, "缺人手", clock())

    async def handle(user: int) -> bool:
        async with office.database.begin() as session:
            return await calls.handle(session, act.id, office.people[user].id, clock())

    said = await asyncio.gather(*(handle(user) for user in (ZHAO, LI)))
    assert sorted(said) == [False, True]
    assert [row.act for row in await acts(office.database)] == [Act.MADE, Act.HELP, Act.HANDLED]


async def test_leaders_and_the_units_own_secretaries_can_help_and_never_the_owner(
    office: Office,
) -> None:
    async with office.database.read() as session:
        for owner, names in ((ZHANG, ["赵班长", "李书记"]), (ZHAO, ["李书记"])):
            team = office.teams[ONE]
            found = await calls.helpers(session, team, without=office.people[owner].id)
            assert [person.name for person, _ in found] == names


def test_no_two_of_its_names_are_alike() -> None:
    assert asks.asked(asks.ask_key(3, date(2026, 11, 26), [1, 22])) == (
        3,
        date(2026, 11, 26),
        [1, 22],
    )
    assert asks.asked("card:1") is None
    assert Voice("zh").plain("ask.comma") == "、"
