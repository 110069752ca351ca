"""What a line says of who is to do what by when."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.tasks import (
    ASSIGN,
    HARD,
    RECTIFY,
    Name,
    Order,
    Unclear,
    mentioned,
    read_order,
)
from handlers.rules.calendar import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 7, 50, tzinfo=ZONE).astimezone(UTC)
CALENDAR = Calendar(ZONE)
CROWD = [
    Name(1, "张三", "一班", 111),
    Name(2, "李四", "一班", 112),
    Name(3, "赵班长", "一班", 101),
    Name(4, "欧阳明", "一班", None),
    Name(5, "王小明", "一班", 115),
    Name(6, "李小明", "一班", 116),
    Name(7, "陈六", "一班", 121),
    Name(8, "陈六", "二班", 122),
    Name(9, "Ana Silva", "Office", 201),
    Name(10, "Sam Carter", "Office", 202),
]
FRIDAY, TODAY, NONE = "11-27 18:00", "11-23 18:00", ""
FACTS = {"standard": "账物相符", "partners": "库房", "result": "台账一份", "risk": "漏登"}


def read(text: str, replied_to: int | None = None) -> Order:
    return read_order(text, CROWD, MONDAY, CALENDAR, replied_to)


def due(order: Order) -> str:
    return f"{order.due.at.astimezone(ZONE):%m-%d %H:%M}" if order.due else NONE


@pytest.mark.parametrize(
    ("text", "people", "what", "when", "parts"),
    [
        ("张三 周五前 完成台账", (1,), "完成台账", FRIDAY, {}),
        ("张三 李四 周五前 完成台账", (1, 2), "完成台账", FRIDAY, {}),
        ("张三、李四 周五前完成台账", (1, 2), "完成台账", FRIDAY, {}),
        ("张三，李四，周五前完成台账", (1, 2), "完成台账", FRIDAY, {}),
        ("张三和李四 周五前 完成台账", (1, 2), "完成台账", FRIDAY, {}),
        ("张三 和 李四 周五前 完成台账", (1, 2), "完成台账", FRIDAY, {}),
        ("李四周五前完成台账", (2,), "完成台账", FRIDAY, {}),
        ("张三 李四周五前完成台账", (1, 2), "完成台账", FRIDAY, {}),
        ("周五前 张三 李四 完成台账", (1, 2), "完成台账", FRIDAY, {}),
        ("张三 张三 周五前 完成台账", (1,), "完成台账", FRIDAY, {}),
        ("@张三 周五前 完成台账", (1,), "完成台账", FRIDAY, {}),
        ("张三师傅 周五前 完成台账", (1,), "完成台账", FRIDAY, {}),
        ("李四同志 周五前 完成台账", (2,), "完成台账", FRIDAY, {}),
        ("赵班长 周五前 完成台账", (3,), "完成台账", FRIDAY, {}),
        ("欧阳 周五前 完成台账", (4,), "完成台账", FRIDAY, {}),
        ("王小明 周五前 完成台账", (5,), "完成台账", FRIDAY, {}),
        ("二班/陈六 周五前 完成台账", (8,), "完成台账", FRIDAY, {}),
        ("一班／陈六 周五前 完成台账", (7,), "完成台账", FRIDAY, {}),
        ("一班/欧阳 周五前 完成台账", (4,), "完成台账", FRIDAY, {}),
        ("\ue000111\ue001 周五前 完成台账", (1,), "完成台账", FRIDAY, {}),
        ("\ue000122\ue001、张三 周五前 完成台账", (8, 1), "完成台账", FRIDAY, {}),
        ("张三 完成台账", (1,), "完成台账", NONE, {}),
        ("张三 完成3号泵检修 周五前", (1,), "完成3号泵检修", FRIDAY, {}),
        ("张三 更换滤芯，周五前", (1,), "更换滤芯", FRIDAY, {}),
        ("张三 今天 更换滤芯", (1,), "更换滤芯", TODAY, {}),
        ("张三 明天下午3点 交报告", (1,), "交报告", "11-24 15:00", {}),
        ("张三 12月1日前 交报告", (1,), "交报告", "12-01 18:00", {}),
        (
            "张三 周五前 完成台账 标准：账物相符 协同：库房 成果：台账一份 风险：漏登",
            (1,),
            "完成台账",
            FRIDAY,
            FACTS,
        ),
        (
            "张三 周五前 完成台账 风险:漏登, 成果:台账一份; 协同:库房。 标准:账物相符",
            (1,),
            "完成台账",
            FRIDAY,
            FACTS,
        ),
        (
            "张三 周五前 完成台账\n标准：账物相符\n协同：库房\n成果：台账一份\n风险：漏登",
            (1,),
            "完成台账",
            FRIDAY,
            FACTS,
        ),
        (
            "张三 完成台账 期限：周五前 标准：账物相符",
            (1,),
            "完成台账",
            FRIDAY,
            {"standard": "账物相符"},
        ),
        ("张三 周五前 完成台账 标准：", (1,), "完成台账", FRIDAY, {}),
        (
            "张三 周五前 完成台账 要求 ： 账物相符",
            (1,),
            "完成台账",
            FRIDAY,
            {"standard": "账物相符"},
        ),
        (
            "张三 周五前 问题：地面有油 措施：清理",
            (1,),
            "清理",
            FRIDAY,
            {"finding": "地面有油"},
        ),
        (
            "张三 周五前 措施：清理 问题：地面有油 标准：无油迹",
            (1,),
            "清理",
            FRIDAY,
            {"finding": "地面有油", "standard": "无油迹"},
        ),
        ("张三 周五前 清理 问题：地面有油", (1,), "清理", FRIDAY, {"finding": "地面有油"}),
        ("张三 周五前 地面有油 措施：清理", (1,), "清理", FRIDAY, {"finding": "地面有油"}),
        ("张三 周五前 修订安全标准", (1,), "修订安全标准", FRIDAY, {}),
        ("张三 周五前 问清风险再开工", (1,), "问清风险再开工", FRIDAY, {}),
        ("Ana by Friday write the list", (9,), "write the list", FRIDAY, {}),
        ("Ana Silva by Friday write the list", (9,), "write the list", FRIDAY, {}),
        ("ana and Sam by Friday write the list", (9, 10), "write the list", FRIDAY, {}),
        ("Ana Silva, Sam Carter: write it", (9, 10), "write it", NONE, {}),
        (
            "Sam by Friday write the list standard: complete with: the store "
            "result: one list risk: doubles",
            (10,),
            "write the list",
            FRIDAY,
            {
                "standard": "complete",
                "partners": "the store",
                "result": "one list",
                "risk": "doubles",
            },
        ),
        (
            "Sam by Friday Finding: oil on the floor Measure: clean it",
            (10,),
            "clean it",
            FRIDAY,
            {"finding": "oil on the floor"},
        ),
        ("张三 周五前 检查 <b>A&B</b> 柜", (1,), "检查 <b>A&B</b> 柜", FRIDAY, {}),
    ],
)
def test_a_line_says_who_what_when_and_what_of_it(
    text: str, people: tuple[int, ...], what: str, when: str, parts: dict[str, str]
) -> None:
    order = read(text)
    assert (order.people, order.text, due(order), order.parts) == (people, what, when, parts)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "task.usage"),
        ("   ", "task.usage"),
        ("标准：账物相符", "task.usage"),
        ("张山 周五前 完成台账", "task.nobody"),
        ("周五前 完成台账", "task.nobody"),
        ("@somebody by Friday write", "task.nobody"),
        ("张三 李思 周五前 完成台账", "task.no_name"),
        ("\ue000999\ue001 周五前 完成台账", "task.stranger"),
        ("小明 周五前 完成台账", "task.several"),
        ("陈六 周五前 完成台账", "task.several"),
        ("张三", "task.nothing"),
        ("张三 李四 周五前", "task.nothing"),
        ("张三 周五前 完成台账 标准：一 标准：二", "task.twice"),
    ],
)
def test_what_is_not_said_is_asked_for(text: str, key: str) -> None:
    with pytest.raises(Unclear) as found:
        read(text)
    assert found.value.key == key


def test_who_fits_is_named_with_the_team_so_that_it_can_be_said_exactly() -> None:
    with pytest.raises(Unclear) as found:
        read("陈六 周五前 完成台账")
    assert found.value.values == {"name": "陈六", "names": ["一班/陈六", "二班/陈六"]}
    assert read("二班/陈六 周五前 完成台账").people == (8,)


@pytest.mark.parametrize(
    ("text", "people"), [("周五前 完成台账", (2,)), ("张三 周五前 完成台账", (1,))]
)
def test_who_was_replied_to_is_meant_unless_the_line_names_somebody(
    text: str, people: tuple[int, ...]
) -> None:
    order = read(text, replied_to=2)
    assert (order.people, order.text, due(order)) == (people, "完成台账", FRIDAY)


def test_a_mention_stands_for_whom_it_links_to() -> None:
    html = '/assign <a href="tg://user?id=111">小&lt;张</a> 周五前 <b>完成</b> A&amp;B'
    text = mentioned(html, "小<张 周五前 完成 A&B")
    order = read(text)
    assert (order.people, order.text) == ((1,), "完成 A&B")
    assert mentioned("/assign 张三 <b>x</b>", "张三 x") == "张三 x"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (ASSIGN, "布置任务 张三 周五前 完成台账", "张三 周五前 完成台账"),
        (ASSIGN, "任务：请各班组周五前上报", None),
        (RECTIFY, "整改 张三 周五前 问题：漏油 措施：清理", "张三 周五前 问题：漏油 措施：清理"),
        (RECTIFY, "整改：请各班组周五前完成", None),
        (HARD, "困难：缺少备件", None),
    ],
)
def test_words_that_an_announcement_may_begin_with_are_not_enough(
    pattern: object, text: str, found: str | None
) -> None:
    if pattern is HARD:
        match = HARD.fullmatch(text)
        assert match is not None
        assert match["why"] == "缺少备件"
        return
    match = {id(ASSIGN): ASSIGN, id(RECTIFY): RECTIFY}[id(pattern)].fullmatch(text)
    assert (match["what"] if match else None) == found


@given(st.text(max_size=300))
def test_any_text_is_read_or_asked_about(text: str) -> None:
    try:
        order = read(text, replied_to=1)
    except Unclear:
        return
    assert order.text.strip()
    assert set(order.people) <= {name.id for name in CROWD}
