"""What we say to the owner of the installation."""

from collections.abc import Sequence
from datetime import date

from handlers.words.message import Message
from handlers.words.troubles import reason, remedy
from handlers.words.voice import Voice


def troubled(voice: Voice, teams: Sequence[str], trouble: str) -> Message:
    """The group of some teams, or the topic of one, takes no messages; and how to mend it."""
    names = voice.plain("format.comma").join(teams)
    why, how = reason(voice, trouble), remedy(voice, trouble)
    return Message(voice("owner.troubled", team=names, trouble=why, remedy=how))


def missed(voice: Voice, team: str, day: date) -> Message:
    """A card was not sent, because by the time we could it was too late."""
    return Message(voice("owner.missed", team=team, day=voice.day(day)))


def empty(voice: Voice, team: str, day: date) -> Message:
    """There was no bite to send."""
    return Message(voice("owner.empty", team=team, day=voice.day(day)))
