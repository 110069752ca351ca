"""What goes along with a call: a file of ours is uploaded once, and named from then on.

A call that is owed names a file by what it is to us (`handlers.words.message.Ours`). When it is
made, that becomes the name that Telegram gave it, or the bytes themselves.
"""

import asyncio
import json
import logging
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from bot.drawing import Undrawn, drawn
from bot.line import NotSent, Part, Refused
from handlers.packs import export_pack
from handlers.words.message import plainly
from handlers.words.voice import Voice
from storage import audits, files, mydata, rosters
from storage.database import Database
from storage.kinds import Media

log = logging.getLogger(__name__)

# How Telegram says that it does not know what we named.
STRANGE = ("file identifier", "file_reference", "file reference", "file_id")
TURN = 1.0  # seconds to wait for another's upload before a call makes room for others
KEPT = {"file", "drawing"}  # by their hashes: what was uploaded once is named from then on
DRAWINGS = 3  # that are drawn or wait for it, while other calls go on
GONE = "Bad Request: the file to send is gone"


class Strange(Exception):
    """Telegram does not know a file by the name that we had for it; we have forgotten it."""


class Busy(NotSent):
    """The file is being uploaded by another call, or others are drawn: wait a little."""


@dataclass(frozen=True)
class Load:
    """A call's parameters as Telegram takes them. `hash`: of the file that they show, if kept."""

    params: Mapping[str, Any]
    parts: Mapping[str, Part] = field(default_factory=dict)
    hash: str = ""
    media: Media = Media.DOCUMENT
    method: str = ""  # instead of the one that is owed: the words go without a picture

    @property
    def named(self) -> bool:
        """Whether a file of ours goes by the name that Telegram gave it."""
        return bool(self.hash) and not self.parts


Post = Callable[[Load], Awaitable[Any]]


