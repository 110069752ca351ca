"""The card of a morning as it stands now: posted by the clock, edited as it changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY, Calendar, notices
from handlers.rules.occurrences import midnight
from handlers.words import commitments as promises
from handlers.words import media as media_words
from handlers.words import study as words
from handlers.words.message import SEND, Message
from handlers.words.parts import CAPTION
from handlers.words.voice import Voice
from storage import calendars, checkins, media, pending, plans, pleas, study, switches
from storage.database import Session
from storage.kinds import Media, Switch
from storage.study import Lesson
from storage.tables import Outgoing

PREFIX = "card"
BESIDE = "card-media"  # a picture or file that goes before a card which does not fit beneath it


def key(morning_id: int) -> str:
    """The name of a morning's card among the messages that stand."""
    return f"{PREFIX}:{morning_id}"


async def owed(
    session: Session, morning_ids: Collection[int], now: datetime
) -> dict[int, Sequence[tuple[str, Message]]]:
    """By morning: its card under its key; before it what its bite shows, if one cannot do both."""
    lessons = await study.lessons(session, morning_ids)
    cards = await _rendered(session, lessons, {}, now)
    shown = await media.of_all(session, [lesson.bite for lesson in lessons.values()])
    found: dict[int, Sequence[tuple[str, Message]]] = {}
    for morning, lesson in lessons.items():
        *before, last = media_words.shown(cards[morning], shown.get(lesson.bite.id))
        beside = [(f"{BESIDE}:{morning}", message) for message in before]
        found[morning] = [*beside, (key(morning), last)]
    return found


async def again(
    session: Session, standing: Sequence[Outgoing], now: datetime
) -> Mapping[str, Message]:
    """By key: the cards as they are now: texts, or what stands beneath a picture."""
    kinds = {method: kind for kind, method in SEND.items()}
    mornings = {int(one.key.removeprefix(f"{PREFIX}:")): one for one in standing}
    below = {
        morning: kinds[one.method] for morning, one in mornings.items() if one.method in kinds
    }
    cards = await _rendered(session, await study.lessons(session, mornings), below, now)
    return {mornings[morning].key: card for morning, card in cards.items()}


async def _rendered(
    session: Session, lessons: Mapping[int, Lesson], below: Mapping[int, Media], now: datetime
) -> dict[int, Message]:
    """By morning: the card with its counter, and the team's promises that were due by that day.

    `below`: those that stand beneath a picture or file, and so may not be as long. As many queries
    for all of them as for one.
    """
    if not lessons:
        return {}
    tallies = await checkins.tallies(session, lessons)
    ends = {morning: _end(lesson) for morning, lesson in lessons.items()}
    teams = {lesson.team.id for lesson in lessons.values()}
    owed = await pending.due(session, teams, max(ends.values()))
    asked = await pleas.by_ids(session, [row.id for some in owed.values() for row, _ in some])
    awaited = await _awaited(session, list(lessons.values()))
    nameless = await switches.on(session, teams, Switch.NAMELESS)
    missing = await _missing(session, list(lessons.values()), nameless)
    cards = {}
    for morning, lesson in lessons.items():
        voice, zone = Voice(lesson.team.locale), ZoneInfo(lesson.team.timezone)
        due = [(row, who) for row, who in owed[lesson.team.id] if row.due_at < ends[morning]]
        card = words.card(
            voice,
            lesson,
            tallies[morning],
            due=promises.due_lines(
                voice, due, zone, now, pleas=asked, names=lesson.team.id not in nameless
            ),
            awaited=awaited.get(morning),
            most=CAPTION if morning in below else None,
            missing=missing.get(morning, ()),
        )
        cards[morning] = replace(card, media=below.get(morning))
    return cards


async def _missing(
    session: Session, lessons: Sequence[Lesson], nameless: Collection[int]
) -> Mapping[int, Sequence[str]]:
    """By morning that is closed: who has not studied, where the team has names switched on."""
    closed = [lesson for lesson in lessons if lesson.morning.closed_at]
    teams = {lesson.team.id for lesson in closed} - set(nameless)
    named = await switches.on(session, teams, Switch.NAMES)
    if not named:
        return {}
    mornings = [lesson.morning.id for lesson in closed if lesson.team.id in named]
    return {
        morning: [p.name for p in people if p.telegram_id and not p.at and not p.reason]
        for morning, people in (await checkins.presences(session, mornings)).items()
    }


def _end(lesson: Lesson) -> datetime:
    return midnight(lesson.morning.day + DAY, ZoneInfo(lesson.team.timezone))


async def _awaited(session: Session, lessons: Sequence[Lesson]) -> dict[int, int]:
    """By morning: the year whose calendar, not known yet, may still change that it is one."""
    unsure = [
        lesson
        for lesson in lessons
        if lesson.days in ("", "workdays")
        and Calendar(ZoneInfo(lesson.team.timezone)).awaited(lesson.morning.day)
    ]
    if not unsure:
        return {}
    days = [lesson.morning.day for lesson in unsure]
    known = notices(await calendars.told(session, min(days).year))
    own = await plans.own_days(session, [one.team.id for one in unsure], min(days), max(days))
    found = {}
    for lesson in unsure:
        day = lesson.morning.day
        year = Calendar(ZoneInfo(lesson.team.timezone), notices=known).awaited(day)
        if year and day not in own.get(lesson.team.id, {}):
            found[lesson.morning.id] = year
    return found
