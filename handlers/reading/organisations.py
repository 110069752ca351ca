"""Organisation files: units, teams, people and study plans."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache
from zoneinfo import available_timezones

from handlers.reading.documents import read_document
from handlers.reading.faults import Fault, Faults
from handlers.reading.forms import Form
from handlers.reading.plans import CREW, NO_DAYS, PLAN, DaysFile, PlanFile, clock, own_days, plan
from handlers.reading.raw import Raw, Record
from handlers.reading.rosters import read_roster
from handlers.reading.tables import XLSX

UNIT = ("unit", "timezone", "locale", "work_ends", "secretaries", "units", "teams", "off", "work")
TEAM = (
    *("team", "chat_id", "topic_id", "timezone", "locale", "work_ends"),
    *("leaders", "members", "plan"),
    *("off", "work"),
)
PERSON = ("name", "telegram_id")
MEMBER = ("name", "telegram_id", "tags", "crew")

NAME = 40  # characters of a name
LOCALE = re.compile(r"zh|en")
MOST_LEVELS = 9  # units below units, as deep as a document may go
MOST_ID = 2**52  # Telegram's own bound for its ids
MOST_TOPIC = 2**31 - 1  # and for those of topics, which are ids of messages


@dataclass(frozen=True)
class PersonFile:
    """A person by name; without a Telegram id until they claim their place."""

    name: str
    telegram_id: int | None = None


@dataclass(frozen=True)
class MemberFile(PersonFile):
    """A person's place in a team."""

    tags: tuple[str, ...] = ()
    crew: str = ""


@dataclass(frozen=True)
class TeamFile:
    """A team. Zone and locale are None where the unit's apply; no chat id: not attached yet."""

    name: str
    chat_id: int | None = None
    topic_id: int | None = None
    timezone: str | None = None
    locale: str | None = None
    work_ends: time | None = None
    leaders: tuple[PersonFile, ...] = ()
    members: tuple[MemberFile, ...] = ()
    plan: PlanFile | None = None
    days: DaysFile = NO_DAYS


@dataclass(frozen=True)
class UnitFile:
    """A unit with what is below it."""

    name: str
    timezone: str | None = None
    locale: str | None = None
    work_ends: time | None = None
    secretaries: tuple[PersonFile, ...] = ()
    units: tuple["UnitFile", ...] = ()
    teams: tuple[TeamFile, ...] = ()
    days: DaysFile = NO_DAYS


@dataclass(frozen=True)
class OrganisationFile:
    """A whole organisation as a file tells it."""

    root: UnitFile


def read_organisation(name: str, data: bytes) -> OrganisationFile:
    """The organisation in a YAML or .xlsx file called `name`. Raises Faults, all at once.

    The sheets and columns of an .xlsx file are those of `rosters`.
    """
    faults: list[Fault] = []
    xlsx = name.lower().endswith(XLSX)
    raw = read_roster(name, data, faults) if xlsx else read_document(name, data)
    root = root_from(raw, faults) if raw else None
    if faults or root is None:
        raise Faults(faults)
    return OrganisationFile(root)


def root_from(raw: Raw, faults: list[Fault]) -> UnitFile | None:
    """The root unit that was written, in whatever kind of file."""
    if not isinstance(raw, Record):
        faults.append(Fault(raw.place, "fault.not_record", {"field": "unit"}))
        return None
    if "unit" not in raw.fields:
        faults.append(Fault(raw.place, "fault.no_root"))
        return None
    return Checks().unit(Form(raw, UNIT, faults))


