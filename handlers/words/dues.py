"""What we say of promises that fall due on some days."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers.reading.spans import Span
from handlers.words.commitments import listed
from handlers.words.message import Message
from handlers.words.questions import named
from handlers.words.voice import Html, Voice
from storage.commitments import Promise

LONGEST = 15  # lines of a list


def due(
    voice: Voice,
    span: Span,
    today: date,
    rows: Sequence[tuple[Promise, bool]],
    now: datetime,
    *,
    private: bool,
) -> Message:
    """What is open and due then, team by team in private; how many of their owners are away."""
    days = named(voice, span, today)
    if not rows:
        return Message(voice("answer.none_due", days=days))
    late = sum(promise.commitment.due_at < now for promise, _ in rows)
    lines = [voice("answer.due_head", days=days, count=len(rows), overdue=late)]
    for _, group in groupby(rows[:LONGEST], key=lambda row: row[0].team.id):
        promises = [promise for promise, _ in group]
        if private:
            lines.append(voice("answer.of_team", team=promises[0].team.name))
        lines += [
            listed(voice, one.commitment, one.owner, ZoneInfo(one.team.timezone), now)
            for one in promises
        ]
    if len(rows) > LONGEST:
        lines.append(voice("commitment.rest", n=len(rows) - LONGEST))
    if away := sum(out for _, out in rows):
        lines.append(voice("answer.owners_away", day=voice.day(today), count=away))
    return Message(Html("\n".join(lines)))
