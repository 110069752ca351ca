"""Lists of tasks: every fault by cell, shown before anything happens, assigned once as a whole."""

import asyncio

import pytest
from sqlmodel import select

from handlers import sentpacks
from handlers.reading.inspections import Inspection
from handlers.reading.tasklists import Line
from handlers.requests import Attached
from handlers.taps.packs import ImportTap
from handlers.taps.tasks import (
    AcceptAllTap,
    AssignedTap,
    DropListTap,
    OwnTaskTap,
    TaskListTap,
    TaskSheetTap,
)
from handlers.words import plain
from handlers.words.voice import Voice
from storage.kinds import Act, Media, Origin, Progress
from storage.tables import Commitment, CommitmentAct, Grant, Outgoing, SentPack
from tests.conftest import LI, ONE, SI, SUN, TWO, WANG, WU, ZHANG, ZHAO, Hands, Office
from tests.integration.assigning import command, owed, press, rows
from tests.integration.promises import html, labels, local, owe, retire
from tests.integration.promises import rows as all_rows
from tests.integration.test_no_scans import overheard

GONE = plain.gone(Voice("zh"))
KEYS = ("team", "people", "text", "due", "standard", "partners", "result", "risk", "finding")


def line(number: int, *cells: str) -> Line:
    said = dict(zip(KEYS, cells, strict=False))
    places = {key: f"任务!{letter}{number}" for key, letter in zip(KEYS, "ABCDEFGHI", strict=True)}
    return Line(f"任务!A{number}", said, places)


SOUND = (
    line(2, "一班", "张三、李四", "完成台账", "周五前", "账物相符", "库房", "台账", "漏登"),
    line(3, "", "孙班长", "清理现场", "2026-11-27"),
    line(4, "一班", "张三", "清理油污", "11月26日", "", "", "", "", "地面有油"),
)


async def sent(office: Office, user: int = LI, lines: tuple[Line, ...] | None = SOUND) -> str:
    """Somebody sent a workbook, and it was looked at; what they hear."""
    async with office.database.begin() as session:
        file = Attached(Media.DOCUMENT, "f-1", "任务.xlsx", 100)
        request = await office.ask(session, user, attached=file)
        reply = await (sentpacks.sent_list if user == ZHAO else sentpacks.sent)(request)
        assert reply is not None
        number = max((await session.exec(select(SentPack.id))).all())
    async with office.database.begin() as session:
        looked = Inspection(None, tasks=lines)
        await sentpacks.found(session, number, looked, office.clock())
    async with office.database.read() as session:
        query = select(Outgoing).where(Outgoing.key == f"sentpack:{number}")
        return str((await session.exec(query)).one().params["text"])


async def test_a_sound_list_is_shown_and_nothing_of_it_assigned_yet(office: Office) -> None:
    assert await sent(office) == (
        "📋 <b>任务.xlsx</b>\n3 项任务，3 人，2 个班组。点“布置”后才会通知大家：\n"
        "· 一班 张三、李四：完成台账，11月27日 周五 18:00\n"
        "· 二班 孙班长：清理现场，11月27日 周五 18:00\n"
        "· 一班 张三：整改 · 清理油污，11月26日 周四 18:00"
    )
    assert await all_rows(office.database) == []


async def test_it_is_assigned_as_a_whole_by_a_tap(office: Office) -> None:
    await owe(office, ZHANG, "先前的承诺")
    await sent(office)
    reply = await press(office, LI, TaskListTap(1), None)
    assert reply.edit is not None
    assert reply.edit.html == "✅ <b>任务.xlsx</b> 已布置：3 项任务，3 人。"
    found = (await all_rows(office.database))[1:]
    names = {member.id: office.people[user].name for user, member in office.members.items()}
    assert [(names[row.member_id], row.number, row.text, row.origin) for row in found] == [
        ("张三", 2, "完成台账", Origin.TASK),
        ("李四", 3, "完成台账", Origin.TASK),
        ("孙班长", 1, "清理现场", Origin.TASK),
        ("张三", 4, "清理油污", Origin.RECTIFICATION),
    ]
    (row, _) = await rows(office, 1)
    assert row.task is not None
    assert (row.task.author.name, row.task.assignment.standard) == ("李书记", "账物相符")
    async with office.database.read() as session:
        acts = (await session.exec(select(CommitmentAct))).all()
    assert {act.person_id for act in acts[1:]} == {office.people[LI].id}
    assert [act.due_at for act in acts[1:]] == [row.due_at for row in found]


