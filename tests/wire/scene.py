"""The bot at work in its sandbox, over real HTTP on a real database, as people see it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx
from sqlmodel import SQLModel, select

from bot.app import App
from bot.clock import Clock
from bot.programs import Trial
from handlers.words import plain
from handlers.words.voice import Voice
from storage import doubts, footings, inbox, outbox, sentpacks

Message = dict[str, Any]
Row = TypeVar("Row", bound=SQLModel)

ZH = Voice("zh")
DENIED, GONE, STRANGER = plain.denied(ZH), plain.gone(ZH), plain.stranger(ZH)
UNKNOWN = ZH.plain("unknown")

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=ZONE)

OWNER, LI, ZHOU = 9001, 9002, 9003  # 王书记 owns all; 李书记 and 周书记 each run a branch
ZHAO, ZHANG, SI, WANG, WU = 101, 111, 112, 113, 114  # 一班: 赵班长, 张三, 李四, 王五, 吴九
SUN, CHEN = 102, 121  # 二班
QIAN, ZHENG = 103, 131  # 巡护队, in a topic
ONE, TWO, RANGERS = -1001000000001, -1001000000002, -1001000000003
TOPIC = 2
PATIENCE = 20.0  # seconds of the machine until a test gives up
SOON = timedelta(seconds=1)  # what is due by then is waited for: it is put off, or just written


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Let the bot work until something holds."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await asyncio.sleep(0.005)


class Scene:
    """People act, the clock moves, and one looks at what stands in the chats."""

    def __init__(self, trial: Trial, http: httpx.AsyncClient) -> None:
        self.app: App = trial.app
        self.world = trial.world
        self.address = trial.address
        self.clock: Clock = trial.app.clock
        self.http = self._http = http

    async def say(self, user: int, text: str, chat: int | None = None, **more: Any) -> int:
        """Somebody writes, in a group or (None) to the bot; the id of the message."""
        body = {"as": user, "chat": chat or user, "text": text, **more}
        answer = await self._post("/api/say", body)
        await self.settle()
        return int(answer["message_ids"][-1])

    async def send_file(
        self,
        user: int,
        name: str,
        data: bytes,
        caption: str = "",
        chat: int | None = None,
        **more: Any,
    ) -> None:
        """Somebody sends a picture or file."""
        form = {"as": str(user), "chat": str(chat or user), "text": caption, **more}
        response = await self._http.post("/api/say", data=form, files={"files": (name, data)})
        response.raise_for_status()
        await self.settle()

    async def send_files(
        self, user: int, *files: bytes, caption: str = "", chat: int | None = None
    ) -> None:
        """Somebody sends several pictures or files at once; the first has the caption."""
        form = {"as": str(user), "chat": str(chat or user), "text": caption}
        parts = [("files", (f"{place}.png", data)) for place, data in enumerate(files)]
        response = await self._http.post("/api/say", data=form, files=parts)
        response.raise_for_status()
        await self.settle()

    async def tap(
        self, user: int, label: str, chat: int | None = None, message: Message | None = None
    ) -> str:
        """Somebody taps the newest button of these words; what they are told."""
        answer = await self.press(user, label, chat, message)
        await self.settle()
        return str(answer["text"] or answer["url"] or "")

    async def press(
        self, user: int, label: str, chat: int | None = None, message: Message | None = None
    ) -> dict[str, Any]:
        """The same, without waiting for all that follows from it."""
        shown = [message] if message else reversed(await self.messages(user, chat))
        for found in shown:
            for row, buttons in enumerate(found["buttons"] or []):
                for col, button in enumerate(buttons):
                    if button["text"] == label:
                        where = {"message_id": found["message_id"], "row": row, "col": col}
                        body = {"as": user, "chat": chat or user, **where}
                        return await self._post("/api/press", body)
        raise AssertionError(f"no button {label!r} in {await self.texts(user, chat)}")

    async def forge(self, user: int, chat: int, message_id: int, data: str) -> str:
        """Somebody with a client of their own sends callback data of their own."""
        body = {"as": user, "chat": chat, "message_id": message_id, "data": data}
        answer = await self._post("/api/press", body)
        await self.settle()
        return str(answer["text"] or "")

    async def act(self, path: str, **body: Any) -> dict[str, Any]:
        """Whatever else people do: `member`, `chat`, `edit`, `migrate`, `block`."""
        answer = await self._post(f"/api/{path}", body)
        await self.settle()
        return answer

    def rename(self, user: int, name: str) -> None:
        """Somebody calls themselves something else in Telegram."""
        self.world.world.people[user].told["first_name"] = name

    async def messages(self, user: int, chat: int | None = None) -> list[Message]:
        """What stands in a chat, oldest first, as `user` sees it."""
        found = await self._http.get("/api/messages", params={"as": user, "chat": chat or user})
        found.raise_for_status()
        return list(found.json()["messages"])

    async def texts(self, user: int, chat: int | None = None) -> list[str]:
        """The words of what stands in a chat."""
        found = await self.messages(user, chat)
        return [message["text"] or message["caption"] or "" for message in found]

    async def last(self, user: int, chat: int | None = None) -> str:
        """The newest words in a chat."""
        return (await self.texts(user, chat))[-1]

    async def find(self, user: int, words: str, chat: int | None = None) -> Message:
        """The newest message that holds these words."""
        for found in reversed(await self.messages(user, chat)):
            if words in (found["text"] or found["caption"] or ""):
                return found
        raise AssertionError(f"no {words!r} in {await self.texts(user, chat)}")

    async def card(self, user: int = ZHANG, chat: int = ONE) -> Message:
        """The newest morning card in a group."""
        found = await self.messages(user, chat)
        return next(m for m in reversed(found) if "早会微学 ·" in (m["text"] or ""))

    async def rows(self, table: type[Row]) -> Sequence[Row]:
        """What a table holds, as somebody else than the bot reads it."""
        async with self.app.database.read() as session:
            return (await session.exec(select(table))).all()

    def calls(self, method: str, chat: int) -> list[dict[str, Any]]:
        """What the bot asked of Telegram for a chat, by the name of the method."""
        called = [call.params for call in self.world.calls if call.method == method]
        return [params for params in called if params.get("chat_id") == str(chat)]

    async def fault(self, kind: str, *methods: str, **more: Any) -> None:
        """From here on something goes wrong between the bot and Telegram."""
        await self._post("/api/faults", {"faults": [{"kind": kind, "methods": methods, **more}]})

    async def mend(self) -> None:
        """Nothing goes wrong any more."""
        await self._post("/api/faults", {"faults": []})

    async def morning(self) -> None:
        """To the next morning: its card is there."""
        await self._at(self.clock.morning())

    async def forward(self, **delta: float) -> None:
        """Time passes, and what was to happen has happened."""
        await self._at(self.clock() + timedelta(**delta))

    async def to(self, moment: datetime) -> None:
        """The same, until a moment."""
        await self._at(moment)

    async def settle(self) -> None:
        """Until nothing is left to take in, to handle, to show or to carry."""
        await until(self._calm)
        await self.app.pulse()
        await until(self._calm)

    async def _at(self, moment: datetime) -> None:
        self.clock.set(moment)
        await self.app.pulse()
        await self.settle()

    async def _calm(self) -> bool:
        if self._stirring():
            return False  # what it leads to may not stand in the database yet
        async with self.app.database.read() as session:
            now = self.clock() + SOON
            if await inbox.waiting(session) or await outbox.owed(session, now):
                return False
            if await doubts.lost(session, now, 1) or await sentpacks.waiting(session, now):
                return False
            if await footings.waiting(session, now):
                return False
        return not self._stirring()  # somebody may have been woken while we looked

    def _stirring(self) -> bool:
        return bool(len(self.world.world.queue) or self.app.crew.tasks)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self._http.post(path, json=body)
        assert response.status_code == 200, response.text
        return dict(response.json())


def labels(message: Message) -> list[str]:
    """The words on the buttons beneath a message."""
    return [button["text"] for row in message["buttons"] or [] for button in row]
