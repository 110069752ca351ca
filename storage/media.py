"""What we remember of the pictures, films and files that bites name."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import and_, col, delete, select

from storage.database import Session
from storage.kinds import Media
from storage.tables import Bite, BiteMedia, Pack, Upload

ASKING = "media-missing"


@dataclass(frozen=True)
class Named:
    """A bite that names a file, and the file if we have it."""

    bite: Bite
    pack: Pack
    media: BiteMedia | None


_HAS = and_(col(BiteMedia.bite_id) == Bite.id, col(BiteMedia.name) == Bite.media)


async def of(session: Session, bite: Bite) -> BiteMedia | None:
    """What a bite shows; None where it names nothing, or what it names has not come."""
    return (await of_all(session, [bite])).get(bite.id)


async def of_all(session: Session, bites: Iterable[Bite]) -> dict[int, BiteMedia]:
    """By bite: what it shows; not those that name nothing, or whose file has not come."""
    names = {bite.id: bite.media for bite in bites if bite.media}
    if not names:
        return {}
    rows = await session.exec(select(BiteMedia).where(col(BiteMedia.bite_id).in_(names)))
    return {row.bite_id: row for row in rows if row.name == names[row.bite_id]}


async def telegrams(session: Session, shown: BiteMedia) -> str | None:
    """What Telegram calls a bite's file; None where we have not uploaded it yet."""
    if shown.file_id:
        return shown.file_id
    query = select(Upload.file_id).where(Upload.hash == shown.hash, Upload.media == shown.media)
    return (await session.exec(query)).first()


async def known(session: Session, pack: str, bite: str, name: str) -> BiteMedia | None:
    """What the bite of these ids shows, if it is of this name."""
    query = (
        select(BiteMedia)
        .join(Bite, col(BiteMedia.bite_id) == Bite.id)
        .join(Pack, col(Bite.pack_id) == Pack.id)
        .where(Pack.slug == pack, Bite.slug == bite, BiteMedia.name == name)
    )
    return (await session.exec(query)).first() if name else None


def asking_key(pack_id: int, sent_id: int) -> str:
    """The name in the outbox of the message that asks for the files of a pack."""
    return f"{ASKING}:{pack_id}:{sent_id}"


def asked_for(key: str) -> int | None:
    """The pack whose files a message of this name asks for."""
    matter, _, rest = key.partition(":")
    return int(rest.partition(":")[0]) if matter == ASKING else None


async def named(
    session: Session, pack_id: int | None = None, name: str | None = None
) -> Sequence[Named]:
    """The bites in use that name a file, of one pack or of all, this file or any; in order."""
    query = (
        select(Bite, Pack, BiteMedia)
        .join(Pack, col(Bite.pack_id) == Pack.id)
        .outerjoin(BiteMedia, _HAS)
        .where(col(Bite.media) != "", col(Bite.retired_at).is_(None))
        .order_by(col(Pack.id), col(Bite.position))
    )
    if pack_id is not None:
        query = query.where(Bite.pack_id == pack_id)
    if name is not None:
        query = query.where(Bite.media == name)
    return [Named(*row) for row in await session.exec(query)]


async def attach(
    session: Session,
    bites: Collection[Bite],
    media: Media,
    now: datetime,
    *,
    hash: str | None = None,
    file_id: str = "",
) -> None:
    """This is the file that these bites name: by the hash of our bytes, or by Telegram's id."""
    rows = [
        BiteMedia(
            bite_id=bite.id, name=bite.media, media=media, hash=hash, file_id=file_id, at=now
        )
        for bite in bites
    ]
    await put(session, rows)


async def put(session: Session, rows: Sequence[BiteMedia]) -> None:
    """These are what their bites show, whatever they showed before."""
    ids = [row.bite_id for row in rows]
    if ids:
        await session.exec(delete(BiteMedia).where(col(BiteMedia.bite_id).in_(ids)))
        session.add_all(rows)
        await session.flush()