class Checks:
    """Checks one organisation; remembers what may not come twice in it."""

    def __init__(self) -> None:
        self.chats: dict[object, str] = {}

    def unit(self, form: Form, level: int = 1) -> UnitFile:
        """A unit and all below it."""
        units = form.forms("units", UNIT, most_items=500)
        if units and level == MOST_LEVELS:
            form.fault("units", "fault.too_deep", limit=MOST_LEVELS)
            units = []
        teams = form.forms("teams", TEAM, most_items=1000)
        secretaries = form.forms("secretaries", PERSON, most_items=100)
        own = tuple(map(self.team, teams))  # before the teams of units below: as one reads
        unit = UnitFile(
            name=form.text("unit", most=NAME),
            timezone=timezone(form),
            locale=locale(form),
            work_ends=clock(form, "work_ends", needed=False),
            secretaries=tuple(map(person, secretaries)),
            units=tuple(self.unit(below, level + 1) for below in units),
            teams=own,
            days=own_days(form),
        )
        once_by_name(units, "unit", [below.name for below in unit.units])
        once_by_name(teams, "team", [team.name for team in unit.teams])
        once_by_id(secretaries, unit.secretaries)
        return unit

    def team(self, form: Form) -> TeamFile:
        """A team with its people and its plan."""
        leaders = form.forms("leaders", PERSON, most_items=50)
        members = form.forms("members", MEMBER, most_items=2000)
        plan_form = form.form("plan", PLAN)
        team = TeamFile(
            name=form.text("team", most=NAME),
            chat_id=number(form, "chat_id", "fault.chat_id", -MOST_ID, -1),
            topic_id=number(form, "topic_id", "fault.topic_id", 1, MOST_TOPIC),
            timezone=timezone(form),
            locale=locale(form),
            work_ends=clock(form, "work_ends", needed=False),
            leaders=tuple(map(person, leaders)),
            members=tuple(map(member, members)),
            plan=plan(plan_form) if plan_form else None,
            days=own_days(form),
        )
        known_crews(members, team)
        self._own_chat(form, team)
        once_by_id(leaders, team.leaders)
        once_by_id(members, team.members)
        return team

    def _own_chat(self, form: Form, team: TeamFile) -> None:
        if team.chat_id is None:
            if team.topic_id is not None:
                form.fault("topic_id", "fault.topic_without_chat")
            return
        once(self.chats, (team.chat_id, team.topic_id), form, "chat_id", "fault.repeated_chat")


def person(form: Form) -> PersonFile:
    """A leader or secretary."""
    return PersonFile(form.text("name", most=NAME), telegram_id(form))


def member(form: Form) -> MemberFile:
    """A member of a team."""
    tags = form.texts("tags", most=20, most_items=20)
    crew = form.text("crew", most=CREW, needed=False)
    return MemberFile(form.text("name", most=NAME), telegram_id(form), tags, crew)


def known_crews(forms: Sequence[Form], team: TeamFile) -> None:
    """A fault for each member whose crew is none of the plan's."""
    crews = team.plan.crews if team.plan else {}
    for form, someone in zip(forms, team.members, strict=True):
        if someone.crew and someone.crew not in crews:
            allowed = ", ".join(crews) or "-"
            form.fault("crew", "fault.crew", written=someone.crew, allowed=allowed)


def timezone(form: Form) -> str | None:
    """The name of a time zone, if one was written."""
    name = form.text("timezone", most=60, needed=False)
    if name and name not in zones():
        form.fault("timezone", "fault.timezone", written=name)
    return name or None


def locale(form: Form) -> str | None:
    """The language the bot speaks, if one was written."""
    return form.matching("locale", LOCALE, "fault.locale", needed=False) or None


def telegram_id(form: Form) -> int | None:
    """A person's id, if they have one yet."""
    return number(form, "telegram_id", "fault.telegram_id", 1, MOST_ID)


def number(form: Form, key: str, rule: str, least: int, most: int) -> int | None:
    """A whole number within bounds, if one was written."""
    value = form.integer(key, needed=False)
    if value is not None and not least <= value <= most:
        form.fault(key, rule, written=value)
        return None
    return value


def once(seen: dict[object, str], key: object, form: Form, field: str, rule: str) -> None:
    """Note a fault if `key` was seen before."""
    if key in seen:
        form.fault(field, rule, written=form.written(field), first=seen[key])
    else:
        seen[key] = form.place(field)


def once_by_name(forms: Sequence[Form], field: str, names: Sequence[str]) -> None:
    """Names within a unit differ: they are how the next file is matched with this one."""
    seen: dict[object, str] = {}
    for form, name in zip(forms, names, strict=True):
        if name:
            once(seen, name, form, field, "fault.repeated_name")


def once_by_id(forms: Sequence[Form], people: Sequence[PersonFile]) -> None:
    """People in one list differ by id, or, for those who have none yet, by name."""
    seen: dict[object, str] = {}
    unclaimed = {someone.name for someone in people if someone.telegram_id is None}
    for form, someone in zip(forms, people, strict=True):
        if someone.telegram_id is not None:
            once(seen, someone.telegram_id, form, "telegram_id", "fault.repeated_person")
        if someone.name and someone.name in unclaimed:
            once(seen, someone.name, form, "name", "fault.repeated_name")


@cache
def zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(available_timezones())
