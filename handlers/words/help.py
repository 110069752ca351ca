"""What we say to somebody who begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.words.message import Message
from handlers.words.voice import Html, Voice


def owner(voice: Voice) -> Message:
    """You own this installation now."""
    return Message(voice("start.owner"))


def hello(
    voice: Voice, name: str, places: Sequence[str], roles: Sequence[str], run: Sequence[str]
) -> Message:
    """Who you are to us."""
    join = voice.plain("format.comma")
    lines = [voice("start.hello", name=name)]
    if places:
        lines.append(voice("start.places", teams=join.join(places)))
    if roles:
        named = join.join(voice.plain(f"role.{role}") for role in roles)
        lines.append(voice("start.roles", roles=named))
    if run:
        shown = run[:12]
        key = "start.run_many" if len(run) > len(shown) else "start.run"
        lines.append(voice(key, teams=join.join(shown), count=len(run)))
    if "secretary" in roles or "owner" in roles:
        lines.append(voice("start.secretary"))
    if "leader" in roles:
        lines.append(voice("start.leader"))
    if places:
        lines.append(voice("start.member"))
    lines.append(voice("start.end" if places or roles else "start.stranger"))
    return Message(Html("\n".join(lines)))


@dataclass(frozen=True)
class Ways:
    """What this person can do in a line of their own."""

    promises: bool
    questions: bool
    excuses: bool  # others
    assigns: bool  # to others


def offered(voice: Voice, commands: Sequence[str], ways: Ways, *, group: bool) -> Message:
    """The commands that this person can use here, a line each, and what goes without them."""
    lines = [voice("help.head")]
    lines += [
        voice("help.line", name=name, does=voice.plain(f"command.{name}")) for name in commands
    ]
    place = "group" if group else "private"
    if ways.promises:
        lines.append(voice(f"help.{place}"))
    elif ways.questions:
        lines.append(voice(f"help.{place}_questions"))
    else:
        lines.append(voice("start.stranger"))
    if ways.excuses:
        lines.append(voice("help.excuses"))
    if ways.assigns:
        lines.append(voice("help.assigns"))
    return Message(Html("\n".join(lines)))
