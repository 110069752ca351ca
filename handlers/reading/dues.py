"""When something is due, as people say it, Chinese or English.

A phrase is a day (`days`, `periods`, `dates`), a time of day (`clocks`), both, or so many hours
from now; with or without a marker: 前, 内, by. Unmarked it counts only at an edge of the text or
of a sentence, for 周三 in the middle is more often part of a name than a promise. Nothing counts
that 的 or a meeting follows (明天的会议, 周三例会). What has no time of day is due when the team's
day ends, or, if that is over today, at the last minute of today.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from handlers.reading import dates, days, periods
from handlers.reading.clocks import DAY_LONG, NOON, Clock, clock_at, duration_at
from handlers.reading.numerals import CHINESE_DIGITS
from handlers.reading.scenes import BEFORE, INSIDE, Form, Scene
from handlers.rules.calendar import DAY, Calendar
from handlers.rules.occurrences import midnight, occurrence

FORMS = (*days.FORMS, *periods.FORMS, *dates.FORMS)
MOST_TEXT = 2000  # characters; a due time further on is not looked for
LAST_MINUTE = time(23, 59)

# One character for one, so that places in the text stay what they are.
PLAINER = str.maketrans(
    "０１２３４５６７８９：／．週號後內點兩個時鐘禮這節", "0123456789:/.周号后内点两个时钟礼这节"
)

LEAD = re.compile(
    r"(?:(?P<weak>在|争取在?)|赶在|截[止至][到于]?(?:日期|时间)?:?|最[迟晚][在于]?|不[晚迟]于"
    r"|期限[为是]?:?|(?<![关对由属鉴等大小高低])于|(?:(?<=[延推改迟移])|^)[到至])\s*"
    r"|(?:by|before|until|till|no\s+later\s+than|due(?:\s+(?:by|on))?|deadline:?|on|at)\s+",
    re.IGNORECASE,
)
TRAIL = re.compile(
    rf"\s*(?:{BEFORE}|{INSIDE}|截止|为止|\s(?:at\s+the\s+)?latest\b)", re.IGNORECASE
)
TO_CLOCK = re.compile(r"\s*(?:,\s*)?(?:(?:at|by|before|around)\s+)?", re.IGNORECASE)
TO_DAY = re.compile(r"\s*(?:,\s*)?(?:on\s+)?", re.IGNORECASE)

LATIN = re.compile(r"[a-z0-9]", re.IGNORECASE)
POINTS = '，。,.;；:：!！?？、()（）【】[]"“”\n'
FILLER = re.compile(
    r"\s*(?:我们?|本人|请|大家|务必|一定|保证|承诺|计划|打算|准备|力争|确保|尽量|[会将要须需])*\s*"
)
ATTRIBUTE = re.compile(r"\s*(?:的|会议|例会|早会|班会)")
PART_OF_NUMBER = re.compile(r"[第年月.#a-z\d-]", re.IGNORECASE)  # 第5条, 每月5号, P3, 1-3号, 2.5
EDGE_SPACE = re.compile(r"^[\s，。,.;；:：、]+|[\s，,;；:：、]+$")


@dataclass(frozen=True)
class Due:
    """When something is due: the instant, in UTC, and the team's date of it.

    `timed` is whether a time of day was named; `span` is where the phrase, with its marker,
    stands in the text.
    """

    at: datetime
    day: date
    timed: bool
    span: tuple[int, int]


@dataclass(frozen=True)
class Phrase:
    """A due time found in a text. Strict: it needs a marker, or to be all there is."""

    due: Due
    marked: bool
    strict: bool


def read_due(text: str, now: datetime, calendar: Calendar) -> Due | None:
    """The due time that stands in `text`; None if there is none.

    A date of this year that is past is next year's; one with a year stays past, for the caller to
    refuse.
    """
    return Reading(text[:MOST_TEXT].translate(PLAINER), now, calendar).due()


def split_promise(text: str, now: datetime, calendar: Calendar) -> tuple[str, Due | None]:
    """What is promised, and by when: 周五前完成3号泵检修 is 完成3号泵检修, due on Friday."""
    due = read_due(text, now, calendar)
    if due is None:
        return text.strip(), None
    start, end = due.span
    before, after = EDGE_SPACE.sub("", text[:start]), EDGE_SPACE.sub("", text[end:])
    gap = " " if text[:start].endswith(" ") or text[end:].startswith(" ") else ""
    return (before + gap + after).strip(), due


@dataclass(frozen=True)
class Reading:
    """One text being read at one moment."""

    text: str
    now: datetime
    calendar: Calendar

    @property
    def today(self) -> date:
        """The team's date."""
        return self.calendar.today(self.now)

    def due(self) -> Due | None:
        """The first phrase with a marker, or else the first that stands apart."""
        phrases = list(self.phrases())
        marked = (phrase.due for phrase in phrases if phrase.marked)
        apart = (phrase.due for phrase in phrases if self.stands_apart(phrase))
        return next(marked, None) or next(apart, None)

    def phrases(self) -> Iterator[Phrase]:
        """Every phrase that might be a due time, from left to right, the longest of each."""
        start = 0
        while start < len(self.text):
            phrase = self.phrase_at(start)
            if phrase and not ATTRIBUTE.match(self.text, phrase.due.span[1]):
                yield phrase
            start = phrase.due.span[1] if phrase else start + 1

    def stands_apart(self, phrase: Phrase) -> bool:
        """Whether a phrase without a marker is at an edge, or, if strict, all there is."""
        start, end = phrase.due.span
        before, after = self.text[:start], self.text[end:]
        if phrase.strict:
            return not before.strip() and not after.strip(POINTS + " ")
        edges = tuple(POINTS if LATIN.match(self.text[start]) else POINTS + " ")
        begins = FILLER.fullmatch(before) is not None or before.endswith(edges)
        return begins or not after.strip() or after.startswith(edges)

    def phrase_at(self, start: int) -> Phrase | None:
        """The longest phrase that begins at `start`."""
        if not self.begins_word(start):
            return None
        lead = LEAD.match(self.text, start)
        begin = lead.end() if lead else start
        led = lead is not None and not lead["weak"]
        if not self.begins_word(begin):
            return None
        phrases = self.readings(start, begin, led=led)
        return max(phrases, key=lambda phrase: phrase.due.span[1], default=None)

    def readings(self, start: int, begin: int, *, led: bool) -> Iterator[Phrase]:
        """Each way to read on from `begin`: a duration, a day and a time, a time alone."""
        if duration := duration_at(self.text, begin):
            at = self.now.astimezone(UTC) + duration.length
            day = self.calendar.today(at)
            yield Phrase(Due(at, day, True, (start, duration.end)), marked=True, strict=False)
        first = clock_at(self.text, begin)
        if first:
            yield self.at_clock(first, start, led=led)
        for form in FORMS:
            if day_match := form.pattern.match(self.text, begin):
                then = clock_at(self.text, past(TO_CLOCK, self.text, day_match.end()))
                end = then.end if then else day_match.end()
                yield from self.on_day(form, day_match, then, (start, end), led=led)
            if first and (
                day_match := form.pattern.match(self.text, past(TO_DAY, self.text, first.end))
            ):
                span = (start, day_match.end())
                yield from self.on_day(form, day_match, first, span, led=led)

    def on_day(
        self,
        form: Form,
        match: re.Match[str],
        clock: Clock | None,
        span: tuple[int, int],
        *,
        led: bool,
    ) -> Iterator[Phrase]:
        """A day with or without a time; nothing if there is no such day."""
        start, end = span
        close = past(TRAIL, self.text, end)
        before = "前" in self.text[end:close]
        scene = Scene(
            self.today, self.calendar, before, lambda day: self.instant(day, clock) > self.now
        )
        if (day := form.read(match, scene)) is None:
            return
        timed = clock is not None and clock.minutes is not None
        due = Due(self.deadline(day, clock), day, timed, (start, close))
        yield Phrase(due, marked=led or close > end or form.marked, strict=form.strict)

    def at_clock(self, clock: Clock, start: int, *, led: bool) -> Phrase:
        """A time alone: today's, or tomorrow's if that is past."""
        close = past(TRAIL, self.text, clock.end)
        today, timed = self.today, clock.minutes is not None
        past_today = timed and self.deadline(today, clock) <= self.now
        day = today + DAY if past_today else today
        due = Due(self.deadline(day, clock), day, timed, (start, close))
        strict = clock.bare or not clock.exact
        return Phrase(due, marked=led or close > clock.end, strict=strict)

    def deadline(self, day: date, clock: Clock | None) -> datetime:
        """The instant meant, in UTC: of today's, one that is still to come where words allow."""
        at = self.instant(day, clock)
        if day != self.today or at > self.now:
            return at
        if clock is None or clock.minutes is None:
            return occurrence(day, LAST_MINUTE, self.calendar.zone)
        if clock.bare and clock.minutes < NOON:
            later = self.instant(day, replace(clock, minutes=clock.minutes + NOON))
            return later if later > self.now else at
        return at

    def instant(self, day: date, clock: Clock | None) -> datetime:
        """The time on that day, in UTC, as it was said."""
        zone = self.calendar.zone
        if clock is None or clock.minutes is None:
            return occurrence(day, self.calendar.ends, zone)
        if clock.minutes == DAY_LONG:
            return midnight(day + DAY, zone)
        return occurrence(day, time(clock.minutes // 60, clock.minutes % 60), zone)

    def begins_word(self, start: int) -> bool:
        """Whether a word or number may begin here: not in Friday's middle, not the 5 of 第5条."""
        char, before = self.text[start : start + 1], self.text[start - 1 : start] if start else ""
        if char in CHINESE_DIGITS:
            return not before or before not in CHINESE_DIGITS + "第年月"
        return not (LATIN.match(char) and PART_OF_NUMBER.match(before))


def past(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where `pattern` ends if it matches at `start`, else `start`."""
    match = pattern.match(text, start)
    return match.end() if match else start
