"""What we say to the owner of the installation."""

from datetime import date

from handlers.words.message import Message
from handlers.words.troubles import reason
from handlers.words.voice import Voice


def troubled(voice: Voice, team: str, trouble: str) -> Message:
    """A team's group takes no messages."""
    return Message(voice("owner.troubled", team=team, trouble=reason(voice, trouble)))


def missed(voice: Voice, team: str, day: date) -> Message:
    """A card was not sent, because by the time we could it was too late."""
    return Message(voice("owner.missed", team=team, day=voice.day(day)))


def empty(voice: Voice, team: str, day: date) -> Message:
    """There was no bite to send."""
    return Message(voice("owner.empty", team=team, day=voice.day(day)))
