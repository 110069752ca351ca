"""What we remember of announcements: drafts, whom they are for, and how far they got."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, select, update

from storage.database import Session, add_all
from storage.kinds import Delivery, Media, Stage
from storage.tables import (
    Announcement,
    AnnouncementPiece,
    AnnouncementTeam,
    Chat,
    Hold,
    Outgoing,
    Person,
    Team,
    Unit,
    Wording,
)


@dataclass(frozen=True)
class Branch:
    """A unit with every live team below it."""

    id: int
    name: str
    teams: frozenset[int]


@dataclass(frozen=True)
class Target:
    """A team that an announcement is for, and what became of its message there."""

    team: Team
    state: Delivery | None  # of its album, then of its words; None: the team had no chat
    trouble: str = ""  # why the team's chat, or its topic, takes no messages; empty: it does
    taken: Delivery | None = None  # how far the call that takes it back has come; None: no call

    @property
    def waiting(self) -> bool:
        """Whether its message is still on its way."""
        return self.state in {Delivery.PENDING, Delivery.SENDING, Delivery.UNKNOWN}

    @property
    def reached(self) -> bool:
        """Whether its message arrived."""
        return self.state is Delivery.SENT


def notice_key(announcement_id: int, team_id: int) -> str:
    """The name in the outbox of an announcement's message to a team."""
    return f"announcement:{announcement_id}:{team_id}"


def album_key(announcement_id: int, team_id: int) -> str:
    """The name in the outbox of the pictures or files that go before that message."""
    return f"album:{announcement_id}:{team_id}"


def recall_key(message_key: str) -> str:
    """The name of the call that takes one of these back."""
    return f"recall:{message_key}"


def scheduled_key(announcement_id: int) -> str:
    """The name in the outbox of the message that shows its author what waits for its time."""
    return f"scheduled:{announcement_id}"


def progress_key(announcement_id: int) -> str:
    """The name in the outbox of the message that shows its author how far it got."""
    return f"progress:{announcement_id}"


