"""What happens, told at once to the pages that are open (server-sent events)."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator

from bot.sandbox import views
from bot.sandbox.chats import Json
from bot.sandbox.world import News, World

PING = 15.0  # seconds of silence after which a comment keeps the connection alive
BACKLOG = 10_000  # events an open page may be behind before it is let go


class Streams:
    """The pages that are open, by the person somebody acts as."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: defaultdict[int, set[asyncio.Queue[str | None]]] = defaultdict(set)
        world.watchers.append(self.tell)

    def tell(self, news: News) -> None:
        """Send an event to everybody it concerns."""
        for person_id, pages in self._open.items():
            if pages and self._concerns(news, person_id):
                line = f"data: {json.dumps(self._event(news, person_id), ensure_ascii=False)}\n\n"
                for page in pages:
                    if page.qsize() < BACKLOG:
                        page.put_nowait(line)

    def _concerns(self, news: News, person_id: int) -> bool:
        if news.people is not None:
            return person_id in news.people
        if news.chat is None:
            return True
        return news.chat.holds(person_id)

    def _event(self, news: News, person_id: int) -> Json:
        told: Json = {"event": news.event, **news.more}
        if news.chat is None:
            return told
        if news.event == "chat":
            person = self._world.people[person_id]
            return told | {"chat": views.chat(self._world, news.chat, person)}
        told["chat"] = news.chat.id
        if news.message is not None:
            told["message"] = views.message_to(news.message, person_id)
        return told

    async def follow(self, person_id: int) -> AsyncIterator[str]:
        """Give the lines of one page's stream until the page or the server goes."""
        page: asyncio.Queue[str | None] = asyncio.Queue()
        self._open[person_id].add(page)
        try:
            yield ": here\n\n"
            while True:
                try:
                    async with asyncio.timeout(PING):
                        line = await page.get()
                except TimeoutError:
                    line = ": ping\n\n"
                if line is None:
                    return
                yield line
        finally:
            self._open[person_id].discard(page)

    def close(self) -> None:
        """End all streams."""
        for pages in self._open.values():
            for page in pages:
                page.put_nowait(None)