async def test_each_hears_of_it_in_one_message(office: Office) -> None:
    await sent(office)
    await press(office, LI, TaskListTap(1), None)
    told = {(to, key): text for to, key, text in await owed(office) if to != LI}
    assert set(told) == {
        (ZHANG, f"tasklist:1:{office.people[ZHANG].id}"),
        (SUN, "commitment:3"),
        (ONE, f"tasklist:1:team:{office.teams[ONE].id}"),
    }
    assert told[ZHANG, f"tasklist:1:{office.people[ZHANG].id}"] == (
        "李书记 给你布置了 2 项任务：\n"
        "<b>#1</b> 完成台账 · 11月27日 周五 18:00\n<b>#3</b> 清理油污 · 11月26日 周四 18:00"
    )
    assert "<b>#2</b> 李四：完成台账" in told[ONE, f"tasklist:1:team:{office.teams[ONE].id}"]


async def test_all_of_ones_own_are_accepted_by_a_tap_or_one_by_one(office: Office) -> None:
    await sent(office)
    await press(office, LI, TaskListTap(1), None)
    shown = await press(office, ZHANG, OwnTaskTap(1), None)
    assert shown.keeps == "commitment:1"
    assert labels(shown.message) == ["接受", "说明困难", "完成"]
    assert "没有布置给你" in (await press(office, ZHANG, OwnTaskTap(3), None)).toast
    assert (await press(office, SUN, AcceptAllTap(1, 2), None)).toast == "没有等你接受的任务了。"
    waiting = await command(office, ZHANG, "start", "tasks", None)
    assert html(waiting).startswith("有 2 项任务等你接受：\n<b>#3</b>")
    done = await press(office, ZHANG, AcceptAllTap(1, 4), None)
    assert done.toast == "2 项已接受。"
    assert done.edit is not None
    assert done.edit.html.endswith("\n已接受")
    assert labels(done.edit) == ["#3 清理油污", "#1 完成台账"]
    again = await press(office, ZHANG, AcceptAllTap(1, 2**61), None)
    assert again.toast == "没有等你接受的任务了。"
    stances = [
        row.task.stance if row.task else None for n in (1, 2, 3) for row in await rows(office, n)
    ]
    assert stances == [Act.ACCEPTED, None, None, Act.ACCEPTED]
    assert html(await command(office, ZHANG, "start", "tasks", None)) == "没有等你接受的任务。"


async def test_who_assigned_finds_it_again(office: Office) -> None:
    await sent(office)
    await press(office, LI, TaskListTap(1), None)
    found = await press(office, LI, AssignedTap(0), None)
    assert labels(found.message) == ["清理油污（1 人）", "清理现场（1 人）", "完成台账（2 人）"]
    shown = await press(office, LI, AssignedTap(1), None)
    assert shown.keeps == "task:1:0"
    assert "撤回任务" in labels(shown.message)
    assert "权限" in (await press(office, WANG, AssignedTap(1), None)).toast


async def test_once_however_often_it_is_tapped(office: Office) -> None:
    await sent(office)
    replies = await asyncio.gather(*(press(office, LI, TaskListTap(1), None) for _ in range(3)))
    assert sorted(reply.toast for reply in replies) == [
        "",
        "这份清单已经布置过了。",
        "这份清单已经布置过了。",
    ]
    assert len(await all_rows(office.database)) == 4


async def test_a_list_is_its_senders_alone_and_no_pack(office: Office) -> None:
    await sent(office)
    for user in (ZHAO, WANG, SUN):
        for tap in (TaskListTap(1), DropListTap(1)):
            assert (await press(office, user, tap, None)).toast == GONE
    for user in (ZHANG, WU):
        assert "权限" in (await press(office, user, TaskListTap(1), None)).toast
    assert (await press(office, LI, ImportTap(1), None)).toast == GONE
    assert (await press(office, LI, TaskListTap(2**61), None)).toast == GONE
    assert await all_rows(office.database) == []


