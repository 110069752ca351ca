"""What we remember of rights: who may do what, and where."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_
from sqlmodel import col, select

from storage.database import Session, add_once
from storage.kinds import Role
from storage.tables import Chat, CodeGuess, Grant, GrantLink, OwnerCode, Person, Team, Unit

CODE_LIFE = timedelta(minutes=10)
LINK_LIFE = timedelta(days=1)
GUESSES = 5  # wrong codes that one user may say within the pause
GUESS_PAUSE = timedelta(hours=1)


async def roles(session: Session, person_id: int, team_id: int) -> set[Role]:
    """What a person is to a team: by a grant for it, for a unit above it, or for everything."""
    above = (
        select(Unit.id, Unit.parent_id)
        .join(Team, col(Team.unit_id) == Unit.id)
        .where(Team.id == team_id)
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(Unit.id, Unit.parent_id).join(above, col(Unit.id) == above.c.parent_id)
    )
    query = select(Grant.role).where(
        Grant.person_id == person_id,
        or_(
            col(Grant.role) == Role.OWNER,
            col(Grant.team_id) == team_id,
            col(Grant.unit_id).in_(select(above.c.id)),
        ),
    )
    return {Role(role) for role in await session.exec(query)}


async def anywhere(session: Session, person_id: int) -> set[Role]:
    """Every role that a person has, wherever."""
    query = select(Grant.role).where(Grant.person_id == person_id)
    return {Role(role) for role in await session.exec(query)}


async def teams(
    session: Session, person_id: int, wanted: Collection[Role] = (Role.OWNER, Role.SECRETARY)
) -> Sequence[Team]:
    """The teams to which a person is one of `wanted`, in the order of the organisation."""
    below = (
        select(Unit.id)
        .join(Grant, col(Grant.unit_id) == Unit.id)
        .where(Grant.person_id == person_id, col(Grant.role).in_(wanted))
        .cte("below", recursive=True)
    )
    below = below.union_all(select(Unit.id).join(below, col(Unit.parent_id) == below.c.id))
    owns = select(Grant.id).where(
        Grant.person_id == person_id, Grant.role == Role.OWNER, col(Grant.role).in_(wanted)
    )
    led = select(Grant.team_id).where(
        Grant.person_id == person_id, col(Grant.role).in_(wanted), col(Grant.team_id).is_not(None)
    )
    query = (
        select(Team)
        .where(
            col(Team.retired_at).is_(None),
            or_(
                owns.exists(),
                col(Team.unit_id).in_(select(below.c.id)),
                col(Team.id).in_(led),
            ),
        )
        .order_by(col(Team.unit_id), col(Team.id))
    )
    return (await session.exec(query)).all()


async def units(session: Session, person_id: int) -> dict[int, str]:
    """The units that a person runs, as secretary or owner: names by id, from the root down."""
    below = (
        select(Unit.id)
        .join(
            Grant,
            or_(
                and_(col(Grant.unit_id) == Unit.id, col(Grant.role) == Role.SECRETARY),
                col(Grant.role) == Role.OWNER,
            ),
        )
        .where(Grant.person_id == person_id)
        .cte("below", recursive=True)
    )
    below = below.union(select(Unit.id).join(below, col(Unit.parent_id) == below.c.id))
    query = (
        select(Unit.id, Unit.name)
        .where(col(Unit.retired_at).is_(None), col(Unit.id).in_(select(below.c.id)))
        .order_by(col(Unit.id))
    )
    return dict((await session.exec(query)).all())


async def teams_below(session: Session, unit_id: int) -> int:
    """How many teams a unit has, with all units below it."""
    below = select(Unit.id).where(Unit.id == unit_id).cte("below", recursive=True)
    below = below.union_all(select(Unit.id).join(below, col(Unit.parent_id) == below.c.id))
    query = (
        select(func.count())
        .select_from(Team)
        .where(col(Team.retired_at).is_(None), col(Team.unit_id).in_(select(below.c.id)))
    )
    return (await session.exec(query)).one()


async def told(session: Session, wanted: Collection[Role]) -> Sequence[tuple[Person, Chat]]:
    """Everybody who has one of these roles anywhere and can be written to in private."""
    query = (
        select(Person, Chat)
        .join(Chat, and_(col(Chat.telegram_id) == Person.telegram_id, col(Chat.trouble) == ""))
        .where(
            select(Grant.id)
            .where(Grant.person_id == Person.id, col(Grant.role).in_(wanted))
            .exists()
        )
        .order_by(col(Person.id))
    )
    return (await session.exec(query)).all()


async def secretaries(session: Session, team_id: int) -> Sequence[Person]:
    """Who is a secretary to a team: of its unit, or of one above."""
    above = (
        select(Unit.id, Unit.parent_id)
        .join(Team, col(Team.unit_id) == Unit.id)
        .where(Team.id == team_id)
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(Unit.id, Unit.parent_id).join(above, col(Unit.id) == above.c.parent_id)
    )
    query = (
        select(Person)
        .where(
            select(Grant.id)
            .where(
                Grant.person_id == Person.id,
                Grant.role == Role.SECRETARY,
                col(Grant.unit_id).in_(select(above.c.id)),
            )
            .exists()
        )
        .order_by(col(Person.id))
    )
    return (await session.exec(query)).all()


async def holders(session: Session, role: Role, team_id: int | None = None) -> Sequence[Person]:
    """The people who have a role directly: for a team, or (owners) for everything."""
    query = (
        select(Person)
        .join(Grant, and_(col(Grant.person_id) == Person.id, col(Grant.role) == role))
        .where(col(Grant.team_id) == team_id if team_id else col(Grant.team_id).is_(None))
        .order_by(col(Person.id))
    )
    return (await session.exec(query)).all()


async def give(
    session: Session,
    person_id: int,
    role: Role,
    now: datetime,
    *,
    unit_id: int | None = None,
    team_id: int | None = None,
) -> bool:
    """Give a right for a unit, a team or (owners) everything; False when it was there already."""
    if await same(session, person_id, role, unit_id=unit_id, team_id=team_id):
        return False
    session.add(Grant(person_id=person_id, role=role, unit_id=unit_id, team_id=team_id, at=now))
    return True


async def same(
    session: Session,
    person_id: int,
    role: Role,
    *,
    unit_id: int | None = None,
    team_id: int | None = None,
) -> Grant | None:
    """That right of that person's, if they have it."""
    query = select(Grant).where(
        Grant.person_id == person_id,
        Grant.role == role,
        Grant.unit_id == unit_id,
        Grant.team_id == team_id,
    )
    return (await session.exec(query)).first()


