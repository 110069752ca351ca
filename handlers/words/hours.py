"""What we say of the hour at which a team's working day ends."""

from datetime import time

from handlers.rules.calendar import ENDS
from handlers.taps.plans import HoursTap, HourTap, PlanWeekTap
from handlers.words.message import Button, Message, Rows
from handlers.words.voice import Voice
from storage.tables import Team

MINUTES = range(15 * 60, 23 * 60, 30)  # of the day: the hours that can be chosen
WIDE = 4  # of them beside each other


def hours(voice: Voice, team: Team) -> Message:
    """When its day ends, and the hours that there are."""
    now = _ends(team)
    buttons = [
        Button(
            voice.plain("hour.chosen" if hour == now else "hour.offered", at=f"{hour:%H:%M}"),
            HourTap(team.id, minutes),
        )
        for minutes in MINUTES
        if (hour := time(*divmod(minutes, 60)))
    ]
    rows: Rows = tuple(tuple(buttons[n : n + WIDE]) for n in range(0, len(buttons), WIDE))
    back = Button(voice.plain("plan.back"), PlanWeekTap(team.id))
    return Message(voice("hour.head", team=team.name, at=f"{now:%H:%M}"), (*rows, (back,)))


def ends(voice: Voice, team: Team) -> str:
    """It ends then, from now on."""
    return voice.plain("hour.ends", at=f"{_ends(team):%H:%M}")


def button(voice: Voice, team_id: int, at: time | None) -> Button:
    """The way there; `at`: the team's own hour."""
    return Button(voice.plain("hour.button", at=f"{at or ENDS:%H:%M}"), HoursTap(team_id))


def _ends(team: Team) -> time:
    return team.work_ends or ENDS
