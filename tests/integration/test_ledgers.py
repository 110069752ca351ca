"""The ledger: one file that adds up to the facts, and holds nothing that a cell could run."""

from datetime import date, timedelta
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from handlers.ledgers import ledger
from handlers.taps.tasks import HardTap
from handlers.words.ledgers import workbook
from handlers.words.voice import Voice
from storage import asks, calls, checkins, commitments, ledgers, receipts
from storage.commitments import task_key
from storage.kinds import Delivery, LeaveReason, Media
from storage.tables import Leave, Outgoing
from tests.conftest import ONE, SI, SUN, TWO, ZHANG, ZHAO, Hands, Office
from tests.integration.announcing import announced
from tests.integration.assigning import command, press, say, stands
from tests.integration.promises import local, owe

MONTH = date(2026, 11, 1), date(2026, 11, 30)
FORMULA = '=HYPERLINK("http://x","点我")'


async def lived(office: Office, clock: Hands) -> None:
    """Two mornings, a day apart; promises kept, late, open and withdrawn; an announcement."""
    clock.now = local("2026-11-23T07:52")
    async with office.database.begin() as session:
        first = await office.morning(session)
        await checkins.add(session, first.id, office.members[ZHANG].id, clock())
        session.add(
            Leave(
                member_id=office.members[SI].id,
                first=date(2026, 11, 23),
                last=date(2026, 11, 23),
                reason=LeaveReason.FIELD,
                at=clock(),
                by_person_id=office.people[ZHAO].id,
            )
        )
        await checkins.add(session, first.id, office.members[ZHAO].id, local("2026-11-24T07:00"))
    kept = await owe(office, ZHANG, FORMULA, local("2026-11-24T18:00"))
    await owe(office, SI, "过期未做", local("2026-11-23T18:00"))
    gone = await owe(office, ZHAO, "不做了", local("2026-11-27T18:00"))
    clock.now = local("2026-11-24T09:30")
    async with office.database.begin() as session:
        second = await office.morning(session)
        await checkins.add(session, second.id, office.members[ZHANG].id, clock())
        for promise, done in ((kept, True), (gone, False)):
            row = await commitments.one(session, promise)
            assert row is not None
            if done:
                shown = commitments.Evidence("已检修", Media.PHOTO, "file-1")
                await commitments.claim(session, row.commitment, row.owner.id, clock(), shown)
            else:
                await commitments.withdraw(session, row.commitment, row.owner.id, clock())
        chat = office.teams[ONE].chat_id
        session.add(
            Outgoing(
                key=commitments.key(kept),
                chat_id=chat or 0,
                method="sendMessage",
                params={},
                priority=0,
                state=Delivery.SENT,
                not_before=clock(),
                message_id=41,
            )
        )
    await announced(office)
    async with office.database.begin() as session:
        await receipts.add(session, 1, office.members[ZHANG].id, clock())
    clock.now = local("2026-11-25T10:00")


async def book(office: Office, locale: str = "zh") -> Workbook:
    async with office.database.read() as session:
        found = await ledger(session, office.teams[ONE], "第一党支部", *MONTH)
    return load_workbook(BytesIO(workbook(Voice(locale), found, office.clock())))


def rows(found: Workbook, sheet: str, first: int = 2) -> list[list[object]]:
    return [[cell.value for cell in row] for row in found[sheet].iter_rows(min_row=first)]


async def test_each_member_stands_at_each_morning_as_they_attended(
    office: Office, clock: Hands
) -> None:
    await lived(office, clock)
    found = rows(await book(office), "打卡")
    assert [(f"{day:%d}", name, state, reason) for day, name, state, _, reason, _ in found] == [
        ("23", "张三", "按时", None),
        ("23", "赵班长", "补学", None),
        ("23", "李四", "请假", "外勤"),
        ("24", "张三", "迟到", None),
        ("24", "赵班长", "未学", None),
        ("24", "李四", "未学", None),
    ]


async def test_the_sheets_add_up_to_the_same(office: Office, clock: Hands) -> None:
    await lived(office, clock)
    found = await book(office)
    mornings = [row[3:10] for row in rows(found, "早会")]
    assert mornings == [[2, 2, 1, 0, 1, 1, 1], [3, 1, 0, 1, 0, 0, 1 / 3]]
    week, total = [row for row in rows(found, "汇总", 5) if row[1]]
    assert week[1:5] == [2, 5, 3, 0.6]
    assert week[6:] == [3, 2, 1, 0, 0, 1, 3, 1]
    assert total == ["合计", *week[1:]]
    assert found["汇总"]["A1"].value == "第一党支部 一班 早会台账"
    assert len(found["汇总"]._charts) == 1  # type: ignore[attr-defined]


async def test_a_promise_has_its_outcome_evidence_history_and_address(
    office: Office, clock: Hands
) -> None:
    await lived(office, clock)
    found = await book(office)
    first, second, third = rows(found, "承诺")
    assert [first[8], second[8], third[8]] == ["按期完成", "逾期未完成", "已撤回"]
    assert first[10] == "已检修\n照片 1 张"
    assert str(first[11]).split("\n") == [
        "11-23 07:52 张三 承诺，11-24 前完成",
        "11-24 09:30 张三 报完成",
    ]
    link = found["承诺"]["A2"].hyperlink
    assert link is not None
    assert link.target == f"https://t.me/c/{str(ONE).removeprefix('-100')}/41"
    shown = found["承诺"]["K2"]
    assert (shown.value, shown.hyperlink.target) == ("已检修\n照片 1 张", link.target)
    assert found["承诺"]["K3"].hyperlink is None


