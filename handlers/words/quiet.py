"""What we say of when we are silent."""

from datetime import date, time, timedelta

from handlers.rules.quiet import USUAL, Hours
from handlers.taps.tutorials import PauseTap, QuietTap
from handlers.words.message import Button, Message, Rows
from handlers.words.voice import Html, Voice

CHOICES = (
    Hours(*USUAL),
    Hours(time(21), time(7)),
    Hours(time(22), time(6, 30)),
    Hours(time(0), time(0)),
)


def shown(voice: Voice, hours: Hours, until: date | None, today: date) -> Message:
    """How it stands: the hours, the pause, and the usual choices."""
    if hours.none:
        line = voice("quiet.no_hours")
    else:
        line = voice("quiet.hours", hours=_span(voice, hours))
    lines = [voice("quiet.head"), line]
    if until is not None:
        lines.append(voice("quiet.paused", day=voice.day(until)))
    lines.append(voice("quiet.ways"))
    return Message(Html("\n".join(lines)), _buttons(voice, hours, until, today))


def how(voice: Voice) -> Message:
    """That was not understood: what can be said."""
    return Message(voice("quiet.how"))


def bad_day(voice: Voice, day: date) -> str:
    """A pause cannot end on that day."""
    return voice.plain("quiet.bad_day", day=f"{day:%Y-%m-%d}")


def kept(voice: Voice) -> str:
    """It is as you wish."""
    return voice.plain("quiet.kept")


def _buttons(voice: Voice, hours: Hours, until: date | None, today: date) -> Rows:
    choices = []
    for choice in CHOICES:
        label = voice.plain("quiet.none") if choice.none else _span(voice, choice)
        if choice == hours or (choice.none and hours.none):
            label = voice.plain("quiet.chosen", choice=label)
        choices.append(Button(label, QuietTap(_minutes(choice.start), _minutes(choice.end))))
    tomorrow = today + timedelta(days=1)
    monday = today + timedelta(days=7 - today.weekday())
    pauses = [Button(voice.plain("quiet.until_tomorrow"), PauseTap(tomorrow))]
    if monday != tomorrow:
        pauses.append(Button(voice.plain("quiet.until_monday"), PauseTap(monday)))
    rows = (tuple(choices[:2]), tuple(choices[2:]), tuple(pauses))
    if until is None:
        return rows
    return (*rows, (Button(voice.plain("quiet.resume"), PauseTap(None)),))


def _span(voice: Voice, hours: Hours) -> str:
    return voice.plain("quiet.span", start=f"{hours.start:%H:%M}", end=f"{hours.end:%H:%M}")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
