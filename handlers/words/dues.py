"""What we say of promises that fall due on some days."""

from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers.reading.spans import Span
from handlers.words.commitments import listed
from handlers.words.message import Message
from handlers.words.questions import named
from handlers.words.voice import Html, Voice
from storage.dues import Listed

LONGEST = 15  # lines of a list


def due(
    voice: Voice,
    span: Span,
    today: date,
    found: Listed,
    now: datetime,
    *,
    private: bool,
) -> Message:
    """What is open and due then, team by team in private; how many of their owners are away."""
    days = named(voice, span, today)
    if not found.rows:
        return Message(voice("answer.none_due", days=days))
    lines = [voice("answer.due_head", days=days, count=found.count, overdue=found.late)]
    for _, group in groupby(found.rows, key=lambda row: row.team.id):
        promises = list(group)
        if private:
            lines.append(voice("answer.of_team", team=promises[0].team.name))
        lines += [
            listed(voice, one.commitment, one.owner, ZoneInfo(one.team.timezone), now)
            for one in promises
        ]
    if found.count > len(found.rows):
        lines.append(voice("commitment.rest", n=found.count - len(found.rows)))
    if found.away:
        lines.append(voice("answer.owners_away", day=voice.day(today), count=found.away))
    return Message(Html("\n".join(lines)))
