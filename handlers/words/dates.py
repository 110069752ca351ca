"""Days on buttons: a small calendar to choose one from, and the words for those that are near."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from babel.dates import format_date

from handlers.rules.calendar import Calendar
from handlers.rules.dues import Offer, Until, may_move, weeks
from handlers.taps import Tap
from handlers.words.message import Button, Rows
from handlers.words.voice import Voice

WIDE = 26  # columns of a phone that the buttons of a row share


def days(
    voice: Voice,
    calendar: Calendar,
    now: datetime,
    choose: Callable[[date], Tap],
    here: Tap,
    back: Tap,
) -> Rows:
    """The next four weeks, seven days a row from Monday on, days off marked; and a way back.

    `here` is what the names of the weekdays do: nothing new. A day that is over is refused where
    it is tapped.
    """
    shown = weeks(calendar.today(now))
    names = tuple(
        Button(str(format_date(day, "EEEEE", locale=voice.locale)), here) for day in shown[0]
    )
    rows = [
        tuple(Button(_day(voice, day, calendar, now), choose(day)) for day in week)
        for week in shown
    ]
    return (names, *rows, (Button(voice.plain("commitment.back"), back),))


def _day(voice: Voice, day: date, calendar: Calendar, now: datetime) -> str:
    if not may_move(day, now, calendar):
        return voice.plain("commitment.day_over")
    name = f"{day.month}/{day.day}" if day.day == 1 else str(day.day)
    return name if calendar.works(day) else voice.plain("commitment.day_off", day=name)


def until(voice: Voice, offer: Offer, today: date) -> str:
    """The word for a day on a button: 明天, 周五, 下周一, 月底; a date where no word is sure."""
    if offer.until is Until.MONTH_END:
        return voice.plain("commitment.month_end")
    if offer.day == today + timedelta(days=1):
        return voice.plain("commitment.tomorrow")
    if offer.until is Until.THREE_DAYS:
        return voice.plain("commitment.three_days")
    weekday = format_date(offer.day, "EEE", locale=voice.locale)
    ahead = (_monday(offer.day) - _monday(today)).days // 7
    if ahead > 1:
        return voice.day(offer.day)
    return voice.plain("commitment.next_week", day=weekday) if ahead else str(weekday)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def fitting(buttons: Sequence[Button]) -> Rows:
    """Buttons in one row where a phone has room for their words, else in two."""
    if sum(columns(button.label) for button in buttons) <= WIDE:
        return (tuple(buttons),) if buttons else ()
    half = (len(buttons) + 1) // 2
    return (tuple(buttons[:half]), tuple(buttons[half:]))


def beside(text: str, limit: int) -> str:
    """A text for a button that shares its row: so many columns of it at most."""
    if columns(text) <= limit:
        return text
    while columns(text) >= limit:
        text = text[:-1]
    return f"{text}…"


def columns(text: str) -> int:
    """How wide a text is on a phone: a Chinese character is two columns."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)
