from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.reading.leaves import CANCEL, Asked, read_leave
from handlers.rules.calendar import Calendar
from storage.kinds import LeaveReason

CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"))
NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # a Monday, eight in the morning there
SUN, MON, TUE, WED, FRI = (date(2026, 11, day) for day in (22, 23, 24, 25, 27))
LEAVE, SHIFT, FIELD = LeaveReason.LEAVE, LeaveReason.SHIFT, LeaveReason.FIELD


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", Asked(MON, MON, LEAVE)),
        ("今天", Asked(MON, MON, LEAVE)),
        ("今天 倒班", Asked(MON, MON, SHIFT)),
        ("倒班", Asked(MON, MON, SHIFT)),
        ("明天 外勤", Asked(TUE, TUE, FIELD)),
        ("出差 周三到周五", Asked(WED, FRI, FIELD)),
        ("周三到周五 倒班", Asked(WED, FRI, SHIFT)),
        ("周三至周五", Asked(WED, FRI, LEAVE)),
        ("从周三到周五请假", Asked(WED, FRI, LEAVE)),
        ("11月24日到11月27日 年假", Asked(TUE, FRI, LEAVE)),
        ("张三 周三到周五 倒班", Asked(WED, FRI, SHIFT, "张三")),
        ("张三 今天 病假", Asked(MON, MON, LEAVE, "张三")),
        ("张三", Asked(MON, MON, LEAVE, "张三")),
        ("请假", Asked(MON, MON, LEAVE)),
        ("请假 今天 倒班", Asked(MON, MON, SHIFT)),
        ("张三 请假 周三到周五 外勤", Asked(WED, FRI, FIELD, "张三")),
        ("leave tomorrow shift", Asked(TUE, TUE, SHIFT)),
        ("昨天", Asked(SUN, SUN, LEAVE)),
        ("张三 昨天 病假", Asked(SUN, SUN, LEAVE)),
        ("yesterday", Asked(SUN, SUN, LEAVE)),
        ("today", Asked(MON, MON, LEAVE)),
        ("tomorrow field", Asked(TUE, TUE, FIELD)),
        ("from Wednesday to Friday on shift", None),
        ("from Wednesday to Friday shift", Asked(WED, FRI, SHIFT)),
        ("周三到某天", None),
        ("某天到周三", None),
    ],
)
def test_leave_in_a_line(text: str, asked: Asked | None) -> None:
    assert read_leave(text, NOW, CALENDAR) == asked


@pytest.mark.parametrize("text", ["取消", "撤销", "销假", "cancel", "Cancel"])
def test_leave_is_taken_back_in_a_word(text: str) -> None:
    found = CANCEL.fullmatch(text)
    assert found
    assert found["name"] == ""


@pytest.mark.parametrize("text", ["张三 取消", "张三取消请假", "张三 cancel"])
def test_and_with_a_name_for_somebody_else(text: str) -> None:
    found = CANCEL.fullmatch(text)
    assert found
    assert found["name"] == "张三"


def test_a_name_that_ends_like_the_word_is_a_name() -> None:
    assert CANCEL.fullmatch("Hancancel") is None