class Freight:
    """Loads the calls of one bot."""

    def __init__(self, database: Database, bot_id: int) -> None:
        self._database = database
        self._bot_id = bot_id
        self._easel = asyncio.Semaphore(1)  # one is drawn at a time: a processor is left to others
        self.drawings = 0  # that are drawn now, or wait for it
        self._uploads: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def carry(self, params: Mapping[str, Any], post: Post) -> Any:
        """Make a call with what goes along; its result.

        Raises Failure, which is Refused where there is nothing to send, and Unavailable.
        """
        try:
            return await self._posted(params, post)
        except Strange:
            return await self._posted(params, post)  # Telegram forgot a file: it is uploaded anew

    async def _posted(self, params: Mapping[str, Any], post: Post) -> Any:
        async with self._loaded(params) as load:
            try:
                result = await post(load)
            except Refused as refusal:
                if await self._strange(load, refusal):
                    raise Strange from None
                raise
            await self._arrived(load, result)
            return result

    @asynccontextmanager
    async def _loaded(self, params: Mapping[str, Any]) -> AsyncIterator[Load]:
        """The call as it goes out.

        Of several calls with the same file, which Telegram does not have yet, one uploads it; the
        others wait for the name that it gets. Raises Busy where that takes long.
        """
        media, ours = _ours(params)
        if not ours:
            yield Load(params)
            return
        rest = {name: value for name, value in params.items() if name != media.value}
        if ours["what"] not in KEPT:
            yield Load(rest, {media.value: Part(ours["name"], await self._made(ours))})
            return
        name = ours["id"]
        if known := await self._known(name, media):
            yield Load(_shown(rest, media, known), hash=name, media=media)
            return
        async with self._turn(name):
            if known := await self._known(name, media):
                yield Load(_shown(rest, media, known), hash=name, media=media)
                return
            async with self._database.read() as session:
                data = await files.data(session, name)
            if data is None:
                raise Refused(400, GONE, {})
            if ours["what"] == "drawing":
                try:
                    data = await self._drawn(data)
                except Undrawn as fault:
                    log.error("a picture is not drawn: %s", fault)
                    yield _without(rest)
                    return
            parts = {media.value: Part(ours["name"], data)}
            yield Load(
                _shown(rest, media, f"attach://{media.value}", sent=True), parts, name, media
            )

    async def _drawn(self, drawing: bytes) -> bytes:
        """The picture of a drawing that was kept. Raises Undrawn, and Busy where many wait."""
        if self.drawings >= DRAWINGS:
            raise Busy("other pictures are being drawn")
        self.drawings += 1
        try:
            async with self._easel:
                return await drawn(zlib.decompress(drawing))
        finally:
            self.drawings -= 1

    @asynccontextmanager
    async def _turn(self, name: str) -> AsyncIterator[None]:
        lock = self._uploads.setdefault(name, asyncio.Lock())
        try:
            async with asyncio.timeout(TURN):
                await lock.acquire()
        except TimeoutError:
            raise Busy("the file is being uploaded for another chat") from None
        try:
            yield
        finally:
            lock.release()

    async def _known(self, name: str, media: Media) -> str | None:
        async with self._database.read() as session:
            return await files.uploaded(session, name, self._bot_id, media)

    async def _made(self, ours: Mapping[str, str]) -> bytes:
        """A file that is made when it is wanted. It takes a while where it is long."""
        from handlers.words import pack_sheets, task_sheets  # on demand, since they load much

        voice = Voice(ours["locale"])
        if ours["what"] == "ledger":
            return await self._ledger(voice, ours["id"])
        if ours["what"] == "mydata":
            whose, _, asked = ours["id"].partition(",")
            async with self._database.read() as session:
                found = await mydata.of(session, int(whose), datetime.fromisoformat(asked))
            if found is None:
                raise Refused(400, GONE, {})
            return json.dumps(found, ensure_ascii=False, indent=2).encode()
        if ours["what"] == "audit":
            return await self._audit(voice, ours["id"])
        if ours["what"] == "roster":
            return await self._roster(voice, ours["id"])
        if ours["what"] == "template":
            return await asyncio.to_thread(pack_sheets.template, voice)
        if ours["what"] == "tasks":
            return await asyncio.to_thread(task_sheets.template, voice)
        async with self._database.read() as session:
            pack = await export_pack(session, ours["id"])
        if pack is None:
            raise Refused(400, GONE, {})
        return await asyncio.to_thread(pack_sheets.workbook, voice, pack)

    async def _ledger(self, voice: Voice, wanted: str) -> bytes:
        """A ledger: what is in it is read team by team, so that nothing else waits for long."""
        from handlers import ledgers
        from handlers.words.ledgers import workbook, workbook_of_teams

        async with self._database.read() as session:
            teams, span, at = await ledgers.known(session, wanted)
        found = []
        for team, unit in teams:
            async with self._database.read() as session:
                found.append(await ledgers.ledger(session, team, unit, span.first, span.last))
            await asyncio.sleep(0)
        if not found:
            raise Refused(400, GONE, {})
        if len(found) == 1:
            return await asyncio.to_thread(workbook, voice, found[0], at)
        name = wanted.partition("/")[2]
        return await asyncio.to_thread(workbook_of_teams, voice, name, found, at)

    async def _audit(self, voice: Voice, zone: str) -> bytes:
        """The audit log, all of it checked, with the times of a zone."""
        from handlers.words.audit_files import workbook

        chain = await audits.whole(self._database)
        found = [entry async for entry in audits.all_entries(self._database)]
        return await asyncio.to_thread(workbook, voice, chain, found, ZoneInfo(zone))

    async def _roster(self, voice: Voice, wanted: str) -> bytes:
        """A roster, of what who asked for it may see now."""
        from handlers.words import roster_sheets

        async with self._database.read() as session:
            places, units = await rosters.wanted(session, wanted)
        if not places:
            raise Refused(400, GONE, {})
        return await asyncio.to_thread(roster_sheets.workbook, voice, places, units)

    async def _arrived(self, load: Load, result: Any) -> None:
        """Remember what Telegram calls what was uploaded; that we could not costs one upload."""
        if not (load.hash and load.parts) or not (file_id := _file_id(load.media, result)):
            return
        try:
            async with self._database.begin() as session:
                await files.remember(session, load.hash, self._bot_id, load.media, file_id)
        except Exception as fault:  # the message stands, whatever we can write down of its file
            log.warning("the name of a file is not written down: %s", fault)

    async def _strange(self, load: Load, refusal: Refused) -> bool:
        """Whether it was our name for a file that Telegram refused; it is forgotten then."""
        text = refusal.description.lower()
        if not load.named or not any(part in text for part in STRANGE):
            return False
        log.warning("Telegram does not know file %s any more: %s", load.hash[:12], refusal)
        async with self._database.begin() as session:
            await files.mistaken(session, load.hash, self._bot_id, load.media)
        return True


def _shown(
    rest: Mapping[str, Any], media: Media, file: str, *, sent: bool = False
) -> dict[str, Any]:
    """A call's parameters with a file, by its name. `sent`: it goes along, as a part."""
    if "message_id" not in rest:
        return {**rest, **({} if sent else {media.value: file})}
    words = {name: rest[name] for name in ("caption", "parse_mode") if name in rest}
    others = {name: value for name, value in rest.items() if name not in words}
    return {**others, "media": {"type": media.value, "media": file, **words}}


def _without(rest: Mapping[str, Any]) -> Load:
    """The words alone. Raises Refused where a picture was to take another's place."""
    call = plainly(("sendPhoto", dict(rest)))
    if call is None or "message_id" in rest:
        raise Refused(400, GONE, {})
    return Load(call[1], method=call[0])


def _ours(params: Mapping[str, Any]) -> tuple[Media, Mapping[str, str]]:
    """What a call shows of ours, and how; nothing, if it shows nothing, or what Telegram has."""
    for media in Media:
        if isinstance(ours := params.get(media.value), Mapping):
            return media, ours
    return Media.DOCUMENT, {}


def _file_id(media: Media, result: Any) -> str:
    shown = result.get(media.value) if isinstance(result, Mapping) else None
    if isinstance(shown, list):
        shown = shown[-1] if shown else None
    return str(shown.get("file_id") or "") if isinstance(shown, Mapping) else ""
