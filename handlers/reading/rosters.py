"""An organisation as sheets of an .xlsx file, brought to the form that a YAML file has.

Three sheets, headings in Chinese or English, in any order (* = needed):

单位 units    单位 unit*, 上级 parent (empty for the root), 时区 timezone, 语言 locale,
              下班时间 work_ends, 放假 off, 上班 work
班组 teams    单位 unit*, 班组 team*, 群ID chat_id, 话题ID topic_id, 时区 timezone, 语言 locale,
              下班时间 work_ends, 课程包 packs, 按星期 weekdays, 推送时间 at, 前一晚 eve,
              截止时间 closes, 学习日 days,
              倒班 cycle, 起始日 from, 轮班组 crews, 放假 off, 上班 work
成员 members  单位 unit, 班组 team, 姓名 name*, Telegram ID, 身份 role, 标签 tags, 轮班 crew

Unit names are unique in the file. A member's 单位 may stay empty where only one unit has a team
of that name. 身份 is 成员 member (or empty), 班组长 leader, or 书记/联络员 secretary, who has a
单位 and no 班组. Several packs, tags or days in one cell are parted by commas, spaces or 、; in
按星期 weekdays come before their packs (周一、周三 safety-101), in 轮班组 crews before their days
(甲 0, 乙 2).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from handlers.reading.faults import Fault
from handlers.reading.plain import line
from handlers.reading.plans import PLAN
from handlers.reading.raw import Listing, Raw, Record, Scalar
from handlers.reading.tables import Column, Sheet, read_tables
from handlers.rules.calendar import DAY_NAMES

ZONE = Column("timezone", ("时区", "timezone", "time zone"))
ENDS = Column("work_ends", ("下班时间", "下班", "work_ends", "work ends"))
LOCALE = Column("locale", ("语言", "locale", "language"))
OFF = Column("off", ("放假", "off", "days off"))
WORK = Column("work", ("上班", "work", "days worked"))
UNIT_NAMES = ("单位", "支部", "部门", "unit")
TEAM_NAMES = ("班组", "team")

UNITS = Sheet(
    "units",
    ("单位", "units"),
    (
        Column("unit", UNIT_NAMES, needed=True),
        Column("parent", ("上级", "上级单位", "parent"), needed=True),
        ZONE,
        LOCALE,
        ENDS,
        OFF,
        WORK,
    ),
)
TEAMS = Sheet(
    "teams",
    ("班组", "teams"),
    (
        Column("unit", UNIT_NAMES, needed=True),
        Column("team", TEAM_NAMES, needed=True),
        Column("chat_id", ("群ID", "群号", "chat_id", "chat")),
        Column("topic_id", ("话题ID", "话题", "topic_id", "topic")),
        ZONE,
        LOCALE,
        ENDS,
        Column("packs", ("课程包", "packs", "pack")),
        Column("weekdays", ("按星期", "weekdays")),
        Column("at", ("推送时间", "时间", "at")),
        Column("eve", ("前一晚", "eve")),
        Column("closes", ("截止时间", "截止", "closes")),
        Column("days", ("学习日", "日期", "days")),
        Column("cycle", ("倒班", "cycle")),
        Column("from", ("起始日", "from")),
        Column("crews", ("轮班组", "crews")),
        OFF,
        WORK,
    ),
)
MEMBERS = Sheet(
    "members",
    ("成员", "人员", "members"),
    (
        Column("unit", UNIT_NAMES),
        Column("team", TEAM_NAMES, needed=True),
        Column("name", ("姓名", "名字", "name"), needed=True),
        Column("telegram_id", ("Telegram ID", "TelegramID", "电报ID", "telegram_id")),
        Column("role", ("身份", "角色", "职务", "role")),
        Column("tags", ("标签", "工种", "tags", "tag")),
        Column("crew", ("轮班", "crew")),
    ),
)
ROLES = {
    "": "members",
    "成员": "members",
    "member": "members",
    "班组长": "leaders",
    "组长": "leaders",
    "班长": "leaders",
    "leader": "leaders",
    "书记": "secretaries",
    "联络员": "secretaries",
    "secretary": "secretaries",
}
WEEKDAYS = {
    name: day
    for day, letters in zip(DAY_NAMES, ("一", "二", "三", "四", "五", "六", "日天"), strict=True)
    for name in (day, *(f"{week}{letter}" for week in ("周", "星期") for letter in letters))
}
DAYS = {"工作日": "workdays", "每天": "daily", "每日": "daily", "周一至周五": "mon-fri"}
BETWEEN = re.compile(r"[,，、;；\s]+")
SPREAD = re.compile(r"\s*(?:~|～|\.\.)\s*")  # between the first and the last of some days


def read_roster(name: str, data: bytes, faults: list[Fault]) -> Record | None:
    """The root unit of the organisation in an .xlsx file called `name`; None if it has none.

    Raises Faults for what stands in no cell; adds to `faults` what does not fit together.
    """
    tables = read_tables(name, data, (UNITS, TEAMS, MEMBERS))
    roster = Roster(name, faults)
    roster.take_units(tables["units"])
    roster.take_teams(tables["teams"])
    roster.take_members(tables["members"])
    return roster.tree()


class Roster:
    """Puts rows below the unit or team that they name."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.faults = faults
        self.units: dict[str, Record] = {}
        self.teams: dict[tuple[str, str], Record] = {}
        self.children: defaultdict[tuple[str, ...], list[Record]] = defaultdict(list)

    def take_units(self, rows: Iterable[Record]) -> None:
        """The units; their parents may come after them."""
        for row in rows:
            unit = said(row, "unit")
            if unit in self.units:
                first = place(self.units[unit], "unit")
                self._fault(row, "unit", "fault.repeated_name", written=unit, first=first)
            elif unit:
                self.units[unit] = row
            else:
                self._fault(row, "unit", "fault.missing")
        for row in self.units.values():
            parent = said(row, "parent")
            if parent and parent not in self.units:
                self._fault(row, "parent", "fault.unknown_unit", written=parent)
            elif parent:
                self.children[parent, "units"].append(row)

    def take_teams(self, rows: Iterable[Record]) -> None:
        """The teams, each below its unit."""
        for row in rows:
            unit, team = said(row, "unit"), said(row, "team")
            if unit not in self.units:
                rule = "fault.unknown_unit" if unit else "fault.missing"
                self._fault(row, "unit", rule, written=unit)
            elif (unit, team) in self.teams:
                first = place(self.teams[unit, team], "team")
                self._fault(row, "team", "fault.repeated_name", written=team, first=first)
            else:
                self.teams[unit, team] = row
                self.children[unit, "teams"].append(row)

    def take_members(self, rows: Iterable[Record]) -> None:
        """The people, each below their team, secretaries below their unit."""
        for row in rows:
            role = ROLES.get(said(row, "role").casefold())
            if role is None:
                written = said(row, "role")
                self._fault(row, "role", "fault.role", written=written)
            elif role == "secretaries":
                if said(row, "team"):
                    self._fault(row, "team", "fault.secretary_of_team")
                elif said(row, "unit") in self.units:
                    self.children[said(row, "unit"), role].append(row)
                else:
                    self._fault(row, "unit", "fault.unknown_unit", written=said(row, "unit"))
            elif team := self._team_of(row):
                self.children[*team, role].append(row)

    def tree(self) -> Record | None:
        """The root unit with everything below it."""
        roots = [row for row in self.units.values() if not said(row, "parent")]
        if not roots:
            self._note(f"{self.name} {UNITS.names[0]}", "fault.no_root")
            return None
        for row in roots[1:]:
            first = place(roots[0], "unit")
            self._fault(row, "parent", "fault.several_roots", first=first)
        reached = self._reached(roots)
        below_a_root = set(reached)
        for unit, row in self.units.items():
            if unit not in below_a_root and said(row, "parent") in self.units:
                self._fault(row, "parent", "fault.unit_cycle", written=unit)
        built: dict[str, Record] = {}
        for unit in reversed(reached):
            built[unit] = self._unit(self.units[unit], built)
        return built[reached[0]]

    def _reached(self, roots: list[Record]) -> list[str]:
        """The units below the roots, each after its parent."""
        reached = [said(row, "unit") for row in roots]
        for unit in reached:
            reached += [said(row, "unit") for row in self.children[unit, "units"]]
        return reached

    def _unit(self, row: Record, built: dict[str, Record]) -> Record:
        unit = said(row, "unit")
        return with_fields(
            row,
            ("unit", "timezone", "locale", "work_ends"),
            units=listing(row, [built[said(r, "unit")] for r in self.children[unit, "units"]]),
            teams=listing(row, [self._team(r) for r in self.children[unit, "teams"]]),
            secretaries=listing(row, map(person, self.children[unit, "secretaries"])),
            **own_days(row),
        )

    def _team(self, row: Record) -> Record:
        key = said(row, "unit"), said(row, "team")
        more: dict[str, Raw] = {
            "leaders": listing(row, map(person, self.children[*key, "leaders"])),
            "members": listing(row, map(member, self.children[*key, "members"])),
        }
        if any(said(row, key) for key in PLAN):
            more["plan"] = self._plan(row)
        more |= own_days(row)
        keys = ("team", "chat_id", "topic_id", "timezone", "locale", "work_ends")
        return with_fields(row, keys, **more)

    def _plan(self, row: Record) -> Record:
        """The plan that stands in a team's row."""
        days = Scalar(DAYS.get(said(row, "days"), said(row, "days")), place(row, "days"))
        more: dict[str, Raw] = {"packs": parted(row, "packs"), "days": days}
        for key, read in (("weekdays", by_weekday), ("crews", by_crew)):
            if said(row, key):
                found = read(row)
                if found is None:
                    self._fault(row, key, f"fault.{key}", written=said(row, key))
                else:
                    more[key] = found
        return with_fields(row, ("at", "eve", "closes", "cycle", "from"), **more)

    def _team_of(self, row: Record) -> tuple[str, str] | None:
        unit, team = said(row, "unit"), said(row, "team")
        found = [key for key in self.teams if key[1] == team and unit in ("", key[0])]
        if len(found) == 1:
            return found[0]
        if not team:
            self._fault(row, "team", "fault.missing")
        else:
            rule = "fault.ambiguous_team" if found else "fault.unknown_team"
            self._fault(row, "team", rule, written=team)
        return None

    def _fault(self, row: Record, key: str, rule: str, **values: Any) -> None:
        self._note(place(row, key), rule, field=row.labels.get(key, key), **values)

    def _note(self, place: str, rule: str, **values: Any) -> None:
        self.faults.append(Fault(place, rule, values))


