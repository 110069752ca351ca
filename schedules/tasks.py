"""The message that shows all whom something was assigned to, edited as they answer."""

from datetime import datetime

from handlers.words import tasks as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import commitments, tasks
from storage.database import Session
from storage.tables import Outgoing

PREFIX = commitments.TASK


async def again(session: Session, outgoing: Outgoing, now: datetime) -> Message | None:
    """How it stands: in a group with all of its team, in private with all at once."""
    _, assignment_id, team_id = outgoing.key.split(":")
    rows = await tasks.of(session, int(assignment_id), int(team_id))
    if not rows or rows[0].task is None:
        return None
    private = team_id == "0"
    own = rows[0].task.author.locale if private else None
    return words.shared(Voice(own or rows[0].team.locale), rows, now, private=private)
