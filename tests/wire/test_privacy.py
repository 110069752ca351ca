"""What somebody hears of what is stored of them, and what is left once they had it erased."""

import json
import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import logs
from handlers.requests import Reply, Request
from storage import people
from storage.kinds import Intake, Progress
from storage.tables import CheckIn, Commitment, Erasure, Incoming, Person
from tests.sandbox.play import picture
from tests.wire.scene import (
    DENIED,
    GONE,
    LI,
    MONDAY,
    ONE,
    OWNER,
    SI,
    ZHANG,
    ZHAO,
    Scene,
    labels,
    until,
)
from tests.wire.stage import standing

NAME, PUMP = "张三", "完成3号泵检修"


async def busy(scene: Scene) -> None:
    """张三 studies, promises, shows evidence, and is named by others."""
    await scene.say(ZHANG, "/start")
    await scene.morning()
    card = await scene.card()
    await scene.tap(ZHANG, "已学", ONE)
    await scene.say(ZHANG, f"承诺 周五前{PUMP}", ONE, reply_to=card["message_id"])
    await scene.say(ZHANG, "承诺 周五前清理配电房", ONE, reply_to=card["message_id"])
    await scene.send_file(ZHANG, "泵.png", picture(), caption="完成 1")
    await scene.say(ZHANG, "/leave 周四 外勤")
    await scene.say(ZHAO, "/board", ONE)
    await scene.say(ZHAO, "/assign 张三 周五前 更换滤芯 标准：和张三核对")


async def shown(scene: Scene, user: int, chat: int | None = None) -> list[str]:
    """What the bot has said in a chat, as it stands now."""
    return [
        message["text"] or message["caption"] or ""
        for message in await scene.messages(user, chat)
        if (message.get("from") or {}).get("id") not in {ZHANG, ZHAO, SI, LI}
    ]


def held(file: Path) -> tuple[list[str], bytes]:
    """Every cell of a database as text, and the bytes of its file."""
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        rows = [row for (name,) in names for row in connection.execute(f"SELECT * FROM {name}")]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return [str(cell) for row in rows for cell in row], file.read_bytes()


async def leave(scene: Scene) -> None:
    """They ask for it, and mean it; then a minute passes."""
    await scene.say(ZHANG, "/forgetme")
    await scene.tap(ZHANG, "确定注销")
    await scene.forward(seconds=61)
    await scene.forward(seconds=10)
    await scene.forward(seconds=10)

    async def over() -> bool:
        return not await scene.rows(Erasure)

    await until(over)
    await scene.settle()


async def test_privacy_is_said_in_private_and_in_the_group(scene: Scene) -> None:
    await scene.say(ZHANG, "/privacy")
    told = (await scene.messages(ZHANG))[-1]
    assert "记录什么" in told["text"]
    assert labels(told) == ["我的数据", "注销…"]
    await scene.say(ZHANG, "/privacy", ONE)
    told = (await scene.messages(ZHANG, ONE))[-1]
    assert "记录什么" in told["text"]
    assert labels(told) == []


async def test_the_file_comes_in_private(scene: Scene) -> None:
    await busy(scene)
    await scene.say(ZHANG, "/mydata")
    sent = (await scene.messages(ZHANG))[-1]
    assert sent["document"]["file_name"] == "我的数据 2026-11-23.json"
    assert "打卡 1 次，承诺 3 项" in sent["caption"]
    data = (await scene.http.get(sent["document"]["url"])).content
    found = json.loads(data)
    assert found["person"]["name"] == NAME
    assert PUMP in data.decode()
    assert "李四" not in data.decode()


