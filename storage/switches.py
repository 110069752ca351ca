"""What we remember of teams' switches: who turned which, when, and so how they stand."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, func
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from storage.database import Session, alone
from storage.kinds import Switch
from storage.tables import Person, SwitchTurn


async def turns(
    session: Session, team_ids: Collection[int]
) -> Sequence[tuple[SwitchTurn, Person]]:
    """The last turn of each switch that was ever turned, with who did."""
    if not team_ids:
        return []
    return (await session.exec(_turns(), params={"teams": list(team_ids)})).all()


@cache
def _turns() -> Select[SwitchTurn, Person]:
    last = (
        select(func.max(SwitchTurn.id))
        .where(col(SwitchTurn.team_id).in_(bindparam("teams", expanding=True)))
        .group_by(col(SwitchTurn.team_id), col(SwitchTurn.switch))
    )
    return (
        select(SwitchTurn, Person)
        .join(Person, col(SwitchTurn.person_id) == Person.id)
        .where(col(SwitchTurn.id).in_(last))
        .order_by(col(SwitchTurn.id))
    )


async def on(session: Session, team_ids: Collection[int], switch: Switch) -> set[int]:
    """Those of these teams in which a switch is on."""
    said = {
        turn.team_id: turn.turned_on
        for turn, _ in await turns(session, team_ids)
        if turn.switch is switch
    }
    return {team for team in team_ids if said.get(team, switch.usual)}


async def turn(
    session: Session, team_id: int, switch: Switch, to: bool, person_id: int, now: datetime
) -> bool:
    """Turn a switch, and keep who did; False where it stands like that already."""
    await alone(session, f"switches:{team_id}")
    if (team_id in await on(session, [team_id], switch)) is to:
        return False
    session.add(
        SwitchTurn(team_id=team_id, switch=switch, turned_on=to, person_id=person_id, at=now)
    )
    await session.flush()
    return True