async def of(session: Session, person_id: int) -> Sequence[Grant]:
    """All that a person holds."""
    query = select(Grant).where(Grant.person_id == person_id).order_by(col(Grant.id))
    return (await session.exec(query)).all()


async def move(session: Session, grant: Grant, person_id: int) -> None:
    """Let a right be another person's."""
    where = {"unit_id": grant.unit_id, "team_id": grant.team_id}
    if await same(session, person_id, Role(grant.role), **where):
        await take(session, grant)
        return
    grant.person_id = person_id
    session.add(grant)


async def take(session: Session, grant: Grant) -> bool:
    """Take a right; False where it is gone already."""
    gone = delete(Grant).where(col(Grant.id) == grant.id)
    result = await session.exec(gone.execution_options(synchronize_session=False))
    return bool(result.rowcount)


async def owners(session: Session) -> int:
    """How many own this installation."""
    query = select(func.count()).select_from(Grant).where(Grant.role == Role.OWNER)
    return (await session.exec(query)).one()


async def any_owner(session: Session) -> bool:
    """Whether somebody owns this installation."""
    return bool(await owners(session))


# -- codes and links -------------------------------------------------------------------------


async def new_code(session: Session, now: datetime) -> str:
    """A one-time code that makes whoever says it in private the owner; any older one is void."""
    code = secrets.token_urlsafe(16)
    await session.exec(delete(OwnerCode))
    session.add(OwnerCode(hash=_hash(code), expires_at=now + CODE_LIFE))
    return code


async def use_code(session: Session, code: str, now: datetime) -> bool:
    """Spend the one-time code; False when it is not the code, too old, or somebody owns us.

    Of two who say it at once, one has it: the row goes away under whoever comes second.
    """
    spent = delete(OwnerCode).where(col(OwnerCode.hash) == _hash(code))
    found = (await session.exec(spent.returning(col(OwnerCode.expires_at)))).first()
    return found is not None and found[0] > now and not await any_owner(session)


async def new_link(
    session: Session,
    role: Role,
    by_id: int,
    now: datetime,
    *,
    unit_id: int | None = None,
    team_id: int | None = None,
) -> str:
    """A one-time code that gives whoever opens it in private that right."""
    code = secrets.token_urlsafe(16)
    expires_at = now + LINK_LIFE
    where = {"unit_id": unit_id, "team_id": team_id}
    session.add(
        GrantLink(hash=_hash(code), role=role, by_id=by_id, expires_at=expires_at, **where)
    )
    return code


async def link(session: Session, code: str, now: datetime) -> GrantLink | None:
    """What a one-time code gives, as long as it is good."""
    found = await session.get(GrantLink, _hash(code), populate_existing=True)
    return found if found and found.expires_at > now else None


async def spend(session: Session, link: GrantLink) -> bool:
    """Use a link up; False for the second of two who open it at once. Old ones go with it."""
    stale = col(GrantLink.expires_at) < link.expires_at - LINK_LIFE
    await session.exec(_deletion(stale))
    result = await session.exec(_deletion(col(GrantLink.hash) == link.hash))
    return bool(result.rowcount)


async def may_guess(session: Session, user_id: int, now: datetime) -> bool:
    """Whether somebody may say a code: not after several wrong ones within an hour."""
    row = await session.get(CodeGuess, user_id)
    return row is None or row.tries < GUESSES or row.at + GUESS_PAUSE <= now


async def guessed_wrong(session: Session, user_id: int, now: datetime) -> None:
    """Remember that a code was none; after a pause it is counted from the beginning."""
    row = await session.get(CodeGuess, user_id)
    if row is None:
        await add_once(session, CodeGuess(user_id=user_id, tries=1, at=now))
        return
    row.tries = 1 if row.at + GUESS_PAUSE <= now else row.tries + 1
    row.at = now
    session.add(row)


def _deletion(where: Any) -> Any:
    """What is deleted is held as an object by whoever looked at it."""
    return delete(GrantLink).where(where).execution_options(synchronize_session=False)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