async def test_after_forgetme_the_name_is_nowhere(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await busy(scene)
    await scene.say(ZHANG, "/forgetme")
    asked = await scene.last(ZHANG)
    assert "3 项承诺的内容（其中 2 项进行中的撤回）" in asked
    assert "打卡 1 次，承诺 3 项，兑现 1 项" in asked
    await leave(scene)
    assert (await scene.last(ZHANG)).startswith("已注销。")

    said = await shown(scene, ZHAO, ONE)
    assert not [text for text in said if NAME in text or PUMP in text]
    assert any("已注销成员" in text for text in said)
    assert not [text for text in await shown(scene, ZHAO) if NAME in text]
    states = {row.number: row.state for row in await scene.rows(Commitment)}
    assert states == {1: Progress.CLAIMED, 2: Progress.WITHDRAWN, 3: Progress.WITHDRAWN}
    assert len(await scene.rows(CheckIn)) == 1
    assert "已学 1/" in (await scene.card())["text"]

    cells, whole = held(Path(scene.app.database.url.database or ""))
    for mark in (NAME, json.dumps(NAME)[1:-1], PUMP, json.dumps(PUMP)[1:-1]):
        assert not [cell for cell in cells if mark in cell], mark
        assert mark.encode() not in whole, mark  # nor in what was freed
    assert not [cell for cell in cells if f'"id": {ZHANG}' in cell]
    assert NAME not in caplog.text
    assert PUMP not in caplog.text


async def test_a_forged_tap_forgets_nobody_else(scene: Scene) -> None:
    await scene.say(ZHANG, "/forgetme")
    message = (await scene.messages(ZHANG))[-1]
    async with scene.app.database.read() as session:
        person = await people.by_telegram(session, ZHANG)
        assert person is not None
    until_ = int(scene.clock().timestamp()) + 60
    await scene.say(SI, "/start")
    theirs = (await scene.messages(SI))[-1]["message_id"]
    data = f"iy:{person.id}:{until_}"
    assert await scene.forge(SI, SI, theirs, data) == GONE
    card_free = await scene.forge(ZHANG, ZHANG, message["message_id"], f"iy:{person.id}:1")
    assert "过期" in card_free
    assert await scene.forge(ZHANG, ZHANG, message["message_id"], "iy:x:y") == GONE
    names = {row.name for row in await scene.rows(Person)}
    assert {"张三", "李四"} <= names
    assert DENIED not in await scene.texts(SI)


async def test_two_taps_at_once_forget_once(scene: Scene) -> None:
    await scene.morning()
    await scene.say(ZHANG, "/forgetme")
    await scene.press(ZHANG, "确定注销")
    await scene.settle()
    last = (await scene.messages(ZHANG))[-1]
    assert last["text"].startswith("已注销。")
    async with scene.app.database.read() as session:
        assert await session.get(Erasure, 0) is None
    assert sum(row.name == "已注销成员" for row in await scene.rows(Person)) == 1
    assert {row.state for row in await scene.rows(Incoming)} == {"done"}


async def test_forgotten_in_the_middle_of_an_announcement_to_all(scene: Scene) -> None:
    await busy(scene)
    await scene.say(LI, "请张三周五来开会")
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    await scene.fault("kicked", "sendMessage", chats=[ONE])
    await scene.tap(LI, "发送")
    await leave(scene)
    assert not [text for text in await shown(scene, ZHAO, ONE) if "来开会" in text]
    await scene.mend()
    await scene.say(ZHAO, "/status", ONE)  # the group takes messages again: what waited goes out
    said = await shown(scene, ZHAO, ONE)
    assert any("请已注销成员周五来开会" in text for text in said)
    assert not [text for text in said if NAME in text]


async def test_the_only_secretary_is_told_to_hand_over_first(scene: Scene) -> None:
    await scene.say(LI, "/forgetme")
    assert "第一党支部" in await scene.last(LI)
    assert labels((await scene.messages(LI))[-1]) == []
    await scene.say(OWNER, "/forgetme")
    assert "整个机器人" in await scene.last(OWNER)


async def test_who_left_comes_back_as_somebody_new(scene: Scene) -> None:
    await busy(scene)
    await leave(scene)
    await scene.say(ZHANG, "/start")
    assert "一班" not in await scene.last(ZHANG)
    await scene.say(ZHANG, "/join", ONE)
    await scene.tap(ZHANG, "不在名单里")
    await scene.tap(ZHAO, "通过")
    assert await scene.last(ZHAO) == "张三已加入一班。"
    await scene.say(ZHANG, "/my")
    assert PUMP not in await scene.last(ZHANG)


async def test_evidence_leaves_the_disk_as_well(tmp_path: Path, furnished: Path) -> None:
    folder = tmp_path / "evidence"
    async with standing(tmp_path, MONDAY, ready=furnished) as bare:
        settings = bare.settings.model_copy(update={"evidence_dir": str(folder)})
        async with replace(bare, settings=settings).bot() as scene:
            await busy(scene)
            await scene.forward(minutes=1)

            async def there() -> bool:
                return len([path for path in folder.rglob("*") if path.is_file()]) == 1

            async def gone() -> bool:
                return not list(folder.iterdir())

            await until(there)
            await leave(scene)
            await scene.forward(minutes=1)
            await until(gone)


async def over_words(request: Request) -> Reply:
    raise ValueError(f"{request.sender.name} said {request.text}")


async def over_a_row(request: Request) -> Reply:
    request.session.add(Person(id=1, name=f"{request.sender.name} {request.text}"))
    await request.session.flush()
    return Reply()


async def test_a_log_holds_no_name_and_no_word_whatever_fails(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything is logged; updates fail over what they say, and over what the database takes."""
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    logs.start("json", "debug")
    try:
        await busy(scene)
        commands, world = scene.app.door._switchboard.commands, scene.world.world
        for name, handle in (("today", over_words), ("points", over_a_row)):
            commands[name] = replace(commands[name], handle=handle)
            entity = {"type": "bot_command", "offset": 0, "length": len(name) + 1}
            text = f"/{name} {PUMP}"
            said = {"text": text, "entities": [entity]}
            world.post(world.chats[ZHANG], world.people[ZHANG], said)

        async def given_up() -> bool:
            scene.clock.set(scene.clock() + timedelta(minutes=1))
            scene.app.door.ring()
            return sum(row.state is Intake.DEAD for row in await scene.rows(Incoming)) == 2

        await until(given_up)
        await leave(scene)
        assert not [row for row in await scene.rows(Incoming) if row.error or row.lane == ZHANG]
    finally:
        root.handlers[:] = before
    told = capsys.readouterr().err
    for part in ("was not handled", "ValueError", "IntegrityError", "over_words"):
        assert part in told
    for mark in (NAME, PUMP, json.dumps(NAME)[1:-1]):
        assert mark not in told
