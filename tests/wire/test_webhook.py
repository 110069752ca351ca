"""Updates that come by the webhook's door, over real HTTP."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import select

from bot.web.pages import HEADER
from storage.kinds import Intake
from storage.tables import CheckIn, Incoming
from tests.wire.scene import MONDAY, ONE, ZHANG, Scene
from tests.wire.stage import Stage, standing

SECRET = "only-telegram-knows-this"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    port = free_port()
    async with standing(tmp_path, MONDAY) as stage:
        settings = stage.settings.model_copy(
            update={
                "webhook_url": f"http://127.0.0.1:{port}",
                "webhook_secret": SecretStr(SECRET),
                "http_port": port,
            }
        )
        yield Stage(stage.world, settings, stage.clock, stage.http)


@pytest.fixture
async def scene(stage: Stage) -> AsyncIterator[Scene]:
    async with stage.bot() as scene:
        yield scene


async def test_a_tap_by_webhook_is_kept_and_answered(scene: Scene) -> None:
    await scene.morning()
    assert "第 1 位" in await scene.tap(ZHANG, "已学", ONE)
    assert len(await scene.rows(CheckIn)) == 1
    assert scene.app.ailments() == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b'{"update_id": 1}', 403),
        ({HEADER: "guess"}, b'{"update_id": 1}', 403),
        ({HEADER: SECRET}, b"no json", 400),
        ({HEADER: SECRET}, b'{"update_id": "x"}', 400),
        ({HEADER: SECRET}, b"[]", 400),
        ({HEADER: SECRET}, b" " * 1_000_001, 413),
    ],
    ids=["no secret", "wrong secret", "no json", "no number", "no object", "too large"],
)
async def test_what_telegram_did_not_send_leaves_nothing_behind(
    scene: Scene, stage: Stage, headers: dict[str, str], body: bytes, status: int
) -> None:
    before = len(await scene.rows(Incoming))
    async with httpx.AsyncClient(base_url=stage.settings.webhook_url) as http:
        answer = await http.post("/webhook", content=body, headers=headers)
        health = await http.get("/healthz")
    assert answer.status_code == status
    assert len(await scene.rows(Incoming)) == before
    assert health.json() == {"ok": True, "reasons": []}


async def test_an_update_that_comes_twice_is_handled_once(scene: Scene, stage: Stage) -> None:
    update = {
        "update_id": 77,
        "message": {
            "message_id": 5,
            "date": 1,
            "chat": {"id": ZHANG, "type": "private", "first_name": "张三"},
            "from": {"id": ZHANG, "is_bot": False, "first_name": "张三"},
            "text": "/commit 明天检查灭火器",
        },
    }
    async with httpx.AsyncClient(base_url=stage.settings.webhook_url) as http:
        for _ in range(2):
            answer = await http.post("/webhook", json=update, headers={HEADER: SECRET})
            assert answer.status_code == 200
    await scene.settle()
    async with scene.app.database.read() as session:
        row = (await session.exec(select(Incoming).where(Incoming.update_id == 77))).one()
    assert row.state is Intake.DONE
    assert len([text for text in await scene.texts(ZHANG) if "#1" in text]) == 1
