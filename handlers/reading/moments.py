"""A moment and nothing else, as people write it: 明天早上8点, 周五 14:30, in two hours."""

import re
from dataclasses import dataclass
from datetime import datetime

from handlers.reading.dues import read_due
from handlers.reading.plain import line
from handlers.rules.calendar import Calendar

LONGEST = 60  # characters; more are words of another matter
BESIDE = re.compile(
    r"(?:请|就|在|定时|改[到成为]?|发送|发布|发出|发|群?公告|截[止至]|回执|之?前|的时候|吧|了"
    r"|send|please|it|at|on|until|by|[\s,，。.:：；;、!！])*",
    re.IGNORECASE,
)
NEVER = re.compile(
    r"(?:不限|不截止|没有截止|不定时|马上发?|现在发?|立即发?|no|none|never|now)[\s。.!！]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Moment:
    """A moment; `timed`: a time of day was said, else it is the end of the working day."""

    at: datetime
    timed: bool


def read_moment(text: str, now: datetime, calendar: Calendar) -> Moment | None:
    """The moment that a line is; None where it says anything else as well."""
    said = line(text)
    if len(said) > LONGEST or (due := read_due(said, now, calendar)) is None:
        return None
    start, end = due.span
    rest = said[:start] + " " + said[end:]
    return Moment(due.at, due.timed) if BESIDE.fullmatch(rest) else None


def says_never(text: str) -> bool:
    """Whether a line says that there is to be no such moment."""
    return NEVER.fullmatch(line(text)) is not None
