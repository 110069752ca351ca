"""What we say to those who are missing, before the check-in closes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.rules.nudges import minutes_left
from handlers.taps.cards import StudiedTap
from handlers.taps.tutorials import HushTap
from handlers.words.message import Button, Message
from handlers.words.voice import Voice
from storage.tables import Morning


def nudge(
    voice: Voice, team: str, title: str, morning: Morning, zone: ZoneInfo, now: datetime
) -> Message:
    """You are still missing, there is that much time, and one tap does it."""
    closes = voice.moment(morning.closes_at, zone)
    left = minutes_left(morning.closes_at, now)
    buttons = (
        Button(voice.plain("button.studied"), StudiedTap(morning.id)),
        Button(voice.plain("nudge.button_hush"), HushTap(morning.id)),
    )
    text = voice("nudge.missing", team=team, title=title, closes=closes, n=left)
    return Message(text, (buttons,))


def studied(voice: Voice, team: str, morning: Morning, at: datetime, zone: ZoneInfo) -> Message:
    """The same message, once you have checked in."""
    day, moment = voice.day(morning.day), voice.moment(at, zone)
    return Message(voice("nudge.studied", team=team, day=day, at=moment))


def hush(voice: Voice) -> str:
    """We are silent for today."""
    return voice.plain("nudge.hush")


def hushed(voice: Voice, team: str, morning: Morning, zone: ZoneInfo) -> Message:
    """The nudge of somebody who wants no more of them today: the check-in is still there."""
    closes = voice.moment(morning.closes_at, zone)
    button = Button(voice.plain("button.studied"), StudiedTap(morning.id))
    return Message(voice("nudge.hushed", team=team, closes=closes), ((button,),))
