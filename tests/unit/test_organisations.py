from datetime import time
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from handlers.reading.faults import Faults
from handlers.reading.organisations import (
    MemberFile,
    OrganisationFile,
    PersonFile,
    TeamFile,
    UnitFile,
    read_organisation,
)
from handlers.reading.plans import PlanFile

ORGANISATION = """\
unit: 林业局
secretaries: [{name: 王书记, telegram_id: 9001}]
units:
  - unit: 第一党支部
    secretaries: [{name: 李书记, telegram_id: 9002}]
    teams:
      - team: 一班
        chat_id: -1001
        topic_id: null
        timezone: Asia/Shanghai
        leaders: [{name: 赵班长, telegram_id: 101}]
        members:
          - {name: 张三, telegram_id: 111, tags: [电工]}
          - {name: 李四}
        plan: {packs: [safety-101], at: "07:50", closes: "09:00", days: workdays}
"""
READ = OrganisationFile(
    UnitFile(
        "林业局",
        secretaries=(PersonFile("王书记", 9001),),
        units=(
            UnitFile(
                "第一党支部",
                secretaries=(PersonFile("李书记", 9002),),
                teams=(
                    TeamFile(
                        "一班",
                        chat_id=-1001,
                        timezone="Asia/Shanghai",
                        leaders=(PersonFile("赵班长", 101),),
                        members=(MemberFile("张三", 111, ("电工",)), MemberFile("李四")),
                        plan=PlanFile(("safety-101",), time(7, 50), time(9, 0)),
                    ),
                ),
            ),
        ),
    )
)


def faults_of(data: str | bytes, name: str = "o.yaml") -> list[tuple[str, str]]:
    with pytest.raises(Faults) as caught:
        read_organisation(name, data.encode() if isinstance(data, str) else data)
    return [(fault.place, fault.key) for fault in caught.value.faults]


def test_an_organisation_is_read_as_it_is_written() -> None:
    assert read_organisation("o.yaml", ORGANISATION.encode()) == READ


@pytest.mark.parametrize("written", ["7:50", "07:50", '"7:50"', "7：50", "07:50:00"])
def test_a_time_is_read_as_it_stands_quoted_or_not(written: str) -> None:
    text = ORGANISATION.replace('"07:50"', written)
    plan = read_organisation("o.yaml", text.encode()).root.units[0].teams[0].plan
    assert plan is not None
    assert plan.at == time(7, 50)


def test_when_work_ends_is_said_of_units_and_of_teams() -> None:
    text = ORGANISATION.replace("unit: 林业局\n", 'unit: 林业局\nwork_ends: "17:30"\n')
    root = read_organisation("o.yaml", text.encode()).root
    assert (root.work_ends, root.units[0].teams[0].work_ends) == (time(17, 30), None)
    assert faults_of(text.replace("17:30", "半夜")) == [("o.yaml:2", "fault.time")]
    teams = [[*TEAMS[0], "下班时间"], [*TEAMS[1], "16:30"]]
    read = read_organisation("o.xlsx", book(UNITS, teams, MEMBERS))
    assert read.root.units[0].teams[0].work_ends == time(16, 30)


PLAN_LINE = '{packs: [safety-101], at: "07:50", closes: "09:00", days: workdays}'


