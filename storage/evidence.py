"""What we remember of files that were shown as evidence: which lie on disk as well, and where."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import col, select, update
from sqlmodel.sql.expression import Select

from storage.database import Session
from storage.kinds import Act
from storage.tables import Commitment, CommitmentAct, Team

NEVER = ""  # in place of a path: it cannot be had


@dataclass(frozen=True)
class Unkept:
    """A file that only Telegram has, and the promise that it was shown for."""

    id: int
    file_id: str
    number: int
    team_id: int
    team: str


async def unkept(session: Session, most: int) -> list[Unkept]:
    """Evidence that does not lie on disk yet, the oldest first."""
    rows: Any = await session.exec(_unkept(), params={"most": most})
    return [Unkept(*row) for row in rows]


@cache
def _unkept() -> Select[Any]:
    columns: tuple[Any, ...] = (
        CommitmentAct.id,
        CommitmentAct.file_id,
        Commitment.number,
        Team.id,
        Team.name,
    )
    query: Select[Any] = select(*columns)
    return (
        query.join(Commitment, col(CommitmentAct.commitment_id) == Commitment.id)
        .join(Team, col(Commitment.team_id) == Team.id)
        .where(
            col(CommitmentAct.kept).is_(None),
            text("commitmentact.file_id <> ''"),  # by the index
            col(CommitmentAct.act).in_([Act.CLAIMED, Act.SHOWN]),
        )
        .order_by(col(CommitmentAct.id))
        .limit(bindparam("most"))
    )


async def keep(session: Session, act_id: int, path: str) -> bool:
    """It lies on disk at a path, or NEVER will; False: meanwhile it is evidence no more."""
    shown = update(CommitmentAct).where(
        col(CommitmentAct.id) == act_id, text("commitmentact.file_id <> ''")
    )
    return bool((await session.exec(shown.values(kept=path))).rowcount)
