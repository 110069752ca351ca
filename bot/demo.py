"""The demonstration: one unit, two branches, three teams, and their first course pack."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time
from itertools import chain, count
from pathlib import Path

from bot.clock import Clock
from bot.sandbox.cast import Cast, Group, Person, Robot, Topic
from bot.settings import Settings
from handlers import organisations, packs
from handlers.reading.organisations import OrganisationFile, TeamFile, UnitFile, read_organisation
from handlers.reading.packs import read_pack
from handlers.rules.calendar import DAY, Calendar
from handlers.rules.occurrences import occurrence
from handlers.words import demo as words
from handlers.words.voice import Voice
from storage import chats
from storage.database import Database
from storage.kinds import ChatKind

LIBRARY = Path(__file__).parents[1] / "storage" / "library"
ROBOT = Robot()
SPOKEN = {"zh": "zh-hans"}  # what Telegram calls a language of ours
TOKEN = f"{ROBOT.id}:a-sandbox-needs-no-secret-at-all"
OWNER = 9001
SHY = frozenset({112, 114})  # have never opened a private chat with the bot
UNLISTED = 114  # sits in the first group; the list knows the name, not the person
MORNING = time(8)  # where nobody has a plan
STRANGERS = 7_000_000_000  # from here on, whoever else is known by name alone


def organisation(locale: str) -> OrganisationFile:
    """The people and teams of the demonstration, as they are called in that language."""
    own = LIBRARY / f"demo.{locale}.yaml"
    file = own if own.exists() else LIBRARY / "demo.yaml"
    return read_organisation(file.name, file.read_bytes())


def owner(file: OrganisationFile) -> int:
    """Who owns the installation in the sandbox: the root's first secretary."""
    known = [one.telegram_id for one in file.root.secretaries if one.telegram_id]
    return known[0] if known else OWNER


def cast(file: OrganisationFile, locale: str) -> Cast:
    """The same people and groups, for the sandbox; a team without a group has none there."""
    voice = Voice(locale)
    secretaries = {
        person.telegram_id: Person(
            person.telegram_id,
            person.name,
            note=_run(voice, unit, owns=person.telegram_id == owner(file)),
            started=True,
        )
        for unit in _units(file.root)
        for person in unit.secretaries
        if person.telegram_id
    }
    people: dict[int, Person] = {}
    groups: list[Group] = []
    unlisted = chain([UNLISTED], count(STRANGERS))
    for unit in _units(file.root):
        above = [p.telegram_id for p in unit.secretaries if p.telegram_id]
        for team in unit.teams:
            found = _team(voice, unit, team, unlisted)
            led = found[len(team.leaders) :] + found[: len(team.leaders)]
            people |= {person.id: person for person in led}
            if team.chat_id and found:
                groups.append(_group(team, tuple(p.id for p in found), tuple(above)))
    robot = replace(ROBOT, name=words.robot(voice))
    code = SPOKEN.get(locale, locale)
    everybody = [replace(p, language_code=code) for p in (*people.values(), *secretaries.values())]
    return Cast(tuple(everybody), tuple(groups), robot)


def morning(clock: Clock, file: OrganisationFile) -> Callable[[], datetime]:
    """When the next card of the demonstration comes: its earliest plan, on the next workday."""
    plans = [t.plan for u in _units(file.root) for t in u.teams if t.plan]
    calendar = Calendar(clock.zone)

    def find() -> datetime:
        now = clock()
        day = calendar.today(now)
        first = min((plan.at for plan in plans), default=MORNING)
        while not calendar.works(day) or occurrence(day, first, clock.zone) <= now:
            day += DAY
        return occurrence(day, first, clock.zone)

    return find


async def furnish(
    database: Database, file: OrganisationFile, clock: Clock, settings: Settings
) -> None:
    """Put the demonstration into an empty database, by the same ways as any organisation."""
    async with database.begin() as session:
        for path in sorted(LIBRARY.glob("*-*.yaml")):
            await packs.import_pack(session, read_pack(path.name, path.read_bytes()), clock())
        await organisations.apply(session, file, clock(), settings.timezone, settings.locale)
        for person in cast(file, settings.locale).people:
            if person.started:
                await chats.seen(session, person.id, ChatKind.PRIVATE)


def _units(unit: UnitFile) -> Iterator[UnitFile]:
    yield unit
    for below in unit.units:
        yield from _units(below)


def _run(voice: Voice, unit: UnitFile, *, owns: bool) -> str:
    return (words.owner if owns else words.secretary)(voice, unit.name)


def _team(voice: Voice, unit: UnitFile, team: TeamFile, unlisted: Iterator[int]) -> list[Person]:
    leaders = {person.telegram_id for person in team.leaders}
    found: list[Person] = []
    for person in (*team.leaders, *team.members):
        user = person.telegram_id or next(unlisted)
        note = words.leader if user in leaders else words.member
        found.append(
            Person(
                user, person.name, note=note(voice, unit.name, team.name), started=user not in SHY
            )
        )
    return found


def _group(team: TeamFile, members: tuple[int, ...], above: tuple[int, ...]) -> Group:
    topics = (Topic(team.topic_id, team.name),) if team.topic_id else ()
    return Group(
        team.chat_id or 0,
        team.name,
        is_forum=bool(topics),
        topics=topics,
        members=(*members, *above),
        admins=(members[0], *above),
    )
