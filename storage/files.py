"""What we remember of files that we send: their bytes, and what Telegram calls them."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import col, delete, select

from storage.database import Session, add_once
from storage.kinds import Media
from storage.tables import BiteMedia, File, Upload

KEEP = timedelta(days=7)  # for what was sent once and no bite shows


def name(data: bytes) -> str:
    """The hash by which bytes are known."""
    return sha256(data).hexdigest()


async def keep(session: Session, data: bytes, now: datetime) -> str:
    """Keep bytes; the hash by which they are known."""
    hash = name(data)
    await add_once(session, File(hash=hash, data=data, at=now))
    return hash


async def data(session: Session, name: str) -> bytes | None:
    """The bytes of a hash; None where they are gone."""
    return (await session.exec(select(File.data).where(File.hash == name))).first()


async def uploaded(session: Session, name: str, bot_id: int, media: Media) -> str | None:
    """What Telegram calls a file, if this bot has uploaded it to be shown in this way."""
    known = await session.get(Upload, (name, bot_id, media))
    return known.file_id if known else None


async def remember(session: Session, name: str, bot_id: int, media: Media, file_id: str) -> None:
    """Telegram has a file, and calls it so."""
    await add_once(session, Upload(hash=name, bot_id=bot_id, media=media, file_id=file_id))


async def mistaken(session: Session, name: str, bot_id: int, media: Media) -> None:
    """Telegram does not know a file by that name any more: it has to be uploaded anew."""
    await session.exec(
        delete(Upload).where(
            col(Upload.hash) == name, col(Upload.bot_id) == bot_id, col(Upload.media) == media
        )
    )


async def forget(session: Session, now: datetime) -> None:
    """Let go of what no bite shows, a week after it came."""
    shown = select(BiteMedia.hash).where(col(BiteMedia.hash).is_not(None))
    old = select(File.hash).where(col(File.at) < now - KEEP, col(File.hash).not_in(shown))
    await session.exec(delete(Upload).where(col(Upload.hash).in_(old)))
    await session.exec(delete(File).where(col(File.at) < now - KEEP, col(File.hash).not_in(shown)))
