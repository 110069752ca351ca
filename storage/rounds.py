"""A day's cards over all teams: when they are due, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import Any

from sqlalchemy import String, cast, func, literal
from sqlmodel import and_, col, select

from storage.database import Session
from storage.kinds import Delivery
from storage.tables import Chat, Hold, Morning, Outgoing, Plan, Team


@dataclass(frozen=True)
class Round:
    """A time at which teams of a zone get their cards, on the days that a plan names."""

    at: time
    days: str
    timezone: str
    eve: bool = False  # on the evening before


@dataclass(frozen=True)
class Fate:
    """What became of a team's card: its state in the outbox, None where there was none."""

    team: Team
    trouble: str  # why the group, or the topic, takes no messages; empty: it does
    card: Delivery | None


async def rounds(session: Session) -> Sequence[Round]:
    """Every time at which teams with a group get their cards; that of most teams first."""
    return [Round(*row) for row in await session.exec(_rounds())]


@cache
def _rounds() -> Any:
    return (
        select(col(Plan.at), col(Plan.days), col(Team.timezone), col(Plan.eve))
        .join(Team, col(Plan.team_id) == Team.id)
        .where(col(Team.retired_at).is_(None), col(Team.chat_id).is_not(None))
        .group_by(col(Plan.at), col(Plan.days), col(Team.timezone), col(Plan.eve))
        .order_by(func.count().desc(), col(Team.timezone))
    )


async def fates(session: Session, day: date) -> Sequence[Fate]:
    """What became of a day's card, for each team that has a plan and a group."""
    trouble = func.coalesce(func.nullif(col(Chat.trouble), ""), col(Hold.trouble), "")
    query = (
        select(Team, Outgoing, trouble)
        .join(Plan, col(Plan.team_id) == Team.id)
        .join(Chat, col(Team.chat_id) == Chat.id)
        .outerjoin(
            Hold,
            and_(col(Hold.chat_id) == Team.chat_id, col(Hold.topic_id) == Team.topic_id),
        )
        .outerjoin(Morning, and_(col(Morning.team_id) == Team.id, col(Morning.day) == day))
        .outerjoin(Outgoing, col(Outgoing.key) == literal("card:") + cast(col(Morning.id), String))
        .where(col(Team.retired_at).is_(None))
        .order_by(col(Team.id))
    )
    return [
        Fate(team, trouble, card.state if card else None)
        for team, card, trouble in await session.exec(query)
    ]
