"""An organisation file and the database: what is added, kept, changed, retired and revived."""

import textwrap
from collections.abc import Sequence
from datetime import time

import pytest
from sqlmodel import select

from handlers.organisations import apply
from handlers.reading.faults import Faults
from handlers.reading.organisations import read_organisation
from handlers.words.organisations import Change, Kind, What, diff
from handlers.words.voice import Voice
from storage import grants, people
from storage.database import Database
from storage.kinds import ChatKind, Role
from storage.tables import Chat, Member, Person, Plan, Team, Unit
from tests.conftest import LI, ONE, SI, SUN, THREE, TWO, WANG, WU, ZHANG, ZHAO, Hands, Office

OFFICE = """
    unit: 林业局
    secretaries: [{name: 王书记, telegram_id: 9001}]
    units:
      - unit: 第一党支部
        secretaries: [{name: 李书记, telegram_id: 9002}]
        teams:
          - team: 一班
            chat_id: -1001
            leaders: [{name: 赵班长, telegram_id: 101}]
            members: [{name: 张三, telegram_id: 111}, {name: 李四, telegram_id: 112}]
            plan: {packs: [safety], at: "07:50", closes: "09:00", days: workdays}
          - team: 二班
            chat_id: -1002
            leaders: [{name: 孙班长, telegram_id: 102}]
      - unit: 第二党支部
        teams:
          - team: 三班
            chat_id: -1003
            members: [{name: 王五, telegram_id: 121}]
"""


async def put(
    database: Database, clock: Hands, text: str, *, keep: bool = True
) -> Sequence[Change]:
    file = read_organisation("org.yaml", textwrap.dedent(text).encode())
    async with database.begin() as session:
        changes = await apply(session, file, clock(), "Asia/Shanghai", "zh")
        await session.flush()
        if not keep:
            await session.rollback()
    return changes


def told(changes: Sequence[Change]) -> list[tuple[str, str, str]]:
    return [(change.kind.value, change.what.value, change.name) for change in changes]


async def team(database: Database, name: str) -> Team:
    async with database.read() as session:
        return (await session.exec(select(Team).where(Team.name == name))).one()


async def crew(database: Database, name: str) -> dict[str, int | None]:
    found = await team(database, name)
    async with database.read() as session:
        rows = await people.roster(session, found.id)
        return {person.name: person.telegram_id for _, person in rows}


async def test_a_file_founds_an_organisation(database: Database, clock: Hands) -> None:
    text = OFFICE.replace("packs: [safety]", "packs: []").replace(
        'plan: {packs: [], at: "07:50", closes: "09:00", days: workdays}', ""
    )
    changes = await put(database, clock, text)
    assert {change.kind for change in changes} == {Kind.ADDED}
    assert told(changes)[:4] == [
        ("added", "unit", "林业局"),
        ("added", "secretary", "王书记"),
        ("added", "unit", "第一党支部"),
        ("added", "secretary", "李书记"),
    ]
    async with database.read() as session:
        li = await people.by_telegram(session, LI)
        assert li is not None
        assert [found.name for found in await grants.teams(session, li.id)] == ["一班", "二班"]
        seat = await people.seat(session, ONE, 0, ZHAO)
        assert seat is not None
        assert seat.team is not None
        assert seat.member is not None, "a leader is a member too"
        assert await grants.roles(session, seat.member.person_id, seat.team.id) == {Role.LEADER}
    assert await put(database, clock, text) == []


async def test_the_office_as_it_is_needs_no_change(office: Office) -> None:
    assert await put(office.database, office.clock, OFFICE) == []


async def test_a_dry_run_leaves_no_trace(office: Office) -> None:
    text = OFFICE.replace("张三", "张三丰").replace("-1002", "-1009")
    changes = await put(office.database, office.clock, text, keep=False)
    assert len(changes) == 2
    assert await put(office.database, office.clock, OFFICE) == []


async def test_a_missing_member_is_retired_and_comes_back_to_the_same_place(
    office: Office,
) -> None:
    without = OFFICE.replace(", {name: 李四, telegram_id: 112}", "")
    assert told(await put(office.database, office.clock, without)) == [
        ("retired", "member", "李四")
    ]
    assert "李四" not in await crew(office.database, "一班")
    assert told(await put(office.database, office.clock, OFFICE)) == [("added", "member", "李四")]
    async with office.database.read() as session:
        places = await people.memberships(session, office.people[SI].id)
        assert [place.id for place, _ in places] == [office.members[SI].id]


