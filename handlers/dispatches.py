"""An announcement on its way: owed to its groups, corrected there, pinned, taken back from there.

For whoever is asked and for the clock alike.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.words import announcements as words
from handlers.words.message import Call, Message
from handlers.words.voice import Voice
from storage import announcements, audiences, dispatches, outbox, receipts
from storage.announcements import album_key, notice_key, progress_key, recall_key
from storage.database import Session
from storage.dispatches import PIN, UNPIN, Copy
from storage.kinds import Delivery
from storage.outbox import Post
from storage.receipts import Tally
from storage.tables import Announcement, AnnouncementPiece, Team

IN_TIME = timedelta(hours=24)  # an announcement that could not be delivered by then is old news


def notice(
    team: Team,
    announcement: Announcement,
    author: str,
    tally: Tally,
    now: datetime,
    corrected: datetime | None = None,
) -> Message:
    """An announcement in a team's group, in its language and by its clock."""
    zone = ZoneInfo(team.timezone)
    return words.notice(Voice(team.locale), announcement, author, tally, zone, now, corrected)


def overflow(
    announcement: Announcement,
    author: str,
    teams: Collection[Team],
    now: datetime,
    corrected: datetime | None = None,
) -> int:
    """By how many characters it would be too long in the group where it is longest."""
    clocks = {(team.locale, team.timezone): team for team in teams}
    many = Tally(words.MANY, words.MANY)
    return max(
        (
            words.overflow(notice(team, announcement, author, many, now, corrected))
            for team in clocks.values()
        ),
        default=0,
    )


def before(pieces: Sequence[AnnouncementPiece], *, silent: bool) -> Call | None:
    """What goes out before the words, since Telegram allows it none of ours."""
    if not pieces:
        return None
    method, params = words.album(pieces)
    return method, {**params, "disable_notification": True} if silent else params


async def post(session: Session, announcement: Announcement, author: str, now: datetime) -> None:
    """Owe the announcement to each of its teams that has a chat."""
    targets = await announcements.targets(session, announcement.id)
    teams = [target.team for target in targets if target.team.retired_at is None]
    if announcement.tags:
        ids = [team.id for team in teams]
        await audiences.settle(session, announcement.id, ids, announcement.tags)
    tallies = await receipts.tallies(session, announcement.id, teams, now)
    album = before(
        await announcements.pieces(session, announcement.id), silent=announcement.silent
    )
    posts: list[Post] = []
    for team in teams:
        if not team.chat_id:
            continue
        if album:
            posts.append(
                Post(album_key(announcement.id, team.id), team.chat_id, album, team.topic_id)
            )
        said = notice(team, announcement, author, tallies[team.id], now)
        key = notice_key(announcement.id, team.id)
        posts.append(Post(key, team.chat_id, said.send(), team.topic_id))
    await outbox.post_all(session, posts, now, expires_at=now + IN_TIME)


async def correct(
    session: Session,
    announcement: Announcement,
    author: str,
    teams: Mapping[int, Team],
    html: str,
    now: datetime,
) -> None:
    """Say something else in every group: where it stands by an edit, elsewhere from the start."""
    await dispatches.reworded(session, announcement, html, now)
    copies = await dispatches.copies(session, announcement.id)
    notices = [one for one in copies if not one.key.startswith("album:")]
    waiting = [one for one in notices if one.state in dispatches.WAITING]
    tallies = await receipts.tallies(session, announcement.id, list(teams.values()), now)
    await dispatches.rewrite(
        session,
        {
            one.key: notice(
                teams[one.team_id], announcement, author, tallies[one.team_id], now, now
            ).send()
            for one in waiting
        },
    )
    keys = [*(one.key for one in notices), progress_key(announcement.id)]
    await outbox.touch(session, keys, now)


# -- taken back ------------------------------------------------------------------------------


async def take_back(session: Session, announcement: Announcement, now: datetime) -> None:
    """What has not left does not leave; what stands is deleted; nobody is reminded of it."""
    announcement.recalled_at, announcement.pinned_at = now, None
    session.add(announcement)
    await session.flush()
    await dispatches.silence(session, announcement.id, now)
    await sweep(session, await rests(session, [announcement.id]), now)
    await outbox.touch(session, [progress_key(announcement.id)], now)


async def rests(session: Session, announcement_ids: Collection[int]) -> Sequence[Copy]:
    """What there still is of announcements that were taken back."""
    return await dispatches.without(session, announcement_ids, "recall:", albums=True)


async def sweep(session: Session, copies: Sequence[Copy], now: datetime) -> None:
    """Take these away: those that wait are not sent, those that stand are deleted."""
    await dispatches.withdraw(
        session, [one.key for one in copies if one.state is not Delivery.SENT], now
    )
    standing = [one for one in copies if one.state is Delivery.SENT]
    albums = [one.key for one in standing if one.key.startswith("album:")]
    further = await dispatches.companions(session, albums) if albums else {}
    asks = []
    for one in standing:
        call: Call = ("deleteMessage", {"message_id": one.message_id})
        if more := further.get(one.key):
            call = ("deleteMessages", {"message_ids": [one.message_id, *more]})
        asks.append(Post(recall_key(one.key), one.chat_id, call, one.topic_id))
    await outbox.ask_all(session, asks, now)


# -- pinned ----------------------------------------------------------------------------------


async def pin(session: Session, copies: Sequence[Copy], now: datetime) -> None:
    """Owe the calls that pin these."""
    calls = [(one, {"message_id": one.message_id, "disable_notification": True}) for one in copies]
    asks = [
        Post(f"{PIN}{one.key}", one.chat_id, ("pinChatMessage", params)) for one, params in calls
    ]
    await outbox.ask_all(session, asks, now)


async def unpin(session: Session, announcement: Announcement, now: datetime) -> None:
    """It is done, and need not stand above everything any more."""
    announcement.pinned_at = None
    session.add(announcement)
    copies = [
        one
        for one in await dispatches.copies(session, announcement.id)
        if one.message_id and not one.key.startswith("album:")
    ]
    await dispatches.withdraw(session, [f"{PIN}{one.key}" for one in copies], now)
    asks = [
        Post(
            f"{UNPIN}{one.key}",
            one.chat_id,
            ("unpinChatMessage", {"message_id": one.message_id}),
        )
        for one in copies
    ]
    await outbox.ask_all(session, asks, now)
    await outbox.touch(session, [progress_key(announcement.id)], now)
