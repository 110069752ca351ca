"""What the buttons of a team's plan carry."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handlers.taps import READERS, Tap


class PlanAct(StrEnum):
    """What can be asked of a team's plan."""

    SHOW = "show"
    SKIP = "skip"  # the next bite
    AGAIN = "again"  # the last one once more
    START = "start"  # at another bite
    PAUSE = "pause"
    RESUME = "resume"
    OFF = "off"  # days off
    WORK = "work"  # days worked
    USUAL = "usual"  # days as the calendar has them


READERS[PlanAct] = PlanAct


@dataclass(frozen=True)
class PlanWeekTap(Tap):
    """What comes to this team?"""

    prefix = "pw"
    team: int


@dataclass(frozen=True)
class PlanTeamsTap(Tap):
    """A page of my teams, to choose for whom that is to be."""

    prefix = "pt"
    page: int
    act: PlanAct
    first: date | None = None
    last: date | None = None
    bite: int = 0


@dataclass(frozen=True)
class PlanActTap(Tap):
    """Do that with this team's plan. `bite`: with this one, where it is still the one meant."""

    prefix = "pa"
    team: int
    act: PlanAct
    first: date | None = None
    last: date | None = None
    bite: int = 0


@dataclass(frozen=True)
class PlanUnitTap(Tap):
    """That goes for this unit and all below it."""

    prefix = "pu"
    unit: int
    act: PlanAct
    first: date
    last: date


@dataclass(frozen=True)
class PlanPauseTap(Tap):
    """From when to when can this team pause?"""

    prefix = "pp"
    team: int


@dataclass(frozen=True)
class PlanBitesTap(Tap):
    """A page of the bites of one of this team's packs, by its place among them; -1: the packs."""

    prefix = "pb"
    team: int
    place: int
    page: int = 0


@dataclass(frozen=True)
class CoursesTap(Tap):
    """A page of the packs that this team walks, or could."""

    prefix = "pd"
    team: int
    page: int = 0


class Wish(StrEnum):
    """Whether something is to be there."""

    WITH = "with"
    WITHOUT = "without"


READERS[Wish] = Wish


@dataclass(frozen=True)
class CourseTap(Tap):
    """Let this team walk this pack too, after the others; or no longer."""

    prefix = "pe"
    team: int
    course: int
    wish: Wish
    page: int = 0


@dataclass(frozen=True)
class HoursTap(Tap):
    """When does this team's working day end?"""

    prefix = "ph"
    team: int


@dataclass(frozen=True)
class HourTap(Tap):
    """It ends then: so many minutes after midnight."""

    prefix = "pj"
    team: int
    minutes: int