async def test_tags_and_names_are_changed_where_they_are(office: Office) -> None:
    text = OFFICE.replace(
        "name: 张三, telegram_id: 111", "name: 张山, telegram_id: 111, tags: [电工]"
    )
    (change,) = await put(office.database, office.clock, text)
    assert (change.kind, change.what, change.name) == (Kind.CHANGED, What.MEMBER, "张山")
    assert {(t.field, t.old, t.new) for t in change.detail} == {
        ("name", "张三", "张山"),
        ("tags", "", "电工"),
    }
    async with office.database.read() as session:
        member = await session.get_one(Member, office.members[ZHANG].id)
        assert member.tags == ["电工"]
    assert await put(office.database, office.clock, text) == []


async def test_a_name_without_an_id_keeps_its_place_when_the_id_comes(office: Office) -> None:
    named = OFFICE.replace(
        "{name: 李四, telegram_id: 112}", "{name: 李四, telegram_id: 112}, {name: 吴九}"
    )
    await put(office.database, office.clock, named)
    async with office.database.read() as session:
        before = (await session.exec(select(Person).where(Person.name == "吴九"))).one()
    assert await put(office.database, office.clock, named) == []
    with_id = named.replace("{name: 吴九}", "{name: 吴九, telegram_id: 119}")
    (change,) = await put(office.database, office.clock, with_id)
    assert [(t.field, t.new) for t in change.detail] == [("telegram_id", "119")]
    async with office.database.read() as session:
        after = await people.by_telegram(session, 119)
        assert after is not None
        assert after.id == before.id
    assert await put(office.database, office.clock, with_id) == []


async def test_who_claimed_a_place_in_telegram_is_still_the_one_who_is_listed_by_name(
    office: Office,
) -> None:
    named = OFFICE.replace("{name: 李四, telegram_id: 112}", "{name: 李四}")
    assert await put(office.database, office.clock, named) == []
    assert (await crew(office.database, "一班"))["李四"] == SI


async def test_an_id_that_is_known_from_another_team_takes_over_the_named_place(
    office: Office,
) -> None:
    text = OFFICE.replace(
        "members: [{name: 王五, telegram_id: 121}]",
        "members: [{name: 王五, telegram_id: 121}, {name: 张三}]",
    )
    await put(office.database, office.clock, text)
    assert await crew(office.database, "三班") == {"王五": WU, "张三": None}
    (change,) = await put(
        office.database,
        office.clock,
        text.replace("{name: 张三}", "{name: 张三, telegram_id: 111}"),
    )
    assert (change.kind, change.name) == (Kind.CHANGED, "张三")
    assert await crew(office.database, "三班") == {"王五": WU, "张三": ZHANG}
    async with office.database.read() as session:
        places = await people.memberships(session, office.people[ZHANG].id)
        assert [found.name for _, found in places] == ["一班", "三班"]


async def test_a_leader_who_is_listed_among_the_members_has_one_place(office: Office) -> None:
    text = OFFICE.replace(
        "members: [{name: 张三, telegram_id: 111}",
        "members: [{name: 赵班长, tags: [电工]}, {name: 张三, telegram_id: 111}",
    )
    (change,) = await put(office.database, office.clock, text)
    assert [(t.field, t.new) for t in change.detail] == [("tags", "电工")]
    assert (await crew(office.database, "一班"))["赵班长"] == ZHAO


async def test_a_team_that_is_missing_is_retired_and_lets_go_of_its_chat(office: Office) -> None:
    start = OFFICE.index("          - team: 二班")
    without = OFFICE[:start] + OFFICE[OFFICE.index("      - unit: 第二党支部") :]
    assert told(await put(office.database, office.clock, without)) == [
        ("retired", "team", "二班"),
        ("retired", "member", "孙班长"),
        ("retired", "leader", "孙班长"),
    ]
    two = await team(office.database, "二班")
    assert (two.chat_id, two.retired_at) == (None, office.clock())
    async with office.database.read() as session:
        assert await grants.anywhere(session, office.people[SUN].id) == set()
    assert told(await put(office.database, office.clock, OFFICE)) == [
        ("added", "team", "二班"),
        ("added", "member", "孙班长"),
        ("added", "leader", "孙班长"),
    ]
    revived = await team(office.database, "二班")
    assert revived.id == two.id
    assert revived.chat_id == office.teams[TWO].chat_id


