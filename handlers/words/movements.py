"""What we say to those who come into a group."""

from collections.abc import Sequence

from handlers.words.message import Message
from handlers.words.team import enrolment
from handlers.words.voice import Voice
from storage.tables import Team


def welcome(voice: Voice, teams: Sequence[Team]) -> Message:
    """Whoever came: 报到 gives you a place."""
    names = voice.plain("format.comma").join(team.name for team in teams)
    return Message(voice("movement.welcome", team=names), enrolment(voice, teams), silent=True)
