"""What the buttons of a team's switches carry."""

from dataclasses import dataclass

from handlers.taps import Tap
from storage.kinds import Switch


@dataclass(frozen=True)
class SwitchTeamsTap(Tap):
    """A page of my teams, to choose whose switches I mean."""

    prefix = "sp"
    page: int


@dataclass(frozen=True)
class SwitchesTap(Tap):
    """How do this team's switches stand?"""

    prefix = "ss"
    team: int


@dataclass(frozen=True)
class SwitchTap(Tap):
    """Turn this one on (1) or off (0). `sure`: the second question was answered (1)."""

    prefix = "st"
    team: int
    switch: Switch
    on: int
    sure: int
