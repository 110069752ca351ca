"""Pictures that are drawn when a call is made: once, a few at a time, or not at all."""

import asyncio
import zlib
from typing import Any

import pytest

from bot import drawing, freight
from bot.freight import Busy, Freight, Load
from bot.line import Refused
from handlers.words.message import Message, Ours
from storage import files
from storage.database import Database
from storage.kinds import Media
from tests.conftest import Hands

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20">'
    '<rect width="9" height="{n}"/></svg>'
)
PNG = b"\x89PNG\r\n\x1a\n"


class Telegram:
    """Takes what is posted, and names what is uploaded."""

    def __init__(self) -> None:
        self.loads: list[Load] = []

    async def post(self, load: Load) -> Any:
        self.loads.append(load)
        return {"message_id": 1, "photo": [{"file_id": "s"}, {"file_id": f"n{len(self.loads)}"}]}


async def kept(database: Database, clock: Hands, n: int = 1) -> Message:
    """A page whose drawing is kept."""
    data = zlib.compress(SVG.format(n=n).encode())
    async with database.begin() as session:
        name = await files.keep(session, data, clock())
    return Message("<b>一班</b>", media=Media.PHOTO, ours=Ours("drawing", "一班.png", name))


async def test_a_picture_is_drawn_once_and_named_from_then_on(
    database: Database, clock: Hands
) -> None:
    telegram, loads = Telegram(), Freight(database, 1)
    page = await kept(database, clock)
    for _ in range(2):
        await loads.carry(page.send()[1], telegram.post)
    first, second = telegram.loads
    assert first.parts["photo"].data.startswith(PNG)
    assert first.parts["photo"].name == "一班.png"
    assert "photo" not in first.params
    assert (second.parts, second.params["photo"]) == ({}, "n1")
    assert second.params["caption"] == "<b>一班</b>"


async def test_a_picture_in_anothers_place_carries_its_words(
    database: Database, clock: Hands
) -> None:
    telegram, loads = Telegram(), Freight(database, 1)
    method, params = (await kept(database, clock)).replaces()
    assert method == "editMessageMedia"
    for _ in range(2):
        await loads.carry({**params, "message_id": 7}, telegram.post)
    words = {"type": "photo", "caption": "<b>一班</b>", "parse_mode": "HTML"}
    first, second = telegram.loads
    assert first.params == {"message_id": 7, "media": {**words, "media": "attach://photo"}}
    assert list(first.parts) == ["photo"]
    assert second.params == {"message_id": 7, "media": {**words, "media": "n1"}}


async def test_of_many_that_are_to_be_drawn_a_few_wait_and_the_rest_make_room(
    database: Database, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(svg: bytes) -> bytes:
        begun.set()
        await go.wait()
        return PNG + svg

    monkeypatch.setattr(freight, "drawn", slowly)
    telegram, loads = Telegram(), Freight(database, 1)
    pages = [await kept(database, clock, n) for n in range(freight.DRAWINGS + 1)]
    async with asyncio.TaskGroup() as group:
        for page in pages[:-1]:
            group.create_task(loads.carry(page.send()[1], telegram.post))
        await begun.wait()
        while loads.drawings < freight.DRAWINGS:
            await asyncio.sleep(0)
        with pytest.raises(Busy):
            await loads.carry(pages[-1].send()[1], telegram.post)
        go.set()
    await loads.carry(pages[-1].send()[1], telegram.post)
    assert len(telegram.loads) == len(pages)


async def test_what_cannot_be_drawn_goes_out_in_words_but_replaces_nothing(
    database: Database, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "CHILD", "raise SystemExit(3)")
    telegram, loads = Telegram(), Freight(database, 1)
    page = await kept(database, clock)
    await loads.carry(page.send()[1], telegram.post)
    (load,) = telegram.loads
    assert (load.method, load.params["text"], load.parts) == ("sendMessage", "<b>一班</b>", {})
    with pytest.raises(Refused):
        await loads.carry({**page.replaces()[1], "message_id": 7}, telegram.post)
    assert len(telegram.loads) == 1


async def test_a_drawing_that_is_gone_is_refused(database: Database) -> None:
    gone = Message("一班", media=Media.PHOTO, ours=Ours("drawing", "一班.png", "0" * 64))
    with pytest.raises(Refused):
        await Freight(database, 1).carry(gone.send()[1], Telegram().post)


async def test_without_the_library_there_is_no_picture_and_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawing._library.cache_clear()
    monkeypatch.setattr(drawing, "find_spec", lambda _: None)
    with pytest.raises(drawing.Undrawn, match="not installed"):
        await drawing.drawn(SVG.format(n=1).encode())
    monkeypatch.undo()
    drawing._library.cache_clear()
    assert (await drawing.drawn(SVG.format(n=1).encode())).startswith(PNG)


async def test_the_child_has_no_token_and_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZAOHUI_TOKEN", "1:secret")
    told = "import os, sys; sys.stdout.write(' '.join(sorted(os.environ)))"
    monkeypatch.setattr(drawing, "CHILD", told)
    seen = (await drawing.drawn(b"<svg/>")).decode().split()
    assert not [name for name in seen if name.startswith("ZAOHUI")]