async def test_a_unit_that_is_missing_takes_its_teams_and_rights_along(office: Office) -> None:
    without = OFFICE[: OFFICE.index("      - unit: 第二党支部")].replace(
        "        secretaries: [{name: 李书记, telegram_id: 9002}]\n", ""
    )
    assert told(await put(office.database, office.clock, without)) == [
        ("retired", "secretary", "李书记"),
        ("retired", "unit", "第二党支部"),
        ("retired", "team", "三班"),
        ("retired", "member", "王五"),
    ]
    async with office.database.read() as session:
        assert await grants.anywhere(session, office.people[LI].id) == set()
        assert await grants.anywhere(session, office.people[WANG].id) == {Role.SECRETARY}


async def test_a_team_that_is_renamed_is_known_by_its_chat(office: Office) -> None:
    (change,) = await put(
        office.database, office.clock, OFFICE.replace("team: 一班", "team: 甲班")
    )
    assert [(t.field, t.old, t.new) for t in change.detail] == [("name", "一班", "甲班")]
    assert (await team(office.database, "甲班")).id == office.teams[ONE].id


async def test_a_team_that_moves_to_another_unit_is_the_same_team(office: Office) -> None:
    start, end = OFFICE.index("          - team: 二班"), OFFICE.index("      - unit: 第二党支部")
    text = OFFICE[:start] + OFFICE[end:] + OFFICE[start:end].rstrip() + "\n"
    (change,) = await put(office.database, office.clock, text)
    assert [(t.field, t.new) for t in change.detail] == [("unit", "林业局 / 第二党支部")]
    assert (await team(office.database, "二班")).id == office.teams[TWO].id


async def test_two_teams_change_chats_without_colliding(office: Office) -> None:
    text = OFFICE.replace("-1001", "-0").replace("-1002", "-1001").replace("-0", "-1002")
    changes = await put(office.database, office.clock, text)
    assert [[(t.field, t.old, t.new) for t in change.detail] for change in changes] == [
        [("chat_id", "-1001", "-1002")],
        [("chat_id", "-1002", "-1001")],
    ]
    assert (await team(office.database, "一班")).chat_id == office.teams[TWO].chat_id
    assert (await team(office.database, "二班")).chat_id == office.teams[ONE].chat_id


async def test_a_team_keeps_the_chat_that_it_was_given_in_telegram(office: Office) -> None:
    text = OFFICE.replace("            chat_id: -1003\n", "")
    assert await put(office.database, office.clock, text) == []
    assert (await team(office.database, "三班")).chat_id == office.teams[THREE].chat_id


async def test_a_chat_that_the_file_gives_to_another_team_is_left_by_the_first(
    office: Office,
) -> None:
    text = OFFICE.replace("            chat_id: -1003\n", "").replace("-1002", "-1003")
    changes = await put(office.database, office.clock, text)
    assert [(c.name, c.detail[0].new) for c in changes] == [("二班", "-1003"), ("三班", "")]
    assert (await team(office.database, "三班")).chat_id is None
    assert await put(office.database, office.clock, text) == []


async def test_a_topic_of_a_new_group_is_remembered_with_the_group(office: Office) -> None:
    text = OFFICE.replace("chat_id: -1003", "chat_id: -1001000000003\n            topic_id: 2")
    (change,) = await put(office.database, office.clock, text)
    assert [(t.field, t.new) for t in change.detail] == [
        ("chat_id", "-1001000000003"),
        ("topic_id", "2"),
    ]
    async with office.database.read() as session:
        seat = await people.seat(session, -1001000000003, 2, WU)
        assert seat is not None
        assert seat.team is not None
        assert seat.chat.kind is ChatKind.SUPERGROUP


async def test_a_plan_that_changed_is_looked_at_at_once(office: Office) -> None:
    office.clock.forward(days=1)
    (change,) = await put(office.database, office.clock, OFFICE.replace('"07:50"', '"08:10"'))
    assert (change.what, [(t.field, t.old, t.new) for t in change.detail]) == (
        What.PLAN,
        [("at", "07:50", "08:10")],
    )
    async with office.database.read() as session:
        plan = (await session.exec(select(Plan))).one()
        assert (plan.at, plan.next_at) == (time(8, 10), office.clock())


async def test_a_clock_in_another_zone_moves_the_plan(office: Office) -> None:
    office.clock.forward(days=1)
    text = OFFICE.replace("unit: 第一党支部", "unit: 第一党支部\n        timezone: Asia/Urumqi")
    assert told(await put(office.database, office.clock, text)) == [
        ("changed", "unit", "第一党支部"),
        ("changed", "team", "一班"),
        ("changed", "team", "二班"),
    ]
    async with office.database.read() as session:
        assert (await session.exec(select(Plan))).one().next_at == office.clock()