@pytest.mark.parametrize(
    ("change", "place", "key"),
    [
        (("chat_id: -1001", "chat_id: 1001"), "o.yaml:8", "fault.chat_id"),
        (("chat_id: -1001", "chat_id: 一班群"), "o.yaml:8", "fault.not_integer"),
        (("topic_id: null", "topic_id: 0"), "o.yaml:9", "fault.topic_id"),
        (("topic_id: null", "topic_id: 2147483648"), "o.yaml:9", "fault.topic_id"),
        (("chat_id: -1001\n        topic_id: null", "topic_id: 3"), "o.yaml:8",
         "fault.topic_without_chat"),
        (("Asia/Shanghai", "Asia/Beijing"), "o.yaml:10", "fault.timezone"),
        (("telegram_id: 111", "telegram_id: -111"), "o.yaml:13", "fault.telegram_id"),
        (("telegram_id: 111", "id: 111"), "o.yaml:13", "fault.unknown_key_of"),
        (("telegram_id: 111", "telegramid: 111"), "o.yaml:13", "fault.unknown_key"),
        (("{name: 李四}", "{name: ''}"), "o.yaml:14", "fault.missing"),
        (("{name: 李四}", f"{{name: {'长' * 41}}}"), "o.yaml:14", "fault.too_long"),
        (("{name: 李四}", "李四"), "o.yaml:14", "fault.not_record"),
        (("{name: 李四}", "{name: 李四, telegram_id: 111}"), "o.yaml:14",
         "fault.repeated_person"),
        (("{name: 李四}", "{name: 张三}"), "o.yaml:14", "fault.repeated_name"),
        (('"07:50"', "470"), "o.yaml:15", "fault.time"),
        (('"07:50"', "25:00"), "o.yaml:15", "fault.time"),
        (('"09:00"', "07:50"), "o.yaml:15", "fault.closes_early"),
        (("days: workdays", "days: weekdays"), "o.yaml:15", "fault.days"),
        (("packs: [safety-101]", "packs: []"), "o.yaml:15", "fault.too_few"),
        (("packs: [safety-101]", "packs: [安全]"), "o.yaml:15", "fault.slug"),
        (("unit: 林业局\n", "locale: de\nunit: 林业局\n"), "o.yaml:1", "fault.locale"),
        (("unit: 林业局\n", ""), "o.yaml:1", "fault.no_root"),
    ],
)  # fmt: skip
def test_a_fault_is_named_where_it_stands(change: tuple[str, str], place: str, key: str) -> None:
    text = ORGANISATION.replace(*change)
    assert text != ORGANISATION
    assert (place, key) in faults_of(text)


def test_a_team_may_be_without_a_chat_for_now() -> None:
    text = ORGANISATION.replace("chat_id: -1001", "chat_id:")
    team = read_organisation("o.yaml", text.encode()).root.units[0].teams[0]
    assert (team.chat_id, team.topic_id) == (None, None)


def test_names_and_chats_may_not_come_twice() -> None:
    text = """\
unit: 局
teams:
  - {team: 一班, chat_id: -1}
  - {team: 一班, chat_id: -2}
  - {team: 二班, chat_id: -1}
  - {team: 三班, chat_id: -1, topic_id: 2}
units:
  - unit: 甲
    teams: [{team: 一班, chat_id: -1}]
  - unit: 甲
"""
    assert faults_of(text) == [
        ("o.yaml:4", "fault.repeated_name"),
        ("o.yaml:5", "fault.repeated_chat"),
        ("o.yaml:9", "fault.repeated_chat"),
        ("o.yaml:10", "fault.repeated_name"),
    ]


def test_two_people_of_one_name_are_told_apart_by_their_ids() -> None:
    people = "[{name: 张, telegram_id: 1}, {name: 张, telegram_id: 2}]"
    text = f"unit: 局\nteams: [{{team: 一, members: {people}}}]"
    members = read_organisation("o.yaml", text.encode()).root.teams[0].members
    assert members == (MemberFile("张", 1), MemberFile("张", 2))


UNITS = [["单位", "上级单位", "时区"], ["第一党支部", "林业局"], ["林业局", None]]
TEAMS: list[list[Any]] = [
    ["单位", "班组", "群ID", "时区", "课程包", "推送时间", "截止时间", "学习日"],
    ["第一党支部", "一班", -1001, "Asia/Shanghai", "safety-101", time(7, 50), "9:00", "工作日"],
]
MEMBERS = [
    ["单位", "班组", "姓名", "Telegram ID", "身份", "标签"],
    ["林业局", None, "王书记", 9001, "书记"],
    ["第一党支部", None, "李书记", 9002, "联络员"],
    [None, "一班", "赵班长", 101, "班组长"],
    [None, "一班", "张三", 111, None, "电工"],
    ["第一党支部", "一班", "李四", None, "成员"],
]


