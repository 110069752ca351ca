"""What we remember of whom announcements are for: tags, saved lists, how many people that is."""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, delete, select

from storage.database import Session, add_all
from storage.receipts import away
from storage.tables import (
    AnnouncementMember,
    Member,
    Person,
    Recipients,
    RecipientsTeam,
    Team,
)

LISTS = 20  # that somebody may keep


@dataclass(frozen=True)
class Headcount:
    """The places of some teams: who is expected to confirm today, and who is not."""

    expected: int = 0
    unenrolled: int = 0
    away: int = 0


def number(tag: str) -> int:
    """What a button carries for a tag, which may be of any length."""
    return zlib.crc32(tag.encode())


async def headcount(
    session: Session, teams: Collection[Team], tags: Collection[str], now: datetime
) -> Headcount:
    """How many places these teams have, or (`tags`) how many with one of these tags.

    They are counted as receipts are: a person with two places is expected at both.
    """
    query = (
        select(Member.tags, Person.telegram_id, away(teams, now))
        .join(Team, col(Member.team_id) == Team.id)
        .join(Person, col(Member.person_id) == Person.id)
        .where(col(Team.id).in_([team.id for team in teams]), col(Member.retired_at).is_(None))
    )
    expected = unenrolled = absent = 0
    for own, telegram_id, is_away in await session.exec(query):
        if tags and not set(tags) & set(own):
            continue
        unenrolled += telegram_id is None
        absent += telegram_id is not None and bool(is_away)
        expected += telegram_id is not None and not is_away
    return Headcount(expected, unenrolled, absent)


async def tags(session: Session, team_ids: Collection[int]) -> Mapping[str, frozenset[int]]:
    """The tags of the members of these teams, by name, each with the teams that have it."""
    query = select(Member.team_id, Member.tags).where(
        col(Member.team_id).in_(team_ids), col(Member.retired_at).is_(None)
    )
    found: dict[str, set[int]] = {}
    for team_id, own in await session.exec(query):
        for tag in own:
            found.setdefault(tag, set()).add(team_id)
    return {tag: frozenset(found[tag]) for tag in sorted(found)}


async def settle(
    session: Session, announcement_id: int, team_ids: Collection[int], wanted: Collection[str]
) -> None:
    """Write down who has one of these tags now: they are whom the announcement is for."""
    query = select(Member.id, Member.tags).where(
        col(Member.team_id).in_(team_ids), col(Member.retired_at).is_(None)
    )
    rows = [
        {"announcement_id": announcement_id, "member_id": member_id}
        for member_id, own in await session.exec(query)
        if set(wanted) & set(own)
    ]
    await add_all(session, AnnouncementMember, rows)


# -- saved lists -----------------------------------------------------------------------------


async def lists(session: Session, person_id: int) -> Sequence[Recipients]:
    """Somebody's saved lists, by name."""
    query = select(Recipients).where(Recipients.person_id == person_id)
    return (await session.exec(query.order_by(col(Recipients.name)))).all()


async def own(session: Session, list_id: int, person_id: int) -> Recipients | None:
    """A saved list, if it is this person's."""
    query = select(Recipients).where(Recipients.id == list_id, Recipients.person_id == person_id)
    return (await session.exec(query)).first()


async def teams_of(session: Session, list_id: int) -> set[int]:
    """The teams of a saved list, whether or not its owner still runs them."""
    query = select(RecipientsTeam.team_id).where(RecipientsTeam.recipients_id == list_id)
    return set((await session.exec(query)).all())


async def keep(
    session: Session,
    person_id: int,
    name: str,
    team_ids: Collection[int],
    wanted: Sequence[str],
    now: datetime,
) -> bool:
    """Save a list, in the place of one of that name; False: there are too many."""
    known = {row.name: row for row in await lists(session, person_id)}
    row = known.get(name)
    if row is None and len(known) >= LISTS:
        return False
    row = row or Recipients(person_id=person_id, name=name, at=now)
    row.tags, row.at = list(wanted), now
    session.add(row)
    await session.flush()
    await session.exec(delete(RecipientsTeam).where(col(RecipientsTeam.recipients_id) == row.id))
    rows = [{"recipients_id": row.id, "team_id": team_id} for team_id in team_ids]
    await add_all(session, RecipientsTeam, rows)
    return True


async def forget(session: Session, row: Recipients) -> None:
    """Let go of a saved list."""
    await session.exec(delete(RecipientsTeam).where(col(RecipientsTeam.recipients_id) == row.id))
    await session.delete(row)
