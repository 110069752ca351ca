"""A secretary of forty teams, on the sandbox's page at the width of a phone, from 7:50 on."""

import re
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from handlers.reading.organisations import OrganisationFile, read_organisation
from tests.page.test_page import browser, listen, pytestmark
from tests.shots import PHONE, Camera
from tests.wire.scene import LI, MONDAY, ZONE
from tests.wire.stage import playing

__all__ = ["browser", "pytestmark"]

TEAMS = 40
SOON = 30_000  # milliseconds: forty messages have their pace
HEAD = """
unit: 林业局
secretaries: [{name: 王书记, telegram_id: 9001}]
units:
  - unit: 第一党支部
    secretaries: [{name: 李书记, telegram_id: 9002}]
    teams:
"""
TEAM = """
      - team: {name}
        chat_id: {chat}
        leaders: [{{name: 赵{name}, telegram_id: {leader}}}]
        members:
          - {{name: 张{name}, telegram_id: {first}}}
          - {{name: 孙{name}, telegram_id: {second}}}
        plan: {{packs: [safety-101], at: "07:50", closes: "09:00", days: workdays}}
"""


def chat(place: int) -> int:
    return -1_001_000_001_000 - place


def people(place: int) -> tuple[int, int, int]:
    """The leader and the two members of a team."""
    return 20_000 + place, 30_000 + place, 40_000 + place


def organisation() -> OrganisationFile:
    found = HEAD
    for place in range(1, TEAMS + 1):
        leader, first, second = people(place)
        who = {"leader": leader, "first": first, "second": second}
        found += TEAM.format(name=f"{place}班", chat=chat(place), **who)
    return read_organisation("forty.yaml", found.encode())


async def say(page: Page, text: str) -> None:
    await page.get_by_test_id("composer").fill(text)
    await page.get_by_test_id("composer").press("Enter")


async def tap(page: Page, label: str) -> None:
    """The newest button with exactly these words."""
    button = page.locator(".press").filter(has_text=re.compile(rf"^{re.escape(label)}$")).last
    await button.click(timeout=SOON)


async def reads(page: Page, *words: str) -> None:
    """A message with all these words stands in the chat."""
    found = page.locator("[data-testid^=message-]")
    for part in words:
        found = found.filter(has_text=part)
    await expect(found.last).to_be_visible(timeout=SOON)


async def test_forty_teams_are_run_from_one_phone(browser: Browser, tmp_path: Path) -> None:
    async with playing(tmp_path, MONDAY, organisation()) as scene:
        await scene.to(datetime(2026, 11, 23, 7, 50, 30, tzinfo=ZONE))
        for place in range(1, TEAMS, 2):
            await scene.tap(people(place)[1], "已学", chat(place))
        page = await Camera(browser, scene.address).look(LI, None, PHONE)
        complaints = listen(page)

        await say(page, "今天谁没打卡？")
        await reads(page, "1班", "未学：赵1班、孙1班")

        await say(page, "周五下午三点在会议室开安全例会，各班组长参加")
        await tap(page, "全选 第一党支部")
        await tap(page, "预览")
        await reads(page, "40 个班组", "120 人")
        await tap(page, "发送")
        await reads(page, "确定吗", "40 个群")
        await tap(page, "确定发到 40 个群")
        await scene.forward(seconds=10)
        await reads(page, "已送达 40/40")
        for place in range(1, TEAMS + 1):
            await scene.tap(people(place)[0], "收到", chat(place))
        await scene.forward(seconds=6)
        await reads(page, "40/120")
        await tap(page, "谁未回执")
        await reads(page, "1班", "张1班")

        await say(page, "/assign 赵7班 周五前 上报隐患台账 标准:逐项签字")
        await reads(page, "上报隐患台账", "赵7班")
        await say(page, "本周打卡率")
        await reads(page, "合计 40 个班组", "20/120")
        await say(page, "/week")
        await reads(page, "第一党支部", "出勤")
        await say(page, "名册")
        await reads(page, "40 个班组")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        assert complaints == []
