"""A year's national days in a file: holidays, and the weekend days that are worked instead."""

from dataclasses import dataclass
from datetime import date

from handlers.reading.documents import read_document
from handlers.reading.faults import Fault, Faults
from handlers.reading.forms import Form
from handlers.reading.plans import Judged, listed_days
from handlers.reading.raw import Record
from handlers.rules.calendar import SATURDAY

FIELDS = ("year", "off", "work", "source")
YEARS = range(2000, 2100)
SURE = ((1, 1), (5, 1), (10, 1))  # days off in every year's notice
EVE = (12, 25)  # from here on a notice may speak of the December before its year


@dataclass(frozen=True)
class CalendarFile:
    """What the notice for a year says."""

    year: int
    off: tuple[date, ...]
    work: tuple[date, ...]
    source: str


def read_calendar(name: str, data: bytes) -> CalendarFile:
    """The national days in a YAML file called `name`. Raises Faults, all at once."""
    raw = read_document(name, data)
    if not isinstance(raw, Record):
        raise Faults([Fault(raw.place, "fault.not_record", {"field": "year"})])
    faults: list[Fault] = []
    form = Form(raw, FIELDS, faults)
    year = form.integer("year")
    if year is not None and year not in YEARS:
        form.fault("year", "fault.calendar_no_year", written=year)
        year = None

    def in_year(day: date) -> Judged:
        before = year is not None and day.year == year - 1 and (day.month, day.day) >= EVE
        if year is None or day.year == year or before:
            return None
        return "fault.calendar_year", {"written": str(day), "year": year}

    def at_weekend(day: date) -> Judged:
        if day.weekday() < SATURDAY:
            return "fault.calendar_weekday", {"written": str(day)}
        return in_year(day)

    if form.given("off") is None:
        form.fault("off", "fault.missing")
    off = listed_days(form, "off", judge=in_year)
    work = listed_days(form, "work", judge=at_weekend)
    if both := sorted(set(off) & set(work)):
        form.fault("work", "fault.off_and_work", written=str(both[0]))
    if year is not None and off:
        days = [date(year, month, day) for month, day in SURE]
        if missing := [str(day) for day in days if day not in off]:
            form.fault("off", "fault.calendar_missing", days=", ".join(missing))
    source = form.text("source", most=200, needed=False)
    if faults or year is None:
        raise Faults(faults)
    return CalendarFile(year, off, work, source)
