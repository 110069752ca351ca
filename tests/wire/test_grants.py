"""Rights as people meet them: given in a line and by taps, seen in menus, read in /audit."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.doctor import Verdict, examine
from handlers.rules.menu import MENU, offered
from handlers.rules.permissions import Standing, Surface
from handlers.words import grants as words
from storage.kinds import Role
from storage.tables import Audit, Grant
from tests.wire.scene import (
    CHEN,
    DENIED,
    GONE,
    LI,
    MONDAY,
    ONE,
    OWNER,
    WANG,
    ZH,
    ZHANG,
    ZHAO,
    ZHOU,
    Scene,
    labels,
)
from tests.wire.stage import standing

MEMBER = {Standing.ANYONE, Standing.MEMBER}


async def menu(scene: Scene, user: int, chat: int | None = None) -> list[str]:
    """The commands that somebody's Telegram offers them."""
    found = await scene.http.get("/api/state", params={"as": user})
    found.raise_for_status()
    shown = next(one for one in found.json()["chats"] if one["id"] == (chat or user))
    return [one["command"] for one in shown["commands"]]


async def forge(scene: Scene, user: int, data: str) -> str:
    await scene.say(user, "/help")
    message = (await scene.messages(user))[-1]["message_id"]
    return await scene.forge(user, user, message, data)


async def test_each_sees_the_commands_that_they_can_use(scene: Scene) -> None:
    private, group = Surface.PRIVATE, Surface.GROUP
    assert await menu(scene, ZHANG) == offered(MEMBER, private)
    assert await menu(scene, ZHANG, ONE) == offered(MEMBER, group)
    leader = MEMBER | {Standing.LEADER}
    assert await menu(scene, ZHAO) == offered(leader, private)
    assert await menu(scene, ZHAO, ONE) == offered(leader, group), "who administers the group"
    secretary = {Standing.ANYONE, Standing.SECRETARY}
    assert await menu(scene, LI) == offered(secretary, private)
    assert await menu(scene, OWNER) == offered(secretary | {Standing.OWNER}, private)
    everywhere = [await menu(scene, user) for user in (ZHANG, ZHAO, LI, OWNER)]
    everywhere += [await menu(scene, ZHAO, ONE)]
    assert {name for names in everywhere for name in names} == {entry.name for entry in MENU}


async def test_a_leader_is_made_in_a_line_and_can_lead_at_once(scene: Scene) -> None:
    await scene.say(WANG, "/start")
    await scene.say(WANG, "/plan skip")
    assert await scene.last(WANG) == DENIED
    await scene.say(LI, "/grant 王五 一班 班组长")
    assert await scene.last(LI) == "✅ 王五 现在是 一班 班组长，已私聊告诉本人。"
    await scene.find(WANG, "✅ 你现在是 一班 班组长（李书记 授权）。")
    assert "plan" in await menu(scene, WANG)
    await scene.say(WANG, "/plan")
    assert "一班" in await scene.last(WANG)
    await scene.say(WANG, "/start")
    assert "你的身份：班组长" in await scene.last(WANG)
    assert await scene.tap(LI, "收回", message=await scene.find(LI, "王五 现在是")) == ""
    assert await scene.tap(LI, "收回") == "已收回 王五 的权利：一班 班组长。"
    await scene.find(WANG, "李书记 收回了你的权利：一班 班组长。")
    await scene.say(WANG, "/plan skip")
    assert await scene.last(WANG) == DENIED
    assert await menu(scene, WANG) == offered(MEMBER, Surface.PRIVATE)


async def test_a_leader_is_made_by_taps_alone(scene: Scene) -> None:
    await scene.say(LI, "/grant")
    for label in ("➕ 授权", "二班 班组长", "陈六"):
        await scene.tap(LI, label)
    shown = (await scene.messages(LI))[-1]
    assert shown["text"].startswith("✅ 陈六 现在是 二班 班组长")
    assert labels(shown) == ["收回", "谁有什么权利"]
    await scene.tap(LI, "谁有什么权利")
    assert "二班 班组长：陈六" in await scene.last(LI)