async def test_work_ends_as_the_nearest_unit_says_or_as_was_said_in_the_chat(
    office: Office,
) -> None:
    async with office.database.begin() as session:
        for team in (await session.exec(select(Team))).all():
            team.work_ends = time(19)
    assert await put(office.database, office.clock, OFFICE) == []
    text = OFFICE.replace("unit: 第一党支部", 'unit: 第一党支部\n        work_ends: "17:30"')
    text = text.replace("team: 二班", 'team: 二班\n            work_ends: "16:00"')
    found = await put(office.database, office.clock, text)
    assert [(one.name, [(t.field, t.old, t.new) for t in one.detail]) for one in found] == [
        ("一班", [("work_ends", "19:00", "17:30")]),
        ("二班", [("work_ends", "19:00", "16:00")]),
    ]
    assert await put(office.database, office.clock, text) == []


async def test_a_plan_that_is_missing_is_let_go(office: Office) -> None:
    start = OFFICE.index("            plan:")
    text = OFFICE[:start] + OFFICE[OFFICE.index("          - team: 二班") :]
    assert told(await put(office.database, office.clock, text)) == [
        ("retired", "plan", "07:50–09:00 workdays safety")
    ]
    async with office.database.read() as session:
        assert (await session.exec(select(Plan))).all() == []


async def test_a_plan_whose_pack_is_unknown_is_one_fault_and_changes_nothing(
    office: Office,
) -> None:
    text = OFFICE.replace("packs: [safety]", "packs: [safety, fire-102]").replace("张三", "张三丰")
    with pytest.raises(Faults) as caught:
        await put(office.database, office.clock, text)
    (fault,) = caught.value.faults
    assert "fire-102" in Voice("zh").plain(fault.key, **fault.values)
    assert "pack import" in Voice("zh").plain(fault.key, **fault.values)
    assert "张三" in await crew(office.database, "一班")


async def test_owners_are_no_matter_of_the_file(office: Office) -> None:
    async with office.database.begin() as session:
        await grants.give(session, office.people[WU].id, Role.OWNER, office.clock())
    assert await put(office.database, office.clock, OFFICE) == []


async def test_a_big_organisation_is_applied_twice(database: Database, clock: Hands) -> None:
    members = ", ".join(f"{{name: 员{n}, telegram_id: {1000 + n}}}" for n in range(60))
    teams = "\n".join(
        f"  - {{team: {n}班, chat_id: -{5000 + n}, members: [{members}]}}" for n in range(40)
    )
    text = f"unit: 公司\nteams:\n{teams}\n"
    assert len(await put(database, clock, text)) == 1 + 40 + 40 * 60
    assert await put(database, clock, text) == []
    async with database.read() as session:
        for table, count in ((Unit, 1), (Team, 40), (Chat, 40), (Person, 60), (Member, 2400)):
            assert len((await session.exec(select(table))).all()) == count


async def test_a_diff_names_unit_and_team_once(office: Office) -> None:
    text = OFFICE.replace("张三", "张山").replace(
        ", {name: 李四, telegram_id: 112}", ", {name: 吴九}"
    )
    changes = await put(office.database, office.clock, text)
    assert diff(Voice("zh"), changes).splitlines() == [
        "林业局 / 第一党支部 / 一班",
        "  ~ 成员 张山：名称 张三 → 张山",
        "  + 成员 吴九",
        "  - 成员 李四",
        "",
        "合计：新增 1 项，变更 1 项，停用 1 项。",
    ]
    assert diff(Voice("en"), []) == "The database matches the file: nothing to change."


async def test_of_two_places_of_one_name_somebody_known_takes_one(office: Office) -> None:
    async with office.database.begin() as session:
        for _ in range(2):
            person = Person(name="张三")
            session.add(person)
            await session.flush()
            await people.enrol(session, office.teams[THREE].id, person, office.clock())
    text = OFFICE.replace(
        "members: [{name: 王五, telegram_id: 121}]",
        "members: [{name: 王五, telegram_id: 121}, {name: 张三, telegram_id: 111}]",
    )
    assert told(await put(office.database, office.clock, text)) == [
        ("changed", "member", "张三"),
        ("retired", "member", "张三"),
    ]
    assert await crew(office.database, "三班") == {"王五": WU, "张三": ZHANG}
