"""A morning on PostgreSQL, as on SQLite; and a server that drops its connections in the middle."""

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from storage.tables import CheckIn
from tests.postgres import Postgres
from tests.sandbox.play import picture
from tests.wire.scene import LI, MONDAY, ONE, SI, WANG, ZHANG, ZHAO, Scene
from tests.wire.stage import Stage, standing
from tests.wire.test_bite_media import pack, sheet

DROP = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
async def stage(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Stage]:
    with postgres.database() as address:
        async with standing(tmp_path, MONDAY, address) as stage:
            yield stage


async def test_a_morning_from_the_card_to_the_closing_word(stage: Stage) -> None:
    async with stage.bot() as scene:
        await a_morning(scene)


async def test_a_server_that_drops_its_connections_costs_nobody_a_tap(stage: Stage) -> None:
    async with stage.bot() as scene:
        await scene.morning()
        with psycopg.connect(stage.settings.database_url) as connection:
            dropped = connection.execute(DROP).fetchall()
        assert len(dropped) > 1
        for user in (ZHANG, SI, WANG):
            assert "位" in await scene.tap(user, "已学", ONE)
        assert len(await scene.rows(CheckIn)) == 3


async def test_a_pack_by_chat_and_its_picture_on_the_card(stage: Stage) -> None:
    async with stage.bot() as scene:
        await scene.send_file(LI, "安全.xlsx", sheet(pack()))
        await scene.tap(LI, "导入")
        await scene.send_file(LI, "x.png", picture(120, 80), caption="hot-work")
        await scene.say(LI, "/packs")
        await scene.tap(LI, "导出 safety-101")
        assert (await scene.messages(LI))[-1]["document"]["file_name"] == "safety-101-v2.xlsx"
        await scene.morning()
        await scene.tap(ZHANG, "已学", ONE)
        await scene.forward(seconds=6)
        (card,) = await scene.messages(ZHANG, ONE)
        assert card["photo"]["width"] == 120
        assert card["caption"].endswith("已学 1/4")


async def a_morning(scene: Scene) -> None:
    await scene.morning()
    assert await scene.tap(ZHANG, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"
    assert await scene.tap(SI, "已学", ONE) == "✅ 已学，本班组第 2 位，07:50"
    assert await scene.tap(ZHANG, "已学", ONE) == "已经记录过了：第 1 位，07:50"
    assert (await scene.tap(SI, "30 分钟", ONE)).startswith("✅ 答对了。")
    await scene.say(ZHANG, "/commit 明天检查灭火器")
    assert "#1" in await scene.last(ZHANG)
    await scene.forward(seconds=6)
    assert "已学 2/4" in (await scene.card())["text"]
    await scene.forward(minutes=71)
    assert (await scene.card())["text"].endswith("已截止，仍可补学")
    assert "已学 2/4" in await scene.last(ZHAO)
