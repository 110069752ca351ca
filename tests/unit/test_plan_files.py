"""What an organisation file says of plans and days: by weekday, by shifts, the evening before."""

from datetime import date, datetime, time
from io import BytesIO

import pytest
from openpyxl import Workbook

from handlers.reading.faults import Faults
from handlers.reading.organisations import OrganisationFile, TeamFile, read_organisation
from handlers.reading.plans import DaysFile, PlanFile, in_short

TEAM = """\
unit: 林业局
off: [2026-12-24, 2027-01-02~2027-01-04]
work:
  - 2026-12-26
teams:
  - team: 一班
    members:
      - {name: 张三, crew: 甲}
      - {name: 李四, crew: 乙}
      - {name: 王五}
    off: [2026-12-03]
    plan:
      packs: [service-101, office-101]
      weekdays: {wed: safety-101, mon: [safety-101, safety-102]}
      at: "20:00"
      eve: yes
      closes: "07:30"
      cycle: 6 on 2 off
      from: 2026-11-23
      crews: {甲: 0, 乙: 2}
"""
PLAN = PlanFile(
    ("service-101", "office-101"),
    time(20, 0),
    time(7, 30),
    "daily",
    {"mon": ("safety-101", "safety-102"), "wed": ("safety-101",)},
    True,
    "6 on 2 off",
    date(2026, 11, 23),
    {"甲": 0, "乙": 2},
)


def read(text: str) -> OrganisationFile:
    return read_organisation("o.yaml", text.encode())


def team(file: OrganisationFile) -> TeamFile:
    return file.root.teams[0]


def faults_of(data: bytes, name: str = "o.yaml") -> list[tuple[str, str]]:
    with pytest.raises(Faults) as caught:
        read_organisation(name, data)
    return [(fault.place, fault.key) for fault in caught.value.faults]


def test_a_plan_says_everything_of_its_days_and_packs() -> None:
    file = read(TEAM)
    assert team(file).plan == PLAN
    assert [member.crew for member in team(file).members] == ["甲", "乙", ""]
    assert team(file).days == DaysFile(off=(date(2026, 12, 3),))
    off = tuple(date(*day) for day in ((2026, 12, 24), (2027, 1, 2), (2027, 1, 3), (2027, 1, 4)))
    assert file.root.days == DaysFile(off, (date(2026, 12, 26),))


def test_days_that_are_said_win_over_those_that_shifts_imply() -> None:
    plan = team(read(TEAM.replace("cycle:", "days: workdays\n      cycle:"))).plan
    assert plan is not None
    assert plan.days == "workdays"


@pytest.mark.parametrize(
    ("change", "place", "key"),
    [
        (("2026-12-24,", "12月24日,"), "o.yaml:2", "fault.date"),
        (("2027-01-02~2027-01-04", "2027-01-04~2027-01-02"), "o.yaml:2", "fault.date"),
        (("2027-01-02~2027-01-04", "2027-01-02~2029-01-04"), "o.yaml:2", "fault.date"),
        (("2027-01-02~2027-01-04", "2026-12-24"), "o.yaml:2", "fault.repeated_item"),
        (("  - 2026-12-26", "  - 2026-12-24"), "o.yaml:4", "fault.off_and_work"),
        (("off: [2026-12-03]", "off: {a: b}"), "o.yaml:11", "fault.not_list"),
        (("crew: 乙", "crew: 丁"), "o.yaml:9", "fault.crew"),
        (("{wed: safety-101,", "{wend: safety-101,"), "o.yaml:14", "fault.unknown_key"),
        (("{wed: safety-101,", "{wed: Safety,"), "o.yaml:14", "fault.slug"),
        (("{wed: safety-101,", "{wed: [],"), "o.yaml:14", "fault.too_few"),
        (("eve: yes", "eve: maybe"), "o.yaml:16", "fault.yes_no"),
        (("eve: yes", "eve: no"), "o.yaml:17", "fault.closes_early"),
        (("6 on 2 off", "6 on"), "o.yaml:18", "fault.cycle"),
        (("6 on 2 off", "60 on 2 off"), "o.yaml:18", "fault.cycle"),
        (("from: 2026-11-23", "from: Monday"), "o.yaml:19", "fault.date"),
        (("      from: 2026-11-23\n", ""), "o.yaml:13", "fault.missing"),
        (("乙: 2}", "乙: 8}"), "o.yaml:20", "fault.crew_ahead"),
        (("乙: 2}", "乙: two}"), "o.yaml:20", "fault.not_integer"),
        (("乙: 2}", f"{'乙' * 21}: 2}}"), "o.yaml:20", "fault.too_long"),
        (("crews: {甲: 0, 乙: 2}", "crews: [甲, 乙]"), "o.yaml:20", "fault.not_record"),
        (("      cycle: 6 on 2 off\n", ""), "o.yaml:18", "fault.no_cycle"),
    ],
)
def test_a_fault_is_named_where_it_stands(change: tuple[str, str], place: str, key: str) -> None:
    assert change[0] in TEAM
    assert (place, key) in faults_of(TEAM.replace(*change).encode())


def book(**cells: object) -> bytes:
    """One team in sheets, with these cells of its row."""
    workbook = Workbook()
    units = workbook.active
    assert units is not None
    units.title = "单位"
    units.append(["单位", "上级", "放假", "上班"])
    units.append(["林业局", None, datetime(2026, 12, 24), None])  # noqa: DTZ001
    teams = workbook.create_sheet("班组")
    row = {
        "单位": "林业局",
        "班组": "一班",
        "课程包": "service-101、office-101",
        "按星期": "周一 safety-101 safety-102；周三：safety-101",
        "推送时间": "20:00",
        "前一晚": "是",
        "截止时间": "07:30",
        "倒班": "6 on 2 off",
        "起始日": datetime(2026, 11, 23),  # noqa: DTZ001
        "轮班组": "甲 0，乙 2",
        "放假": "2026-12-03、2027-01-02 ~ 2027-01-04",
        **cells,
    }
    teams.append(list(row))
    teams.append(list(row.values()))
    members = workbook.create_sheet("成员")
    members.append(["班组", "姓名", "轮班"])
    members.append(["一班", "张三", "甲"])
    data = BytesIO()
    workbook.save(data)
    return data.getvalue()


def test_sheets_say_the_same() -> None:
    file = read_organisation("o.xlsx", book())
    assert team(file).plan == PLAN
    assert in_short(team(file).days.off) == "2026-12-03, 2027-01-02~2027-01-04"
    assert file.root.days.off == (date(2026, 12, 24),)
    assert team(file).members[0].crew == "甲"


@pytest.mark.parametrize(
    ("column", "written", "cell", "key"),
    [
        ("按星期", "safety-101 周一", "D2", "fault.weekdays"),
        ("按星期", "周一 周三", "D2", "fault.weekdays"),
        ("轮班组", "甲 0 乙", "J2", "fault.crews"),
        ("轮班组", "甲 0 甲 2", "J2", "fault.crews"),
        ("放假", "明天", "K2", "fault.date"),
        ("前一晚", "大概", "F2", "fault.yes_no"),
    ],
)
def test_a_cell_that_says_something_else_is_named(
    column: str, written: str, cell: str, key: str
) -> None:
    found = faults_of(book(**{column: written}), "o.xlsx")
    assert (f"o.xlsx 班组!{cell}", key) in found