async def test_a_link_reaches_who_is_not_known_yet(scene: Scene) -> None:
    await scene.say(LI, "/grant 孙小妹 一班 班组长")
    await scene.tap(LI, "发一次性链接")
    link = re.search(r"start=(\S+)", await scene.last(LI))
    assert link is not None
    await scene.say(CHEN, f"/start {link[1]}")
    assert (await scene.last(CHEN)).startswith("✅ 你现在是 一班 班组长（李书记 授权）。")
    await scene.find(LI, "点开了你的链接，现在是 一班 班组长。")
    await scene.say(WANG, f"/start {link[1]}")
    assert await scene.last(WANG) == words.link_over(ZH).html


async def test_who_may_not_is_told_so_and_nothing_changes(scene: Scene) -> None:
    before = len(await scene.rows(Grant))
    for user in (ZHANG, ZHAO):
        for line in ("/grant", "/grant 张三 一班 班组长", "/audit", "/audit 张三"):
            await scene.say(user, line)
            assert await scene.last(user) == DENIED
            await scene.say(user, line, ONE)
            assert await scene.last(user, ONE) == DENIED
    team = next(row.team_id for row in await scene.rows(Grant) if row.role is Role.LEADER)
    for data in (
        f"gg:1:0:{team}",
        "gg:1:1:0",
        "gg:1:0:0",
        "gl:0:0",
        "gr:1:0:1:1",
        "ga:0:0:0",
        "gf",
    ):
        for user in (ZHANG, ZHAO):
            assert await forge(scene, user, data) == DENIED, data
    for data in ("gg:1:0:0", "gl:0:0", "gg:1:1:0"):
        assert await forge(scene, ZHOU, data) in {DENIED, GONE}
    for data in ("gg:x:0:1", "gg:1", "gr:1:1:1", f"gr:{10**30}:0:1:1", "gg::", "ga:0:0:0:0"):
        assert await forge(scene, LI, data) == GONE, data
    await scene.say(LI, "/audit")
    assert await scene.last(LI) == DENIED
    assert len(await scene.rows(Grant)) == before


async def test_the_owner_reads_who_did_what_and_its_end_stands_in_the_mornings_line(
    scene: Scene,
) -> None:
    await scene.say(LI, "/grant 张三 一班 班组长")
    await scene.say(LI, "下午开会")
    for label in ("一班", "预览", "发送"):
        await scene.tap(LI, label)
    await scene.say(OWNER, "/audit")
    lines = (await scene.last(OWNER)).split("\n")
    rows = await scene.rows(Audit)
    last = max(rows, key=lambda row: row.number or 0)
    assert lines[0] == f"🔗 审计记录 {len(rows)} 条，链完整（末尾 {(last.hash or '')[:8]}）"
    assert lines[2:4] == [
        "· 11-23 07:00 李书记：发出公告 №1，1 个班组",
        "· 11-23 07:00 李书记：授权 张三 为 一班 班组长",
    ]
    assert any(line.endswith("控制台：王书记 成为系统管理员") for line in lines)
    await scene.tap(OWNER, "导出 .xlsx")
    sent = (await scene.messages(OWNER))[-1]
    assert sent["document"]["file_name"] == "审计记录-2026-11-23.xlsx"
    await scene.morning()
    await scene.forward(hours=2)
    told = await scene.find(OWNER, "🔗 审计 ")
    end = max(await scene.rows(Audit), key=lambda row: row.number or 0)
    assert f"🔗 审计 {end.number} 条，末尾 {(end.hash or '')[:8]}" in told["text"]


