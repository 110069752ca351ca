"""What we say to somebody who begins."""

from collections.abc import Sequence

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
    lines.append(
        voice("start.member" if places else "start.stranger" if not roles else "start.end")
    )
    return Message(Html("\n".join(lines)))


def offered(voice: Voice, commands: Sequence[str], *, group: bool) -> Message:
    """The commands that this person can use here, a line each."""
    lines = [voice("help.head")]
    lines += [
        voice("help.line", name=name, does=voice.plain(f"command.{name}")) for name in commands
    ]
    lines.append(voice("help.group" if group else "help.private"))
    return Message(Html("\n".join(lines)))
