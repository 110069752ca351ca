"""Files that go along with calls: uploaded once for a bot, then sent by the name they got."""

import asyncio
from typing import Any

import pytest

from bot import freight
from bot.freight import Busy, Freight, Load
from bot.line import Lost, Refused
from handlers.packs import import_pack
from handlers.reading.packs import BiteFile, PackFile, read_pack
from handlers.words.message import Ours
from storage import files
from storage.database import Database
from storage.kinds import Media
from tests.conftest import Hands

PACK = PackFile("our-pack", "本厂", "zh", 1, "", (BiteFile("hot", "动火", "先检查。"),))
UNKNOWN = Refused(400, "Bad Request: wrong remote file identifier specified", {})


class Telegram:
    """Takes what is posted, and names what is uploaded."""

    def __init__(self) -> None:
        self.uploads: list[bytes] = []
        self.named: list[str] = []
        self.trouble: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def post(self, load: Load) -> Any:
        if not load.parts:
            self.named.append(load.params["photo"])
            if self.trouble:
                raise self.trouble
            return {"message_id": 1, "photo": [{"file_id": load.params["photo"]}]}
        ((name, part),) = load.parts.items()
        assert name not in load.params
        self.uploads.append(part.data)
        await self.open.wait()
        if self.trouble:
            raise self.trouble
        return {"message_id": 1, "photo": [{"file_id": "s"}, {"file_id": f"n{len(self.uploads)}"}]}


@pytest.fixture
async def photo(database: Database, clock: Hands) -> dict[str, Any]:
    async with database.begin() as session:
        kept = await files.keep(session, b"bytes", clock())
    return {"photo": Ours("file", "图.jpg", kept).params(), "caption": "看图"}


async def test_of_many_calls_with_a_file_one_uploads_it(
    database: Database, photo: dict[str, Any]
) -> None:
    telegram, loads = Telegram(), Freight(database, 1)
    results = await asyncio.gather(*(loads.carry(photo, telegram.post) for _ in range(6)))
    assert (telegram.uploads, telegram.named) == ([b"bytes"], ["n1"] * 5)
    assert len(results) == 6


async def test_whoever_waits_long_for_anothers_upload_makes_room(
    database: Database, photo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freight, "TURN", 0.01)
    telegram, loads = Telegram(), Freight(database, 1)
    telegram.open.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(loads.carry(photo, telegram.post))
        while not telegram.uploads:
            await asyncio.sleep(0)
        with pytest.raises(Busy):
            await loads.carry(photo, telegram.post)
        telegram.open.set()
    await loads.carry(photo, telegram.post)
    assert (len(telegram.uploads), telegram.named) == (1, ["n1"])


async def test_a_name_holds_for_one_bot_and_one_way_of_showing(
    database: Database, photo: dict[str, Any]
) -> None:
    telegram = Telegram()
    for bot in (1, 2, 1):
        await Freight(database, bot).carry(photo, telegram.post)
    assert (len(telegram.uploads), telegram.named) == (2, ["n1"])


async def test_a_file_that_telegram_forgot_is_uploaded_anew_in_the_same_call(
    database: Database, photo: dict[str, Any]
) -> None:
    telegram, loads = Telegram(), Freight(database, 1)
    await loads.carry(photo, telegram.post)
    telegram.trouble = UNKNOWN
    with pytest.raises(Refused):
        await loads.carry(photo, telegram.post)
    assert len(telegram.uploads) == 2, "it was refused by name, and then as bytes"
    telegram.trouble = None
    await loads.carry(photo, telegram.post)
    assert (len(telegram.uploads), telegram.named) == (3, ["n1"])


async def test_a_name_that_cannot_be_written_down_costs_no_message(
    database: Database, photo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("the file was forgotten meanwhile")

    telegram, loads = Telegram(), Freight(database, 1)
    monkeypatch.setattr(files, "remember", fails)
    assert (await loads.carry(photo, telegram.post))["message_id"] == 1
    monkeypatch.undo()
    await loads.carry(photo, telegram.post)
    assert len(telegram.uploads) == 2


async def test_another_refusal_makes_nothing_forgotten(
    database: Database, photo: dict[str, Any]
) -> None:
    telegram, loads = Telegram(), Freight(database, 1)
    await loads.carry(photo, telegram.post)
    telegram.trouble = Refused(403, "Forbidden: bot was kicked", {})
    with pytest.raises(Refused, match="kicked"):
        await loads.carry(photo, telegram.post)
    telegram.trouble = None
    await loads.carry(photo, telegram.post)
    assert len(telegram.uploads) == 1


async def test_an_upload_that_was_lost_is_made_by_the_next(
    database: Database, photo: dict[str, Any]
) -> None:
    telegram, loads = Telegram(), Freight(database, 1)
    telegram.trouble = Lost("ReadError")
    with pytest.raises(Lost):
        await loads.carry(photo, telegram.post)
    telegram.trouble = None
    await loads.carry(photo, telegram.post)
    assert len(telegram.uploads) == 2


@pytest.mark.parametrize("what", ["file", "pack"])
async def test_what_is_gone_is_refused_without_a_call(database: Database, what: str) -> None:
    telegram = Telegram()
    with pytest.raises(Refused, match="is gone"):
        await Freight(database, 1).carry(
            {"photo": Ours(what, "x", "none").params()}, telegram.post
        )
    assert telegram.uploads == []


async def test_a_pack_is_written_when_it_is_sent(database: Database, clock: Hands) -> None:
    async with database.begin() as session:
        await import_pack(session, PACK, clock())
    telegram = Telegram()
    ours = Ours("pack", "a.xlsx", "our-pack", "zh").params()
    await Freight(database, 1).carry({"document": ours}, telegram.post)
    assert read_pack("a.xlsx", telegram.uploads[0]) == PACK
    async with database.read() as session:
        assert await files.uploaded(session, "our-pack", 1, Media.DOCUMENT) is None
