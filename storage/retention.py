"""What is old enough to be let go, by its kind. The figures of the past stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Text, and_, cast, exists, func, or_
from sqlmodel import col, delete, select, update

from storage import erasures
from storage.database import Session, unsynchronized
from storage.kinds import Act, Delivery, Intake, Kept, PackStage, Progress, Stage
from storage.tables import (
    Announcement,
    Commitment,
    CommitmentAct,
    Incoming,
    Member,
    Memory,
    Objection,
    Outgoing,
    Review,
    SentPack,
    Todo,
    Tutorial,
)

SETTLED = (Delivery.SENT, Delivery.EXPIRED, Delivery.FAILED)
ENDED = (Progress.VERIFIED, Progress.UNVERIFIED, Progress.WITHDRAWN)
SAID = (Act.CLAIMED, Act.SHOWN, Act.RETURNED, Act.POSTPONED, Act.HELP, Act.DECLINED)
EDIT = "edit:"


@dataclass(frozen=True)
class Old:
    """Rows of a table that are old, by their primary keys."""

    kind: Kept
    table: str
    ids: Sequence[int]

    def part(self, start: int, count: int) -> "Old":
        """Some of them."""
        return replace(self, ids=self.ids[start : start + count])


async def old(session: Session, kind: Kept, before: datetime) -> Sequence[Old]:
    """What is older than a moment, table by table."""
    found = []
    for table, query in _queries(kind, before).items():
        if ids := (await session.exec(query)).all():
            found.append(Old(kind, table, ids))
    return found


def _queries(kind: Kept, before: datetime) -> dict[str, Any]:
    came = col(Incoming.received_at) < before
    match kind:
        case Kept.UPDATES:
            return {"incoming": _updates(came, Intake.DONE)}
        case Kept.FAILED:
            return {"failed": _updates(came, Intake.DEAD)}
        case Kept.MESSAGES:
            worded = or_(
                cast(col(Outgoing.params), Text) != "{}",
                col(Outgoing.key).startswith(EDIT, autoescape=True),
            )
            sent = and_(col(Outgoing.state).in_(SETTLED), col(Outgoing.done_at) < before, worded)
            return {"outgoing": select(Outgoing.id).where(sent).order_by(col(Outgoing.id))}
        case Kept.DRAFTS:
            unsent = col(Announcement.stage).in_([Stage.DRAFT, Stage.DROPPED])
            drafts = and_(unsent, col(Announcement.at) < before)
            read = and_(col(SentPack.stage) != PackStage.WAITING, col(SentPack.at) < before)
            open_ = and_(col(Todo.commitment_id).is_(None), col(Todo.at) < before)
            return {
                "announcement": select(Announcement.id).where(drafts),
                "sentpack": select(SentPack.id).where(read),
                "todo": select(Todo.id).where(open_),
                "objection": select(Objection.person_id).where(col(Objection.at) < before),
            }
        case Kept.EVIDENCE:
            acts = (
                select(CommitmentAct.id)
                .join(Commitment, col(CommitmentAct.commitment_id) == Commitment.id)
                .where(
                    col(CommitmentAct.at) < before,
                    col(CommitmentAct.act).in_(SAID),
                    or_(col(CommitmentAct.text) != "", col(CommitmentAct.file_id) != ""),
                    col(Commitment.state).in_(ENDED),
                )
                .order_by(col(CommitmentAct.id))
            )
            return {"commitmentact": acts}
        case Kept.MEMORY:
            place = col(Member.person_id) == col(Memory.person_id)
            here = exists().where(place, col(Member.retired_at).is_(None))
            left = select(func.max(Member.retired_at)).where(place).scalar_subquery()
            gone = and_(~here, left < before)
            return {"memory": select(Memory.person_id).where(gone).distinct()}


def _updates(came: Any, state: Intake) -> Any:
    query = select(Incoming.update_id).where(came, Incoming.state == state)
    return query.order_by(col(Incoming.update_id))


async def let_go(session: Session, what: Old, now: datetime) -> None:
    """Let go of rows, or of the words in them where the row is a fact."""
    ids = what.ids
    match what.table:
        case "incoming" | "failed":
            await session.exec(delete(Incoming).where(col(Incoming.update_id).in_(ids)))
        case "outgoing":
            edits = col(Outgoing.key).startswith(EDIT, autoescape=True)
            these = col(Outgoing.id).in_(ids)
            settled = col(Outgoing.state).in_(SETTLED)  # it may have been owed anew meanwhile
            await session.exec(delete(Outgoing).where(these, settled, edits))
            bare = update(Outgoing).where(these, settled).values(params={}, error="")
            await session.exec(unsynchronized(bare))
        case "announcement":
            await erasures.drop(session, ids)
        case "sentpack":
            await session.exec(delete(SentPack).where(col(SentPack.id).in_(ids)))
        case "todo":
            await session.exec(delete(Todo).where(col(Todo.id).in_(ids)))
        case "objection":
            await session.exec(delete(Objection).where(col(Objection.person_id).in_(ids)))
        case "commitmentact":
            await erasures.discard(session, col(CommitmentAct.id).in_(ids), now)
        case "memory":
            given = select(Tutorial.id).where(col(Tutorial.person_id).in_(ids))
            shown = update(Review).where(col(Review.tutorial_id).in_(given))
            await session.exec(unsynchronized(shown.values(tutorial_id=None)))
            for table in (Memory, Tutorial):
                whose: Any = table.person_id
                await session.exec(delete(table).where(col(whose).in_(ids)))
