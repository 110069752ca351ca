"""Short answers that belong to no one matter."""

from collections.abc import Sequence
from html import escape

from handlers.words.message import Button, Message
from handlers.words.voice import Html, Voice
from storage.tables import Chat, Team

MOST = 20  # teams named in a line
SUPERGROUPS = -1_000_000_000_000  # less the number of a supergroup in addresses is its id


def line(text: str) -> Message:
    """A sentence by itself."""
    return Message(Html(escape(text, quote=False)))


def denied(voice: Voice) -> str:
    """You may not do that."""
    return voice.plain("denied")


def gone(voice: Voice) -> str:
    """What the button was about is not there, or is none of yours."""
    return voice.plain("gone")


def both(voice: Voice, first: str, second: str) -> str:
    """Two sentences in the one line that a tap is answered with."""
    return voice.plain("format.both", first=first, second=second) if first and second else first


def stranger(voice: Voice) -> str:
    """You have no place in this team yet."""
    return voice.plain("stranger")


def unattached(voice: Voice) -> str:
    """This chat belongs to no team yet."""
    return voice.plain("unattached")


def elsewhere(voice: Voice, chat: Chat, teams: Sequence[Team]) -> Message:
    """No team meets in this topic of the group: in which some do, and the way there."""
    shown = [
        voice(
            "topics.link", chat=SUPERGROUPS - chat.telegram_id, topic=team.topic_id, team=team.name
        )
        for team in teams[:MOST]
    ]
    names = Html(voice("format.comma").join(shown))
    if len(teams) > MOST:
        names = voice("topics.more", teams=names, count=len(teams))
    return Message(voice("topics.elsewhere", teams=names))


def in_topics(voice: Voice) -> str:
    """The same to who taps: the button belongs to no team's topic."""
    return voice.plain("topics.tapped")


def unknown(voice: Voice) -> Message:
    """That was not understood, and where to look."""
    return Message(voice("unknown"))


def as_yourself(voice: Voice) -> Message:
    """Who speaks as the group or as a channel has no rights that we could know."""
    return Message(voice("as_yourself"))


def open_private(voice: Voice, link: str) -> Message:
    """What you asked for is for you alone: the way to where it can be said."""
    return Message(voice("open_private"), ((Button(voice.plain("button.private"), url=link),),))