async def draft(
    session: Session,
    author_id: int,
    html: str,
    media: Media | None,
    file_id: str,
    now: datetime,
    album: str = "",
    poll: Mapping[str, Any] | None = None,
) -> Announcement:
    """Keep what somebody wants to announce. `album`: more may come that belongs to it."""
    row = Announcement(
        author_id=author_id,
        html=html,
        media=media,
        file_id=file_id,
        album=album,
        poll=dict(poll) if poll else None,
        at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def again(session: Session, before: Announcement, now: datetime) -> Announcement:
    """A new draft that says the same to the same teams, in the same way."""
    row = Announcement(
        author_id=before.author_id,
        html=before.html,
        media=before.media,
        file_id=before.file_id,
        album=before.album,
        poll=before.poll,
        tags=list(before.tags),
        wants_receipt=before.wants_receipt,
        silent=before.silent,
        pins=before.pins,
        at=now,
    )
    session.add(row)
    await session.flush()
    for piece in await pieces(session, before.id):
        session.add(_piece(row, piece.place, piece.media, piece.file_id))
    await choose(session, row.id, await chosen(session, before.id))
    return row


async def begun(session: Session, author_id: int, album: str) -> Announcement | None:
    """The draft that somebody's album has begun. Its other changes wait for this one."""
    query = (
        select(Announcement)
        .where(
            Announcement.author_id == author_id,
            Announcement.album == album,
            Announcement.stage == Stage.DRAFT,
        )
        .with_for_update()
    )
    return (await session.exec(query)).first()


async def join(session: Session, draft: Announcement, media: Media, file_id: str) -> None:
    """One more picture or file belongs to a draft: from the second on, all are its pieces."""
    place = len(await pieces(session, draft.id)) + 1
    if draft.media is not None:
        session.add(_piece(draft, 1, draft.media, draft.file_id))
        draft.media, draft.file_id, place = None, "", 2
        session.add(draft)
    session.add(_piece(draft, place, media, file_id))
    await session.flush()


async def pieces(session: Session, announcement_id: int) -> Sequence[AnnouncementPiece]:
    """The pictures or files of an announcement that has several, in their order."""
    query = (
        select(AnnouncementPiece)
        .where(AnnouncementPiece.announcement_id == announcement_id)
        .order_by(col(AnnouncementPiece.place))
    )
    return (await session.exec(query)).all()


async def written(session: Session, announcement_id: int, author_id: int) -> Announcement | None:
    """An announcement, if this person is its author. Its other changes wait for this one."""
    query = (
        select(Announcement)
        .where(Announcement.id == announcement_id, Announcement.author_id == author_id)
        .with_for_update()
    )
    return (await session.exec(query)).first()


async def close(
    session: Session, announcement_id: int, stage: Stage, now: datetime, *, pins: bool = False
) -> bool:
    """Let what is not sent yet become `stage`; False when it was sent or dropped before.

    `pins`: from then on it is to be pinned where it stands.
    """
    values: dict[str, Any] = {"stage": stage}
    if stage is not Stage.SCHEDULED:
        values["send_at"] = None
    if stage is Stage.SENT:
        values |= {"sent_at": now, "pinned_at": now if pins else None}
    result = await session.exec(
        update(Announcement)
        .where(
            col(Announcement.id) == announcement_id,
            col(Announcement.stage).in_([Stage.DRAFT, Stage.SCHEDULED]),
        )
        .values(**values)
    )
    return bool(result.rowcount)


async def chosen(session: Session, announcement_id: int) -> set[int]:
    """The teams that an announcement is for."""
    query = select(AnnouncementTeam.team_id).where(
        AnnouncementTeam.announcement_id == announcement_id
    )
    return set((await session.exec(query)).all())


async def choose(session: Session, announcement_id: int, team_ids: Collection[int]) -> None:
    """These teams get the announcement too."""
    rows = [{"announcement_id": announcement_id, "team_id": team} for team in team_ids]
    await add_all(session, AnnouncementTeam, rows)


async def leave_out(session: Session, announcement_id: int, team_ids: Collection[int]) -> None:
    """These teams do not get the announcement after all."""
    await session.exec(
        delete(AnnouncementTeam).where(
            col(AnnouncementTeam.announcement_id) == announcement_id,
            col(AnnouncementTeam.team_id).in_(team_ids),
        )
    )


async def branches(session: Session, team_ids: Collection[int]) -> Sequence[Branch]:
    """The units of which every live team is among `team_ids`, from the root downwards."""
    above = (
        select(col(Team.id).label("team_id"), col(Team.unit_id).label("unit_id"))
        .where(col(Team.retired_at).is_(None))
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(above.c.team_id, Unit.parent_id)
        .join(Unit, col(Unit.id) == above.c.unit_id)
        .where(col(Unit.parent_id).is_not(None))
    )
    query = (
        select(Unit.id, Unit.name, above.c.team_id)
        .join(above, col(Unit.id) == above.c.unit_id)
        .where(col(Unit.retired_at).is_(None))
        .order_by(col(Unit.id))
    )
    found: dict[tuple[int, str], set[int]] = {}
    for unit_id, name, team_id in await session.exec(query):
        found.setdefault((unit_id, name), set()).add(team_id)
    within = set(team_ids)
    return [
        Branch(unit_id, name, frozenset(teams))
        for (unit_id, name), teams in found.items()
        if teams <= within
    ]


async def targets(session: Session, announcement_id: int) -> Sequence[Target]:
    """Every team that an announcement is for, in the order of the organisation."""
    album, recall, pieces_recall = aliased(Outgoing), aliased(Outgoing), aliased(Outgoing)
    state = _first_short(album, Outgoing)
    taken = _first_short(pieces_recall, recall)
    trouble = func.coalesce(func.nullif(col(Chat.trouble), ""), col(Hold.trouble), "")
    query = (
        select(Team, state, trouble, taken)
        .join(
            AnnouncementTeam,
            and_(
                col(AnnouncementTeam.team_id) == Team.id,
                col(AnnouncementTeam.announcement_id) == announcement_id,
            ),
        )
        .outerjoin(Chat, col(Team.chat_id) == Chat.id)
        .outerjoin(
            Hold,
            and_(col(Hold.chat_id) == Team.chat_id, col(Hold.topic_id) == Team.topic_id),
        )
        .outerjoin(album, col(album.key) == keys(album_key, announcement_id))
        .outerjoin(Outgoing, col(Outgoing.key) == keys(notice_key, announcement_id))
        .outerjoin(recall, col(recall.key) == keys(_notice_recall, announcement_id))
        .outerjoin(pieces_recall, col(pieces_recall.key) == keys(_album_recall, announcement_id))
        .order_by(col(Team.unit_id), col(Team.id))
    )
    return [
        Target(
            team, Delivery(state) if state else None, trouble, Delivery(taken) if taken else None
        )
        for team, state, trouble, taken in await session.exec(query)
    ]


async def noticed(
    session: Session, announcement_ids: Collection[int]
) -> dict[int, tuple[Announcement, Person, Mapping[int, Team], datetime | None]]:
    """By id: sent announcements with author, teams by id, and when each was last corrected."""
    corrected = (
        select(func.max(Wording.at))
        .where(Wording.announcement_id == Announcement.id)
        .correlate(Announcement)
        .scalar_subquery()
    )
    query = (
        select(Announcement, Person, Team, corrected)
        .join(Person, col(Announcement.author_id) == Person.id)
        .join(AnnouncementTeam, col(AnnouncementTeam.announcement_id) == Announcement.id)
        .join(Team, col(AnnouncementTeam.team_id) == Team.id)
        .where(col(Announcement.id).in_(announcement_ids), Announcement.stage == Stage.SENT)
    )
    found: dict[int, tuple[Announcement, Person, dict[int, Team], datetime | None]] = {}
    for announcement, author, team, at in await session.exec(query):
        row = found.setdefault(announcement.id, (announcement, author, {}, at))
        row[2][team.id] = team
    return dict(found)


async def signed(session: Session, announcement_id: int) -> tuple[Announcement, Person] | None:
    """A sent announcement with its author."""
    query = (
        select(Announcement, Person)
        .join(Person, col(Announcement.author_id) == Person.id)
        .where(Announcement.id == announcement_id, Announcement.stage == Stage.SENT)
    )
    return (await session.exec(query)).first()


def keys(key: Callable[[int, int], str], announcement_id: int) -> ColumnElement[str]:
    """The keys of an announcement's messages to the teams of a query."""
    return literal(key(announcement_id, 0)[:-1]) + cast(col(Team.id), String)


def _notice_recall(announcement_id: int, team_id: int) -> str:
    return recall_key(notice_key(announcement_id, team_id))


def _album_recall(announcement_id: int, team_id: int) -> str:
    return recall_key(album_key(announcement_id, team_id))


def _first_short(first: Any, then: Any) -> ColumnElement[Any]:
    """How far two calls have come that belong together: the first, unless that is done."""
    late = and_(col(first.state).is_not(None), col(first.state) != Delivery.SENT)
    return case((late, first.state), else_=then.state)


def _piece(draft: Announcement, place: int, media: Media, file_id: str) -> AnnouncementPiece:
    return AnnouncementPiece(announcement_id=draft.id, place=place, media=media, file_id=file_id)
