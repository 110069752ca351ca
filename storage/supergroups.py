"""A group becomes a supergroup: what stood in it and is still of use is posted there anew."""

from datetime import datetime

from sqlmodel import col, delete, select, update

from storage import chats
from storage.boards import PIN
from storage.commitments import board_key
from storage.database import Session
from storage.kinds import Delivery
from storage.tables import Board, Chat, Morning, Outgoing, Slot, Team

JOB = "pins"  # whose appointments are made anew


async def migrate(session: Session, old_id: int, new_id: int, now: datetime) -> None:
    """The same people under a new id; the card of an open morning and the board come along.

    Message ids start anew there: what was posted before can neither be edited nor pinned. Safe to
    say twice.
    """
    home = await chats.by_telegram(session, old_id)
    keys = await _standing(session, home) if home else []
    await chats.migrate(session, old_id, new_id)
    if not keys:
        return
    again = update(Outgoing).where(
        col(Outgoing.key).in_(keys),
        col(Outgoing.state) == Delivery.SENT,
        col(Outgoing.message_id).is_(None),
    )
    await session.exec(
        again.values(
            state=Delivery.PENDING,
            not_before=now,
            expires_at=None,
            attempts=0,
            done_at=None,
            stale_at=now,  # it is posted as it was, and drawn anew at once
            refreshed_at=None,
        )
    )


async def _standing(session: Session, home: Chat) -> list[str]:
    """The names of the messages in a group that people still tap, or look at every day."""
    teams = (
        await session.exec(
            select(Team.id).where(Team.chat_id == home.id, col(Team.retired_at).is_(None))
        )
    ).all()
    mornings = await session.exec(
        select(Morning.id).where(col(Morning.team_id).in_(teams), col(Morning.closed_at).is_(None))
    )
    found = [f"card:{morning}" for morning in mornings]
    boards = await session.exec(
        select(Board).where(col(Board.team_id).in_(teams), col(Board.next_at).is_not(None))
    )
    for board in boards.all():
        key = board_key(board.team_id, board.number)
        await session.exec(delete(Outgoing).where(col(Outgoing.key) == f"{PIN}{key}"))
        done = [f"{key}:{state}" for state in (PIN, *Delivery)]
        await session.exec(delete(Slot).where(col(Slot.job) == JOB, col(Slot.subject).in_(done)))
        board.settled_at = None  # it is to be pinned there
        session.add(board)
        found.append(key)
    return found