def said(row: Record, key: str) -> str:
    """A cell's text on one line; "" if the sheet has no such column."""
    value = row.fields.get(key)
    return line(value.value) if isinstance(value, Scalar) else ""


def place(row: Record, key: str) -> str:
    """Where a cell stands, or its row."""
    value = row.fields.get(key)
    return value.place if value else row.place


def with_fields(row: Record, keys: Iterable[str], **more: Raw) -> Record:
    """The row with only some of its own fields, and others."""
    own = {key: row.fields[key] for key in keys if key in row.fields}
    return Record({**own, **more}, row.place, labels=row.labels)


def listing(row: Record, items: Iterable[Raw]) -> Listing:
    """The items as one list that stands where the row does."""
    return Listing(tuple(items), row.place)


def parted(row: Record, key: str) -> Listing:
    """The texts in one cell, each with the cell's place."""
    texts = [text for text in BETWEEN.split(said(row, key)) if text]
    return Listing(tuple(Scalar(text, place(row, key)) for text in texts), place(row, key))


def person(row: Record) -> Record:
    """A leader or secretary."""
    return with_fields(row, ("name", "telegram_id"))


def member(row: Record) -> Record:
    """A member with tags."""
    return with_fields(row, ("name", "telegram_id", "crew"), tags=parted(row, "tags"))


