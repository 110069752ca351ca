"""The board of a team: its open commitments by date, in one message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.rules.calendar import Calendar
from handlers.rules.dues import lag
from handlers.words.message import Message
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.boards import Line
from storage.kinds import Plea
from storage.tables import Team

MOST = 40  # lines of a board
FEW = 8  # lines of each of several
TEXT, NAME = 40, 16  # characters of a commitment, of a name
LONGEST = 3800  # characters of a message; Telegram takes 4096


@dataclass(frozen=True)
class Overview:
    """What a team's board shows: the first of its open commitments, and how many there are."""

    team: Team
    lines: Sequence[Line]
    count: int
    kept: int  # this month
    calendar: Calendar
    pleas: Mapping[int, Plea]  # what owners asked for, by the commitment
    names: bool = True  # it says whose they are


def board(voice: Voice, shown: Overview, now: datetime, most: int = MOST) -> Html:
    """A team's board, as many lines of it as fit one message."""
    head = [voice("kanban.head", team=shown.team.name)]
    counts = voice("kanban.counts" if shown.count else "kanban.none", count=shown.count)
    head.append(Html(f"{counts}{voice('kanban.kept', n=shown.kept)}"))
    lines: list[Html] = []
    size = sum(map(len, head))
    for line in shown.lines[:most]:
        said = _line(voice, line, shown, now)
        size += len(said) + 1
        if size > LONGEST:
            break
        lines.append(said)
    left = shown.count - len(lines)
    rest = [voice("kanban.more", n=left)] if left > 0 else []
    return Html("\n".join([*head, *([Html(), *lines] if lines else []), *rest]))


def _line(voice: Voice, line: Line, shown: Overview, now: datetime) -> Html:
    calendar = shown.calendar
    colour = lag(line.due_at, now, calendar, shown.pleas.get(line.id))
    day = calendar.today(line.due_at)
    values = {
        "mark": voice(f"commitment.mark_{colour}"),
        "number": line.number,
        "text": short(line.text, TEXT),
        "day": voice.plain("kanban.today") if day == calendar.today(now) else voice.day(day),
    }
    if not shown.names:
        return voice("nameless.board", **values)
    return voice("kanban.line", name=short(line.owner, NAME), **values)


def standing(voice: Voice, shown: Overview, now: datetime) -> Message:
    """The one in the group, which makes no noise."""
    return Message(board(voice, shown, now), silent=True)


def together(
    voice: Voice, shown: Sequence[Overview], more: Sequence[Html], now: datetime
) -> Message:
    """Those of several teams, and what else is to be seen, as far as it fits one message."""
    most = MOST if len(shown) == 1 else FEW
    boards = [*(board(voice, one, now, most) for one in shown), *more]
    parts: list[Html] = []
    size = 0
    for one in boards:
        size += len(one) + 2
        if parts and size > LONGEST:
            parts.append(voice("kanban.others", n=len(boards) - len(parts)))
            break
        parts.append(one)
    return Message(Html("\n\n".join(parts)), silent=True)


def moved(voice: Voice) -> Message:
    """A newer one stands further down."""
    return Message(voice("kanban.moved"))


def gone(voice: Voice) -> Message:
    """It was taken away."""
    return Message(voice("kanban.gone"))


def taken_away(voice: Voice) -> str:
    """It is done."""
    return voice.plain("kanban.taken_away")


def no_board(voice: Voice) -> str:
    """There is none to take away."""
    return voice.plain("kanban.no_board")


def in_group(voice: Voice) -> str:
    """A board is put into a group and taken away there."""
    return voice.plain("kanban.in_group")


def usage(voice: Voice) -> Message:
    """What can be said behind /board."""
    return Message(voice("kanban.usage"))


def unpinned(voice: Voice, team: str) -> Message:
    """It stands, but we may not pin it: how to let us."""
    return Message(voice("kanban.unpinned", team=team), silent=True)
