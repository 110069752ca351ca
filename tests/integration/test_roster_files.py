"""Rosters go out as workbooks and come back changed: checked by cell, shown, taken at a tap."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import col, select

from bot.freight import Freight
from bot.line import Refused
from handlers import sentpacks
from handlers.reading.inspections import Inspection, heard, inspect, told
from handlers.requests import Attached, Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.packs import ImportTap
from handlers.taps.rosters import DropRosterTap, RosterFileTap, TakeRosterTap
from handlers.words.message import Ours
from storage import checkins, people
from storage import sentpacks as sent
from storage.kinds import Media, PackStage, Role
from storage.tables import Commitment, Grant, Member, Outgoing, Person, Plan, SentPack
from tests.conftest import LI, ONE, SI, SUN, THREE, TWO, WANG, WU, ZHANG, ZHAO, Office
from tests.integration.doings import crew, listed, owed
from tests.integration.promises import owe

HEADINGS = ("单位", "班组", "姓名", "Telegram ID", "身份", "标签", "轮班")
ALL = Switchboard(ROUTES)
Rows = list[list[Any]]


async def exported(office: Office, user: int = LI, chat: int | None = None) -> Workbook:
    """The file that the button gives, as a spreadsheet program opens it."""
    freight, parts = Freight(office.database, 7), []
    team = office.teams[chat].id if chat else 0
    named = f"{office.people[user].id}/{team}"

    async def post(load: Any) -> Any:
        parts.append(load.parts["document"])
        return {}

    ours = Ours("roster", "名册.xlsx", named, "zh").params()
    await freight.carry({"chat_id": 1, "document": ours}, post)
    return load_workbook(BytesIO(parts[0].data))


def rows(book: Workbook) -> Rows:
    return [[cell or "" for cell in row] for row in book["成员"].iter_rows(values_only=True)][1:]


def workbook(found: Rows, headings: tuple[str, ...] = HEADINGS) -> bytes:
    book = Workbook()
    page = book.create_sheet("成员", 0)
    for row in [headings, *found]:
        page.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


async def send(office: Office, data: bytes, user: int = LI) -> tuple[int, str]:
    """The file is sent and read; its number, and what its sender is told."""
    async with office.database.begin() as session:
        file = Attached(Media.DOCUMENT, "f-1", "名册<1>.xlsx", len(data))
        await sentpacks.sent_list(await office.ask(session, user, attached=file))
        number = max((await session.exec(select(SentPack.id))).all())
    looked = heard(told(inspect("xlsx", data)))  # as the child process tells it
    async with office.database.begin() as session:
        await sentpacks.found(session, number, looked, office.clock())
    return number, (await owed(office.database, f"sentpack:{number}"))[-1][1]


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await ALL.press(await office.ask(session, user, chat=chat, message_id=5), tap)


async def taken(office: Office, number: int, user: int = LI) -> str:
    """生效 is tapped, and done by whoever reads files."""
    reply = await press(office, user, TakeRosterTap(number))
    if reply.edit is None:
        return reply.toast
    assert "正在生效" in reply.edit.html
    office.clock.forward(seconds=1)
    async with office.database.begin() as session:
        row = await sent.claim(session, office.clock())
        assert row is not None
        assert row.pack is not None, "what was read is not fetched again"
    async with office.database.begin() as session:
        await sentpacks.taken(session, number, office.clock())
    return (await owed(office.database, f"sentpack-taken:{number}:"))[-1][1]


async def stage(office: Office, number: int) -> PackStage:
    async with office.database.read() as session:
        return (await session.get_one(SentPack, number)).stage


# -- out -------------------------------------------------------------------------------------


async def test_a_file_has_a_row_for_everybody_as_text(office: Office) -> None:
    await listed(office, "=1+1", chat=TWO)
    async with office.database.begin() as session:
        place = await session.get_one(Member, office.members[ZHANG].id)
        place.tags = ["电工", "焊工"]
    book = await exported(office)
    assert rows(book)[:2] == [
        ["第一党支部", "一班", "赵班长", "101", "班组长", "", ""],
        ["第一党支部", "一班", "张三", "111", "成员", "电工 焊工", ""],
    ]
    assert book["成员"]["C6"].value == "=1+1"
    assert book["成员"]["C6"].data_type == "s", "a name is no formula"
    assert {row[1] for row in rows(book)} == {"一班", "二班"}, "not the other branch's"
    assert {row[1] for row in rows(await exported(office, chat=TWO))} == {"二班"}


async def test_the_button_owes_a_file_to_who_may_have_it(office: Office) -> None:
    for user, chat in ((ZHAO, ONE), (LI, THREE)):
        reply = await press(office, user, RosterFileTap(office.teams[chat].id))
        assert "没有改动" in reply.toast
    await press(office, LI, RosterFileTap(office.teams[ONE].id))
    async with office.database.read() as session:
        (row,) = (await session.exec(select(Outgoing))).all()
    assert row.params["document"]["what"] == "roster"
    assert row.params["document"]["name"] == "名册_一班_20261123.xlsx"


async def test_who_lost_the_right_before_the_file_was_made_gets_none(office: Office) -> None:
    async with office.database.begin() as session:
        for grant in await session.exec(select(Grant).where(Grant.role == Role.SECRETARY)):
            await session.delete(grant)
    with pytest.raises(Refused):
        await exported(office)


async def test_sent_back_as_it_is_it_changes_nothing(office: Office) -> None:
    async with office.database.begin() as session:
        plan = (await session.exec(select(Plan))).one()
        plan.crews = {"甲": 0}
        place = await session.get_one(Member, office.members[ZHANG].id)
        place.tags, place.crew = ["电工"], "甲"
    number, text = await send(office, saved(await exported(office)))
    assert text == "“名册&lt;1&gt;.xlsx”里的 2 个班组和现在一样，没有要改的。"
    assert await stage(office, number) is PackStage.DROPPED


# -- back ------------------------------------------------------------------------------------


async def test_what_was_changed_is_shown_before_and_done_at_a_tap(office: Office) -> None:
    first = await owe(office, ZHANG)
    found = rows(await exported(office))
    found[1][2] = "张三丰"  # renamed
    found[2] = ["第一党支部", "二班", "李四", "112", "成员", "焊工", ""]  # moved
    found.append(["", "二班", "<b>新人</b>", "", "", "", ""])
    number, text = await send(office, workbook(found))
    assert "新增 1，变更 1，移出 0，调动 1。还没有生效" in text
    for line in ("一班：~ 成员 张三", "二班：+ 成员 &lt;b&gt;新人&lt;/b&gt;", "李四：一班 → 二班"):
        assert line in text
    assert "李四" in await crew(office), "nothing is done yet"

    said = await taken(office, number)
    assert said.startswith("名册“<b>名册&lt;1&gt;.xlsx</b>”已生效：新增 1，变更 1，移出 0，调动 1")
    assert await crew(office) == {"赵班长": ZHAO, "张三丰": ZHANG}
    assert await crew(office, TWO) == {"孙班长": SUN, "李四": SI, "<b>新人</b>": None}
    assert await taken(office, number) == "已经生效了。"
    async with office.database.read() as session:
        what = await session.get_one(Commitment, first)
        assert what.member_id == office.members[ZHANG].id


async def test_who_is_moved_by_a_file_takes_along_what_is_open(office: Office) -> None:
    first = await owe(office, ZHANG)
    async with office.database.begin() as session:
        morning = await office.morning(session)
        await checkins.add(session, morning.id, office.members[ZHANG].id, office.clock())
    found = rows(await exported(office))
    found[1][1] = "二班"
    number, _ = await send(office, workbook(found))
    await taken(office, number)
    async with office.database.read() as session:
        what = await session.get_one(Commitment, first)
        assert what.team_id == office.teams[TWO].id
        assert (await session.get_one(Member, what.member_id)).person_id == office.people[ZHANG].id
        assert await checkins.made(session, morning.id, office.members[ZHANG].id)


async def test_who_is_missing_is_retired_and_half_a_team_is_warned_of(office: Office) -> None:
    await listed(office, *(f"员{n}" for n in range(10)))
    number, text = await send(office, workbook([["", "一班", "赵班长", "101", "班组长", "", ""]]))
    assert "⚠️ 一班要移出 12 人（现有 13 人）" in text
    assert "一班：- 成员 张三" in text
    await taken(office, number)
    assert await crew(office) == {"赵班长": ZHAO}
    assert await crew(office, TWO) == {"孙班长": SUN}, "it is not in the file"


async def test_who_is_moved_in_the_file_of_one_team_comes_to_those_of_the_other(
    office: Office,
) -> None:
    found = rows(await exported(office, chat=ONE))
    found[1][1] = "二班"
    found.append(["", "二班", "新人", "", "", "", ""])
    number, text = await send(office, workbook(found))
    assert "新增 1，变更 0，移出 0，调动 1" in text
    await taken(office, number)
    assert await crew(office, TWO) == {"孙班长": SUN, "张三": ZHANG, "新人": None}
    async with office.database.read() as session:
        led = await session.exec(select(Grant).where(Grant.team_id == office.teams[TWO].id))
        assert [one.person_id for one in led] == [office.people[SUN].id]


async def test_only_new_people_are_added_and_nobody_is_retired(office: Office) -> None:
    number, text = await send(office, workbook([["", "一班", "新人", "", "", "", ""]]))
    assert "新增 1，变更 0，移出 0，调动 0" in text
    await taken(office, number)
    assert await crew(office) == {"赵班长": ZHAO, "张三": ZHANG, "李四": SI, "新人": None}


async def test_a_leader_is_made_and_unmade_by_the_file(office: Office) -> None:
    found = rows(await exported(office, chat=ONE))
    found[0][4], found[1][4], found[1][5] = "成员", "班组长", "电工"
    number, text = await send(office, workbook(found))
    assert "一班：+ 班组长 张三" in text
    assert "一班：- 班组长 赵班长" in text
    await taken(office, number)
    async with office.database.read() as session:
        led = await session.exec(select(Grant).where(Grant.team_id == office.teams[ONE].id))
        assert [one.person_id for one in led] == [office.people[ZHANG].id]
        place = await session.get_one(Member, office.members[ZHANG].id)
        assert place.tags == ["电工"], "a leader has tags, too"


async def test_every_fault_is_told_by_its_cell_and_nobody_is_changed(office: Office) -> None:
    found: Rows = [
        ["第二党支部", "三班", "王五", "", "", "", ""],
        ["", "一班", "", "", "", "", ""],
        ["", "一班", "张三", "abc", "", "", ""],
        ["", "一班", "李四", "112", "厂长", "", ""],
        ["", "一班", "王书记", "9001", "书记", "", ""],
        ["", "一班", "赵" * 41, "", "", "", ""],
        ["", "一班", "新人", "", "", "长" * 21, "丁"],
        ["", "二班", "甲", "5", "", "", ""],
        ["", "二班", "乙", "5", "", "", ""],
        ["", "", "丙", "", "", "", ""],
    ]
    number, text = await send(office, workbook(found))
    for place in ("B2", "C3", "D4", "E5", "E6", "C7", "F8", "D10", "B11"):
        assert f"成员!{place} " in text, place
    assert "你负责的班组里没有“三班”" in text, "and not whether there is one"
    assert await stage(office, number) is PackStage.FAULTY
    assert "失效" in await taken(office, number)
    assert len(await crew(office)) == 3


async def test_a_crew_that_the_plan_has_not_is_a_fault(office: Office) -> None:
    found = rows(await exported(office, chat=ONE))
    found[1][6] = "丁"
    _, text = await send(office, workbook(found))
    assert "成员!G3 " in text


async def test_nobody_elsewhere_is_renamed_by_who_knows_their_id(office: Office) -> None:
    found = rows(await exported(office, chat=ONE))
    _, text = await send(office, workbook([*found, ["", "一班", "假名", str(WU), "", "", ""]]))
    assert "成员!D5 " in text
    assert "王五" not in text
    number, text = await send(
        office, workbook([*found, ["", "一班", "王五", str(WU), "", "", ""]])
    )
    assert "+ 成员 王五" in text
    await taken(office, number)
    async with office.database.read() as session:
        person = await people.by_telegram(session, WU)
        assert person is not None
        assert len(await people.memberships(session, person.id)) == 2


async def test_a_formula_is_a_fault_and_no_value(office: Office) -> None:
    book = Workbook()
    page = book.create_sheet("成员", 0)
    page.append(HEADINGS)
    page.append(["", "一班", "=CONCAT(A1,B1)", "", "", "", ""])
    _, text = await send(office, saved(book))
    assert "成员!C2 " in text
    assert len(await crew(office)) == 3


async def test_a_file_of_the_whole_organisation_is_for_the_operator(office: Office) -> None:
    book = await exported(office)
    book.create_sheet("单位").append(["单位", "上级"])
    book.create_sheet("班组").append(["单位", "班组"])
    _, text = await send(office, saved(book))
    assert "zaohui org apply" in text


async def test_a_leader_and_who_runs_nothing_change_no_roster(office: Office) -> None:
    number, text = await send(office, saved(await exported(office)), ZHAO)
    assert "只有书记" in text
    assert await stage(office, number) is PackStage.FAULTY


async def test_ten_thousand_rows_that_are_so_already_are_read_and_too_many_changes_are_not(
    office: Office,
) -> None:
    many = [["", "一班", f"员{n}", "", "", "", ""] for n in range(1_900)]
    _, text = await send(office, workbook(many))
    assert "一次最多 1000 行" in text
    _, text = await send(office, workbook([*many, *many, *many, *many, *many, *many]))
    assert "10000" in text
    assert len(await crew(office)) == 3


async def test_what_changed_since_it_was_shown_is_shown_again(office: Office) -> None:
    found = rows(await exported(office, chat=ONE))
    found[1][2] = "张三丰"
    number, _ = await send(office, workbook(found))
    await listed(office, "吴九")
    text = await taken(office, number)
    assert "这期间名册有了变化" in text
    assert "- 成员 吴九" in text
    assert "张三" in await crew(office)
    await taken(office, number)
    assert "张三丰" in await crew(office)
    assert "吴九" not in await crew(office)


async def test_who_lost_a_team_since_it_was_shown_changes_nothing(office: Office) -> None:
    found = rows(await exported(office, chat=ONE))
    found[1][2] = "张三丰"
    number, _ = await send(office, workbook(found))
    async with office.database.begin() as session:
        query = select(Grant).where(
            Grant.role == Role.SECRETARY, Grant.person_id == office.people[LI].id
        )
        (grant,) = (await session.exec(query)).all()
        grant.unit_id = office.teams[THREE].unit_id
    assert "没有“一班”" in await taken(office, number)
    assert "张三" in await crew(office)


async def test_two_taps_at_once_do_it_once(office: Office) -> None:
    found = rows(await exported(office, chat=ONE))
    found.append(["", "一班", "新人", "", "", "", ""])
    number, _ = await send(office, workbook(found))
    tap = TakeRosterTap(number)
    replies = await asyncio.gather(press(office, LI, tap), press(office, LI, tap))
    assert [reply.toast for reply in replies] == ["正在生效。", "正在生效。"]

    async def carry_out() -> None:
        async with office.database.begin() as session:
            await sentpacks.taken(session, number, office.clock())

    await asyncio.gather(carry_out(), carry_out())
    assert len(await owed(office.database, f"sentpack-taken:{number}:")) == 1
    async with office.database.read() as session:
        new = await session.exec(select(Person).where(Person.name == "新人"))
        assert len(new.all()) == 1


async def test_taps_of_others_and_of_other_kinds_do_nothing(office: Office) -> None:
    found = rows(await exported(office, chat=ONE))
    found.append(["", "一班", "新人", "", "", "", ""])
    number, _ = await send(office, workbook(found))
    for user, chat in ((WANG, None), (ZHAO, None), (LI, ONE)):
        reply = await press(office, user, TakeRosterTap(number), chat)
        assert reply.edit is None
        assert reply.toast
    assert (await press(office, LI, ImportTap(number))).edit is None
    assert "新人" not in await crew(office)
    dropped = await press(office, LI, DropRosterTap(number))
    assert dropped.edit is not None
    assert await stage(office, number) is PackStage.DROPPED
    await taken(office, number)
    assert "新人" not in await crew(office)


async def test_more_changes_than_a_message_holds_come_as_a_file_as_well(office: Office) -> None:
    found = rows(await exported(office, chat=ONE))
    found += [["", "一班", f"员{n}", "", "", "", ""] for n in range(60)]
    number, text = await send(office, workbook(found))
    assert text.count("\n• ") <= 21 or "员59" not in text
    async with office.database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key) == f"sentpack-list:{number}")
        assert (await session.exec(query)).one().method == "sendDocument"


def test_a_course_pack_and_a_list_of_tasks_are_no_rosters() -> None:
    tasks = workbook([["一班", "张三", "写台账", "周五前"]], ("班组", "姓名", "任务", "时限"))
    looked: Inspection = inspect("xlsx", tasks)
    assert looked.roster is None
    assert looked.tasks is not None
    other = workbook([["a"]], ("标题",))
    assert inspect("xlsx", other).roster is None