async def test_what_was_done_to_the_log_is_seen_by_the_owner_and_the_doctor(
    scene: Scene,
) -> None:
    async with scene.app.database.begin() as session:
        for statement in ("DROP TRIGGER audit_delete", "DELETE FROM audit WHERE number = 2"):
            await session.exec(text(statement))  # type: ignore[call-overload]
    await scene.say(OWNER, "/audit")
    assert (await scene.last(OWNER)).startswith("⚠️ 审计链在第 2 条断开")
    await scene.morning()
    await scene.forward(hours=2)
    assert "审计链在第 2 条断开" in (await scene.find(OWNER, "断开"))["text"]


async def test_the_code_on_the_console_makes_one_person_the_owner(
    tmp_path: Path, furnished: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with standing(tmp_path, MONDAY, ready=furnished) as owned:
        settings = owned.settings.model_copy(update={"owner_ids": frozenset()})
        stage = replace(owned, settings=settings)
        async with stage.bot() as scene:
            said = re.findall(r"/start (\S+) in private", caplog.text)
            assert len(said) == 1
            code = said[0]
            await scene.say(WANG, f"/start {code}", ONE)
            await scene.say(WANG, "/audit")
            assert await scene.last(WANG) == DENIED, "in a group it is not taken"
            await asyncio.gather(*(scene.say(user, f"/start {code}") for user in (ZHANG, LI)))
            owners = [row for row in await scene.rows(Grant) if row.role is Role.OWNER]
            assert len(owners) == 1
            answers = [await scene.last(user) for user in (ZHANG, LI)]
            assert sum("你现在是系统管理员" in answer for answer in answers) == 1
        caplog.clear()
        async with stage.bot():
            assert "/start" not in caplog.text, "somebody owns it"


async def test_the_doctor_says_how_the_log_stands(tmp_path: Path, furnished: Path) -> None:
    async with standing(tmp_path, MONDAY, ready=furnished) as stage, stage.bot() as scene:
        found = {one.key: one async for one in examine(stage.settings, lambda _: None)}
        assert found["audit"].values["count"] == len(await scene.rows(Audit))
        async with scene.app.database.begin() as session:
            for statement in ("DROP TRIGGER audit_update", "UPDATE audit SET detail = 'x'"):
                await session.exec(text(statement))  # type: ignore[call-overload]
        found = {one.key: one async for one in examine(stage.settings, lambda _: None)}
        assert found["audit_broken"].verdict is Verdict.FAIL
        assert found["audit_broken"].values == {"number": 1}


async def contact(scene: Scene, user: int, **told: object) -> None:
    """Somebody sends a contact, as Telegram's clients do."""
    world = scene.world.world
    card = {"phone_number": "+86", "first_name": "孙<b>", **told}
    world.post(world.chats[user], world.people[user], {"contact": card})
    await scene.settle()


async def test_a_contact_is_asked_about_and_made_what_is_tapped(scene: Scene) -> None:
    await contact(scene, LI, last_name="小妹", user_id=CHEN)
    assert (await scene.last(LI)).endswith(" 担任什么？")
    assert labels((await scene.messages(LI))[-1]) == ["一班 班组长", "二班 班组长", "‹ 返回"]
    await scene.tap(LI, "一班 班组长")
    assert "现在是 一班 班组长" in await scene.last(LI)
    await contact(scene, LI, user_id=777001)
    assert await scene.last(LI) == "孙<b> 担任什么？"
    await scene.tap(LI, "二班 班组长")
    assert "孙<b> 现在是 二班 班组长" in await scene.last(LI)
    leaders = [row for row in await scene.rows(Grant) if row.role is Role.LEADER]
    assert len(leaders) == 5


async def test_a_contact_of_nobody_or_of_oneself_or_from_anybody_gives_nothing(
    scene: Scene,
) -> None:
    before = len(await scene.rows(Grant))
    await contact(scene, LI)
    assert "没有 Telegram 帐号" in await scene.last(LI)
    await contact(scene, LI, user_id=LI)
    assert await scene.last(LI) == words.oneself(ZH)
    await contact(scene, ZHAO, user_id=CHEN)
    assert await scene.last(ZHAO) == ZH.plain("unknown").replace("&lt;", "<")
    assert len(await scene.rows(Grant)) == before
