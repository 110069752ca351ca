"""What the buttons of a week's page carry."""

from dataclasses import dataclass
from datetime import date

from handlers.taps import Tap


@dataclass(frozen=True)
class WeekTap(Tap):
    """Show the week that begins on that Monday: of a team, of a unit, or (0, 0) of all mine.

    `page` of the teams, counted from 0.
    """

    prefix = "wk"
    team: int
    unit: int
    monday: date
    page: int = 0


@dataclass(frozen=True)
class OwnWeekTap(Tap):
    """Show my own week that begins on that Monday."""

    prefix = "wo"
    monday: date


@dataclass(frozen=True)
class WeekWishTap(Tap):
    """I want my own week when it ends (1), or do not any more (0)."""

    prefix = "wh"
    on: int
    monday: date


@dataclass(frozen=True)
class WeekUnitsTap(Tap):
    """Of which of my units is the time to be changed? A page of them."""

    prefix = "wp"
    page: int


@dataclass(frozen=True)
class WeekTimeTap(Tap):
    """When does the page of this unit come?"""

    prefix = "wt"
    unit: int


@dataclass(frozen=True)
class WeekChoiceTap(Tap):
    """It is to come then. `weekday`: Monday is 0, 7 the last workday; `hour` 24: never unasked."""

    prefix = "wc"
    unit: int
    weekday: int
    hour: int