def book(units: list[Any], teams: list[Any], members: list[Any]) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for title, rows in (("单位", units), ("班组", teams), ("成员", members)):
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_sheets_say_the_same_as_a_document() -> None:
    assert read_organisation("o.xlsx", book(UNITS, TEAMS, MEMBERS)) == READ


@pytest.mark.parametrize(
    ("units", "teams", "members", "fault"),
    [
        ([["支队", "局"]], [], [], ("o.xlsx 单位!B4", "fault.unknown_unit")),
        ([["林业局", "第一党支部"]], [], [], ("o.xlsx 单位!A4", "fault.repeated_name")),
        ([["矿业局", None]], [], [], ("o.xlsx 单位!B4", "fault.several_roots")),
        ([["甲", "乙"], ["乙", "甲"]], [], [], ("o.xlsx 单位!B4", "fault.unit_cycle")),
        ([], [["第九党支部", "二班"]], [], ("o.xlsx 班组!A3", "fault.unknown_unit")),
        ([], [["第一党支部", "一班"]], [], ("o.xlsx 班组!B3", "fault.repeated_name")),
        ([], [["第一党支部", "二班", 5]], [], ("o.xlsx 班组!C3", "fault.chat_id")),
        ([], [["林业局", "一班"]], [], ("o.xlsx 成员!B4", "fault.ambiguous_team")),
        ([], [], [[None, "二班", "陈六"]], ("o.xlsx 成员!B7", "fault.unknown_team")),
        ([], [], [[None, None, "陈六"]], ("o.xlsx 成员!B7", "fault.missing")),
        ([], [], [[None, "一班", None, 5]], ("o.xlsx 成员!C7", "fault.missing")),
        ([], [], [[None, "一班", "陈六", 111]], ("o.xlsx 成员!D7", "fault.repeated_person")),
        ([], [], [[None, "一班", "陈六", 5, "皇帝"]], ("o.xlsx 成员!E7", "fault.role")),
        ([], [], [["林业局", "一班", "陈", 5, "书记"]],
         ("o.xlsx 成员!B7", "fault.secretary_of_team")),
        ([], [], [["省", None, "陈", 5, "书记"]], ("o.xlsx 成员!A7", "fault.unknown_unit")),
    ],
)  # fmt: skip
def test_rows_that_do_not_fit_together_are_named(
    units: list[Any], teams: list[Any], members: list[Any], fault: tuple[str, str]
) -> None:
    data = book(UNITS + units, TEAMS + teams, MEMBERS + members)
    assert fault in faults_of(data, "o.xlsx")


def test_faults_of_several_sheets_are_told_at_once() -> None:
    team = ["第一党支部", "二班", -1002, "Asia/Beijing"]
    data = book(UNITS, [*TEAMS, team], [*MEMBERS, [None, "三班", "陈六"]])
    assert faults_of(data, "o.xlsx") == [
        ("o.xlsx 成员!B7", "fault.unknown_team"),
        ("o.xlsx 班组!D3", "fault.timezone"),
    ]


def test_units_without_a_root_or_too_deep_are_refused() -> None:
    assert faults_of(book([UNITS[0]], [TEAMS[0]], [MEMBERS[0]]), "o.xlsx") == [
        ("o.xlsx 单位", "fault.no_root")
    ]
    chain = [[f"单位{n}", f"单位{n - 1}" if n else None] for n in range(3000)]
    deep = faults_of(book([UNITS[0], *chain], [TEAMS[0]], [MEMBERS[0]]), "o.xlsx")
    assert deep == [("o.xlsx 单位!A10", "fault.too_deep")]
