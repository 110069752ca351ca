"""The card of a morning as it stands now: posted by the clock, edited as it changes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY, Calendar, notices
from handlers.rules.occurrences import midnight
from handlers.words import commitments as promises
from handlers.words import study as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import calendars, checkins, commitments, plans, study
from storage.database import Session
from storage.study import Lesson
from storage.tables import Outgoing

PREFIX = "card"


def key(morning_id: int) -> str:
    """The name of a morning's card among the messages that stand."""
    return f"{PREFIX}:{morning_id}"


async def render(session: Session, morning_id: int, now: datetime) -> Message | None:
    """The card with its counter, and the team's promises that were due by that day."""
    return (await render_all(session, [morning_id], now)).get(morning_id)


async def render_all(
    session: Session, morning_ids: Collection[int], now: datetime
) -> dict[int, Message]:
    """By morning: its card; all that they need is asked at once."""
    lessons = await study.lessons(session, morning_ids)
    ends = {
        lesson.team.id: midnight(lesson.morning.day + DAY, ZoneInfo(lesson.team.timezone))
        for lesson in lessons.values()
    }
    due = await commitments.due_of_teams(session, ends)
    tallies = await checkins.tallies(session, list(lessons))
    awaited = await _awaited(session, list(lessons.values()))
    cards = {}
    for morning_id, lesson in lessons.items():
        voice, zone = Voice(lesson.team.locale), ZoneInfo(lesson.team.timezone)
        cards[morning_id] = words.card(
            voice,
            lesson,
            tallies[morning_id],
            due=promises.due_lines(voice, due[lesson.team.id], zone, now),
            awaited=awaited.get(morning_id),
        )
    return cards


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


async def again(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """The same, for the message that shows it."""
    return await render(session, int(outgoing.key.removeprefix(f"{PREFIX}:")), now)
