"""The webhook's side is a real server on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.sandbox.play import FORUM, TEAM, ZHANG, Play, listening


class Hook:
    """A bot behind a webhook. `answers`: what it gives to the next updates; then 200."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.secrets: list[str | None] = []
        self.answers: list[Response] = []
        self.app = Starlette(routes=[Route("/hook", self.serve, methods=["POST"])])
        self.url = ""

    async def serve(self, request: Request) -> Response:
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        self.got.put_nowait(await request.json())
        return self.answers.pop(0) if self.answers else Response()

    async def texts(self, count: int) -> list[str]:
        return [(await self.got.get())["message"]["text"] for _ in range(count)]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    async with listening(hook.app) as (address, _):
        hook.url = f"{address}/hook"
        yield hook


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0)


async def test_updates_are_posted_with_the_secret(play: Play, hook: Hook) -> None:
    await play.say(ZHANG, TEAM, "before")
    await play.bot("setWebhook", url=hook.url, secret_token="s3cret", max_connections=1)
    await play.say(ZHANG, TEAM, "after")
    assert await hook.texts(2) == ["before", "after"]
    assert hook.secrets == ["s3cret"] * 2
    await until(lambda: len(play.box.world.queue) == 0)
    info = await play.bot("getWebhookInfo")
    assert (info["url"], info["pending_update_count"], info["max_connections"]) == (hook.url, 0, 1)


async def test_a_failed_delivery_is_repeated_and_holds_up_its_own_chat_only(
    play: Play, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.deliveries.RETRY", (0.05, 0.1))
    hook.answers = [Response(status_code=500)]
    await play.bot("setWebhook", url=hook.url)
    await play.say(ZHANG, TEAM, "first")
    assert await hook.texts(1) == ["first"]
    await play.say(ZHANG, TEAM, "second")
    await play.say(ZHANG, FORUM, "/elsewhere")
    assert await hook.texts(3) == ["/elsewhere", "first", "second"]
    info = await play.bot("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: 500")


async def test_retry_after_is_honoured(play: Play, hook: Hook) -> None:
    hook.answers = [Response(status_code=503, headers={"retry-after": "3000"})]
    await play.bot("setWebhook", url=hook.url)
    await play.say(ZHANG, TEAM, "x")
    await hook.texts(1)
    await until(lambda: bool(play.box.world.queue.webhook.error))
    assert (await play.bot("getWebhookInfo"))["pending_update_count"] == 1
    await play.bot("setWebhook", url=hook.url)  # a new webhook tries at once
    assert await hook.texts(1) == ["x"]


async def test_a_method_in_the_answer_is_carried_out(play: Play, hook: Hook) -> None:
    call = {"method": "sendMessage", "chat_id": TEAM, "text": "from the answer"}
    hook.answers = [JSONResponse(call)]
    await play.bot("setWebhook", url=hook.url)
    await play.say(ZHANG, TEAM, "x")
    await hook.texts(1)
    await until(lambda: len(play.box.world.chats[TEAM].messages) == 2)
    assert (await play.shown(ZHANG, TEAM))[-1]["text"] == "from the answer"


async def test_a_webhook_shuts_polling_out_and_deleting_it_lets_it_in(
    play: Play, hook: Hook
) -> None:
    poll = asyncio.create_task(play.refusal("getUpdates", timeout=50))
    await asyncio.sleep(0)
    await play.bot("setWebhook", url=hook.url)
    assert (await poll).startswith("Conflict: ")
    assert await play.refusal("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    await play.bot("deleteWebhook", drop_pending_updates=True)
    assert await play.bot("getUpdates") == []


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"url": "https://example.org/hook"},
         "bad webhook: Failed to resolve host: Name or service not known"),
        ({"url": "ftp://localhost"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "http://localhost", "secret_token": "!"},
         "secret token contains unallowed characters"),
    ],
)  # fmt: skip
async def test_only_loopback_is_called(play: Play, params: dict[str, str], why: str) -> None:
    assert await play.refusal("setWebhook", **params) == f"Bad Request: {why}"
    assert (await play.bot("getWebhookInfo"))["url"] == ""