def own_days(row: Record) -> dict[str, Raw]:
    """The days off and the days worked in a unit's or a team's row."""
    found: dict[str, Raw] = {}
    for key in ("off", "work"):
        if text := SPREAD.sub("~", said(row, key)):
            days = [Scalar(part, place(row, key)) for part in BETWEEN.split(text) if part]
            found[key] = Listing(tuple(days), place(row, key))
    return found


def by_weekday(row: Record) -> Record | None:
    """周一、周三 safety-101；周五 safety-102: the packs of some weekdays; None: it is no such."""
    at, text = place(row, "weekdays"), re.sub("[:：]", " ", said(row, "weekdays"))
    packs: dict[str, list[Scalar]] = {}
    days: list[str] = []
    before = ""
    for word in filter(None, BETWEEN.split(text)):
        day = WEEKDAYS.get(word.lower())
        if day:
            days = [day] if before == "pack" else [*days, day]
            packs.setdefault(day, [])
        for one in days if not day else ():
            packs[one].append(Scalar(word, at))
        if not days:
            return None
        before = "day" if day else "pack"
    if before != "pack":
        return None
    fields: dict[str, Raw] = {day: Listing(tuple(found), at) for day, found in packs.items()}
    return Record(fields, at)


def by_crew(row: Record) -> Record | None:
    """甲 0, 乙 2: by crew, how many days further on it is; None: it is no such."""
    at, words = place(row, "crews"), [w for w in BETWEEN.split(said(row, "crews")) if w]
    names, days = words[::2], words[1::2]
    if len(names) != len(days) or len(set(names)) != len(names):
        return None
    fields: dict[str, Raw] = {
        name: Scalar(ahead, at) for name, ahead in zip(names, days, strict=True)
    }
    return Record(fields, at)
