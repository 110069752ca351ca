"""What we say of one person's record, to themselves or to who leads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.reading.spans import Span
from handlers.rules.calendar import Calendar
from handlers.rules.dues import lag
from handlers.rules.streaks import Unbroken
from handlers.words.commitments import LISTED, standing
from handlers.words.message import Message
from handlers.words.parts import short
from handlers.words.questions import named
from handlers.words.voice import Html, Voice
from storage.attendance import Attended
from storage.kinds import Plea
from storage.tables import Commitment

MISSED = 8  # days that are named
LONGEST = 15  # promises in a list


@dataclass(frozen=True)
class Who:
    """Of whom an answer speaks, and in which team."""

    name: str
    team: str
    mine: bool


def checkins(
    voice: Voice,
    who: Who,
    days: Span,
    rows: Sequence[Attended],
    zone: ZoneInfo,
    now: datetime,
    *,
    today: date | None,
    one_day: bool,
) -> Message:
    """How somebody's mornings of these days went; with `today`, how today stands before that.

    `one_day`: no more was asked of.
    """
    lines = [_head(voice, "answer.checkins", who)]
    if today is not None:
        last = rows[-1] if rows and rows[-1].day == today else None
        lines.append(_day(voice, today, last, zone, now))
    if one_day:
        if today is None:
            lines.append(_day(voice, days.first, rows[0] if rows else None, zone, now))
        return Message(Html("\n".join(lines)))
    done = sum(one.at is not None for one in rows)
    away = sum(one.away and one.at is None for one in rows)
    named_days = named(voice, days, now.astimezone(zone).date())
    lines.append(
        voice("answer.done", days=named_days, done=done, expected=len(rows) - away, away=away)
    )
    missed = [one.day for one in rows if one.at is None and not one.away and one.closes_at <= now]
    if missed:
        shown = voice.plain("format.comma").join(map(voice.day, missed[-MISSED:]))
        key = "answer.missed_last" if len(missed) > MISSED else "answer.missed"
        lines.append(voice(key, days=shown, count=len(missed)))
    return Message(Html("\n".join(lines)))


def _day(voice: Voice, day: date, row: Attended | None, zone: ZoneInfo, now: datetime) -> Html:
    said = voice.day(day)
    if row is None:
        return voice("answer.no_morning", day=said)
    if row.at is not None:
        at = voice.moment(row.at, zone)
        if row.at.astimezone(zone).date() != day:
            return voice("answer.made_up", day=said, on=voice.day(row.at.astimezone(zone).date()))
        late = row.at > row.closes_at
        return voice("answer.studied_late" if late else "answer.studied", day=said, at=at)
    if row.away:
        return voice("answer.excused", day=said)
    return voice("answer.open" if now < row.closes_at else "answer.not_studied", day=said)


def streak(voice: Voice, who: Who, found: Unbroken) -> Message:
    """How many mornings in a row, from when to when, and how many of them were excused."""
    head = _head(voice, "answer.streak", who)
    if found.first is None or found.last is None:
        if found.broken is None:
            return Message(Html(f"{head}\n{voice('answer.no_mornings')}"))
        said = voice("answer.no_streak", day=voice.day(found.broken))
        return Message(Html(f"{head}\n{said}"))
    days = named(voice, Span(found.first, found.last), found.last)
    row = voice("answer.in_a_row", count=found.count, days=days, away=found.away)
    return Message(Html(f"{head}\n{row}"))


def promises(
    voice: Voice,
    who: Who,
    rows: Sequence[Commitment],
    span: Span | None,
    calendar: Calendar,
    now: datetime,
    pleas: Mapping[int, Plea],
    *,
    overdue: bool,
) -> Message:
    """What somebody has open; with `span`, what of it falls due then."""
    today = calendar.today(now)
    late = sum(row.due_at < now for row in rows)
    if overdue and span is None:
        said = voice("answer.overdue_now", day=voice.day(today), count=len(rows))
    elif span is None:
        said = voice("answer.open_now", day=voice.day(today), count=len(rows), overdue=late)
    else:
        days = named(voice, span, today)
        said = voice("answer.due_in", days=days, count=len(rows), overdue=late)
    lines = [_head(voice, "answer.promises", who), said]
    for row in rows[:LONGEST]:
        line = voice(
            "commitment.mine_line",
            number=row.number,
            text=short(row.text, LISTED),
            due=standing(voice, row, calendar, now),
        )
        colour = lag(row.due_at, now, calendar, pleas.get(row.id))
        lines.append(Html(f"{voice(f'commitment.mark_{colour}')} {line}"))
    if len(rows) > LONGEST:
        lines.append(voice("commitment.rest", n=len(rows) - LONGEST))
    return Message(Html("\n".join(lines)))


def _head(voice: Voice, key: str, who: Who) -> Html:
    name = voice.plain("answer.you") if who.mine else who.name
    return voice(key, name=name, team=who.team)
