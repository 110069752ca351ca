"""What we say of what came of study: 学—诺—行, bites read, promises made, kept and verified."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.reading.spans import Span
from handlers.words.message import Message
from handlers.words.scopes import span as named
from handlers.words.voice import Html, Voice
from storage.flows import Flow
from storage.tables import Team

LONGEST = 3500  # characters of HTML that surely fit one message


@dataclass(frozen=True)
class Group:
    """A unit's teams, as far as the asker looks after them."""

    unit: str
    teams: Sequence[Team]


def week(voice: Voice, flow: Flow) -> Html:
    """This week's figures of a team, in a line."""
    return voice("flow.week", figures=figures(voice, flow))


def figures(voice: Voice, flow: Flow) -> Html:
    """The four figures."""
    return voice(
        "flow.figures",
        read=flow.read,
        made=flow.made,
        due=flow.due,
        kept=flow.kept,
        verified=flow.verified,
    )


def told(voice: Voice, span: Span, groups: Sequence[Group], found: Mapping[int, Flow]) -> Message:
    """Units with the sum and their teams beneath each other; a sum of all, if there are several.

    What they mean stands at the end, once.
    """
    blocks = [voice("flow.head", span=named(voice, span))]
    every = [team for group in groups for team in group.teams]
    if len(groups) > 1:
        whole = figures(voice, _sum(every, found))
        blocks.append(voice("flow.sum", name=voice.plain("flow.all", n=len(every)), figures=whole))
    left = len(every)
    for group in groups:
        lines = []
        if len(group.teams) > 1:
            name = voice.plain("flow.unit", unit=group.unit, n=len(group.teams))
            whole = figures(voice, _sum(group.teams, found))
            lines.append(voice("flow.sum", name=name, figures=whole))
        lines += [
            voice("flow.team", name=team.name, figures=figures(voice, found[team.id]))
            for team in group.teams
        ]
        room = LONGEST - sum(map(len, blocks))
        shown = _fitting(lines, room)
        if shown:
            blocks.append(Html("\n".join(shown)))
        left -= max(0, len(shown) - (len(group.teams) > 1))
        if len(shown) < len(lines):
            break
    if left:
        blocks.append(voice("flow.more", n=left))
    blocks.append(voice("flow.means"))
    return Message(Html("\n\n".join(blocks)))


def _fitting(lines: Sequence[Html], room: int) -> list[Html]:
    shown: list[Html] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    return shown


def _sum(teams: Sequence[Team], found: Mapping[int, Flow]) -> Flow:
    return sum((found[team.id] for team in teams), start=Flow())
