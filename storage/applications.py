"""What we remember of those who ask for a place in a team, until somebody says yes or no."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, add_once
from storage.tables import Application

KEEP = timedelta(days=30)


async def ask(
    session: Session, team_id: int, user_id: int, name: str, member_id: int | None, now: datetime
) -> Application:
    """Somebody asks for a place: for a certain one, or (None) for whichever."""
    row = Application(team_id=team_id, user_id=user_id, name=name, member_id=member_id, at=now)
    if await add_once(session, row):
        return await _known(session, team_id, user_id)
    found = await _known(session, team_id, user_id)
    found.name, found.at = name, now
    if member_id is not None:
        found.member_id = member_id
    session.add(found)
    return found


async def one(session: Session, team_id: int, user_id: int) -> Application | None:
    """What somebody asks of a team. Of two who decide on it at once, the second finds nothing."""
    which = {"team": team_id, "user": user_id}
    return (await session.exec(_one().with_for_update(), params=which)).first()


async def _known(session: Session, team_id: int, user_id: int) -> Application:
    which = {"team": team_id, "user": user_id}
    return (await session.exec(_one(), params=which)).one()


@cache
def _one() -> SelectOfScalar[Application]:
    return select(Application).where(
        col(Application.team_id) == bindparam("team"),
        col(Application.user_id) == bindparam("user"),
    )


async def waiting(session: Session, team_id: int) -> Sequence[Application]:
    """Who asks for a place in a team, the first first."""
    query = select(Application).where(Application.team_id == team_id)
    return (await session.exec(query.order_by(col(Application.at)))).all()


async def settle(session: Session, row: Application) -> None:
    """It is decided."""
    await session.exec(
        delete(Application).where(
            col(Application.team_id) == row.team_id, col(Application.user_id) == row.user_id
        )
    )


async def forget(session: Session, now: datetime) -> None:
    """Let go of what nobody decided on in a month."""
    await session.exec(delete(Application).where(col(Application.at) < now - KEEP))
