"""What we say where a message is turned into a commitment."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from handlers.taps.commitments import TodoTap
from handlers.words.message import Button, Message
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.commitments import Promise
from storage.tables import Commitment, Todo

NAME = 16  # characters of a name on a button
SAID = 40  # characters of what could not be read


def usage(voice: Voice) -> Message:
    """How to turn a message."""
    return Message(voice("todo.usage"))


def in_group(voice: Voice) -> str:
    """That is done in a group."""
    return voice.plain("todo.in_group")


def ours(voice: Voice) -> str:
    """A message of ours promises nothing."""
    return voice.plain("todo.ours")


def wordless(voice: Voice) -> str:
    """There is nothing in it to promise."""
    return voice.plain("todo.wordless")


def unread(voice: Voice, said: str) -> Message:
    """What was said behind the command is no date."""
    return Message(voice("todo.unread", said=short(said, SAID)))


def nobody(voice: Voice) -> str:
    """Neither who asks nor who wrote it has a place in the team."""
    return voice.plain("todo.nobody")


def not_asked(voice: Voice) -> str:
    """Somebody else turned it."""
    return voice.plain("todo.not_asked")


def late(voice: Voice) -> str:
    """The time that was named is over."""
    return voice.plain("todo.late")


def already(voice: Voice, commitment: Commitment) -> str:
    """It was turned before."""
    return voice.plain("todo.already", number=commitment.number)


def made(voice: Voice, what: Promise) -> str:
    """It is somebody's commitment now."""
    return voice.plain("todo.made", number=what.commitment.number, name=what.owner.name)


def whose(
    voice: Voice, todo: Todo, author: str, zone: ZoneInfo, now: datetime, *, mine: bool
) -> Message:
    """Who is to do it? `mine`: whoever asks can."""
    lines = [Html(escape(todo.text, quote=False))]
    if todo.due_at is not None:
        lines.append(voice("commitment.due", when=voice.when(todo.due_at, zone, now)))
    lines.append(voice("todo.whose"))
    own = (Button(voice.plain("todo.mine"), TodoTap(todo.id, 1)),)
    theirs = (Button(voice.plain("todo.author", name=short(author, NAME)), TodoTap(todo.id, 0)),)
    return Message(Html("\n".join(lines)), ((*(own if mine else ()), *theirs),))


def told(voice: Voice, name: str, below: Message) -> Html:
    """To its owner: who recorded it, above the commitment itself."""
    return Html(f"{voice('todo.told', name=name)}\n\n{below.html}")