async def test_cancelled_it_is_nothing(office: Office) -> None:
    await sent(office)
    reply = await press(office, LI, DropListTap(1), None)
    assert reply.edit is not None
    assert reply.edit.html == "已取消，<b>任务.xlsx</b> 没有布置。"
    assert (await press(office, LI, TaskListTap(1), None)).toast == "这份清单已经取消了。"
    assert await all_rows(office.database) == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("一班", "张山", "完成台账", "周五"), "任务!B2  没有找到“张山”"),
        (("一班", "张三 张山", "完成台账", "周五"), "任务!B2  没有找到“张山”"),
        (("一班", "", "完成台账", "周五"), "任务!B2  没有写责任人"),
        (("二班", "张三", "完成台账", "周五"), "任务!B2  没有找到“张三”"),
        (("三班", "王五", "完成台账", "周五"), "任务!A2  没有“三班”这个班组，或者不归你管"),
        (("八班", "王五", "完成台账", "周五"), "任务!A2  没有“八班”这个班组"),
        (("", "班长", "完成台账", "周五"), "任务!B2  “班长”不止一位（一班/赵班长, 二班/孙班长）"),
        (("一班", "张三", "", "周五"), "任务!C2  没有写任务"),
        (("一班", "张三", "完成台账", ""), "任务!D2  没有写完成时限"),
        (("一班", "张三", "完成台账", "尽快"), "任务!D2  “尽快”读不出日期"),
        (("一班", "张三", "完成台账", "2026-11-20"), "任务!D2  “2026-11-20”已经过去"),
        (("一班", "张三", "长" * 201, "周五"), "任务!C2  最多 200 字，这里有 201 字"),
        (("一班", "张三", "一", "周五", "长" * 201), "任务!E2  最多 200 字，这里有 201 字"),
    ],
)
async def test_a_fault_is_named_by_its_cell_and_nothing_offered(
    office: Office, cells: tuple[str, ...], said: str
) -> None:
    text = await sent(office, LI, (line(2, *cells), *SOUND[1:]))
    assert text.startswith("❌ <b>任务.xlsx</b> 有 1 处问题，一项也没有布置：\n· " + said)
    assert (await press(office, LI, TaskListTap(1), None)).toast == GONE
    assert await all_rows(office.database) == []


async def test_more_rows_than_a_list_may_have_are_refused(office: Office) -> None:
    many = tuple(line(number, "一班", "张三", "一", "周五") for number in range(2, 203))
    assert "有 201 行，一份清单最多 200 行" in await sent(office, LI, many)
    assert "没有任务" in await sent(office, LI, ())


async def test_a_list_costs_as_many_queries_whatever_its_length(office: Office) -> None:
    counted = []
    for tap, length in enumerate((2, 200), start=1):
        many = [line(number, "一班", "张三 李四", "长" * 200, "周五") for number in range(length)]
        await sent(office, LI, tuple(many))
        with overheard(office.database) as heard:
            reply = await press(office, LI, TaskListTap(tap), None)
        assert reply.edit is not None
        counted.append(sum(said.startswith("SELECT") for said, _ in heard))
    assert len(await all_rows(office.database)) == 404
    assert counted[0] == counted[1]


async def test_rights_places_and_dates_are_asked_again_at_the_tap(
    office: Office, clock: Hands
) -> None:
    await sent(office)
    await retire(office, SI)
    reply = await press(office, LI, TaskListTap(1), None)
    assert reply.edit is not None
    assert "任务!A2  责任人已不在班组，或这个班组不再归你管。" in reply.edit.html
    await sent(office, LI, SOUND[1:])
    clock.now = local("2026-11-26T19:00")
    reply = await press(office, LI, TaskListTap(2), None)
    assert reply.edit is not None
    assert "任务!A4  完成时限已经过去。" in reply.edit.html
    await sent(office, LI, SOUND[1:2])
    async with office.database.begin() as session:
        mine = select(Grant).where(Grant.person_id == office.people[LI].id)
        await session.delete((await session.exec(mine)).one())
    assert "权限" in (await press(office, LI, TaskListTap(3), None)).toast
    assert await all_rows(office.database) == []


async def test_a_leader_sends_lists_for_the_own_team_and_no_packs(office: Office) -> None:
    assert "没有“二班”这个班组，或者不归你管" in await sent(
        office, ZHAO, (line(2, "二班", "孙班长", "一", "周五"),)
    )
    assert "不是任务清单，没有改动" in await sent(office, ZHAO, None)
    assert "1 项任务，1 人，1 个班组" in await sent(
        office, ZHAO, (line(2, "", "张三", "一", "周五"),)
    )
    await press(office, ZHAO, TaskListTap(3), None)
    assert [row.state for row in await all_rows(office.database)] == [Progress.OPEN]


async def test_the_template_is_offered_in_private_and_sent_once(office: Office) -> None:
    assert labels((await command(office, ZHAO, "assign", "")).message) == []
    usage = await command(office, ZHAO, "assign", "", None)
    assert labels(usage.message) == ["任务清单模板", "我布置的"]
    toasts = [(await press(office, ZHAO, TaskSheetTap(), None)).toast for _ in range(2)]
    assert toasts[0] != toasts[1]
    async with office.database.read() as session:
        (row,) = (await session.exec(select(Outgoing))).all()
        assert row.params["document"]["what"] == "tasks"
        assert (await session.exec(select(Commitment))).all() == []
    assert office.teams[TWO].chat_id