async def test_what_was_assigned_has_its_origin_author_and_facts(office: Office) -> None:
    line = "张三 周五前 问题：地面有油 措施：清理 标准：=1+1 协同：库房 成果：照片 风险：滑倒"
    await command(office, ZHAO, "rectify", line)
    await stands(office, task_key(1, office.teams[ONE].id), ONE, 41)
    await press(office, ZHANG, HardTap(1), None)
    await say(office, ZHANG, "缺少备件")
    found = await book(office)
    (row,) = rows(found, "承诺")
    assert (row[2], row[3]) == ("清理", "整改清单")
    link = found["承诺"]["A2"].hyperlink
    assert link is not None
    assert str(link.target).endswith("/41"), "where the group has it"
    assert row[13:] == ["赵班长", "地面有油", "=1+1", "库房", "照片", "滑倒"]
    assert str(row[11]).split("\n") == [
        "11-23 07:50 赵班长 布置，11-27 前完成",
        "11-23 07:50 张三 说明困难：缺少备件",
    ]
    assert [cell.value for cell in found["承诺"][1]][13:] == [
        "布置人",
        "问题",
        "标准",
        "协同",
        "成果",
        "风险",
    ]


async def test_what_looks_like_a_formula_is_text(office: Office, clock: Hands) -> None:
    await lived(office, clock)
    cell = (await book(office))["承诺"]["C2"]
    assert (cell.value, cell.data_type) == (FORMULA, "s")


async def test_an_announcement_names_who_confirmed_and_who_did_not(
    office: Office, clock: Hands
) -> None:
    await lived(office, clock)
    found = await book(office)
    ((_, author, text, expected, done, missing),) = rows(found, "公告")
    assert (author, text, expected, done) == ("李书记", "明天 停电", 3, 1)
    assert missing == "赵班长、李四"
    ((_, _, name, _),) = rows(found, "回执")
    assert name == "张三"


async def test_each_page_is_ready_to_be_printed(office: Office, clock: Hands) -> None:
    await lived(office, clock)
    for page in (await book(office, "en")).worksheets:
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.fitToHeight == 0
        assert page.print_title_rows is not None
        assert page.freeze_panes is not None


async def test_a_ledger_without_facts_is_a_ledger(office: Office) -> None:
    found = await book(office)
    assert found.sheetnames == ["汇总", "早会", "打卡", "承诺", "公告", "回执"]
    assert rows(found, "早会") == []


async def test_a_team_is_found_by_its_name_alone_or_with_its_unit(office: Office) -> None:
    async with office.database.read() as session:
        for name in ("二班", "第一党支部/二班"):
            ((team, unit),) = await ledgers.named(session, name)
            assert (team.id, unit) == (office.teams[TWO].id, "第一党支部")
        assert await ledgers.named(session, "第二党支部/二班") == []


async def test_promises_of_other_days_and_teams_are_not_in_it(office: Office) -> None:
    await owe(office, SUN, "别的班组", local("2026-11-24T18:00"))
    await owe(office, ZHANG, "下个月", local("2026-12-20T18:00"))
    async with office.database.read() as session:
        later = date(2026, 12, 25), date(2026, 12, 31)
        found = await ledger(session, office.teams[ONE], "第一党支部", *later)
        assert found.courses == []
        found = await ledger(session, office.teams[ONE], "第一党支部", *MONTH)
    assert [one.commitment.text for one in found.courses] == ["下个月"]
    assert office.clock() + timedelta(days=1) < local("2026-12-20T18:00")


async def test_the_ledger_shows_how_often_a_promise_was_put_off_and_why(
    office: Office, clock: Hands
) -> None:
    clock.now = local("2026-11-23T07:52")
    promise = await owe(office, ZHANG, "检修", local("2026-11-24T18:00"))
    for day, why in ((25, FORMULA), (26, "")):
        clock.now = local(f"2026-11-{day - 1}T10:00")
        async with office.database.begin() as session:
            row = await commitments.one(session, promise)
            assert row is not None
            due = local(f"2026-11-{day}T18:00")
            await commitments.move(session, row.commitment, row.owner.id, due, clock())
            act = await asks.unexplained(session, promise)
            assert act is not None
            act.text = why
            session.add(act)
    async with office.database.begin() as session:
        item = (await asks.items(session, [promise]))[promise]
        await asks.sure(session, item, clock())
        await calls.make(session, item.what, "缺人手", clock())
    (found,) = rows(await book(office), "承诺")
    assert found[7] == 2
    assert found[12] == FORMULA
    assert str(found[11]).split("\n") == [
        "11-23 07:52 张三 承诺，11-24 前完成",
        f"11-24 10:00 张三 延期到 11-25：{FORMULA}",
        "11-25 10:00 张三 延期到 11-26",
        "11-25 10:00 张三 答复 11-26 能完成",
        "11-25 10:00 张三 求助：缺人手",
    ]


async def test_what_is_printed_can_be_read(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG, "把三号配电房门前清理干净，贴上警示标志，拍照存档")
    await owe(office, SI, "清扫")
    async with office.database.read() as session:
        found = await ledger(session, office.teams[ONE], "第一党支部", *MONTH)
    book = load_workbook(BytesIO(workbook(Voice("zh"), found, clock())))
    page = book["承诺"]
    assert str(page.page_setup.paperSize) == page.PAPERSIZE_A3
    assert str(book["打卡"].page_setup.paperSize) == page.PAPERSIZE_A4
    long, short = page.row_dimensions[2].height, page.row_dimensions[3].height
    assert (long, short) == (30, None), "two lines of text, and one"
    assert page["A1"].font.name == page["A2"].font.name
