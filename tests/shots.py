"""`make shots`: the pictures of the documentation, taken from the running sandbox.

Needs Debian's `chromium` (or the path of another one in CHROMIUM).
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from playwright.async_api import Browser, Page, async_playwright

from bot.clock import Clock
from bot.programs import trying_out
from bot.settings import Settings
from tests.wire.scene import LI, ONE, SI, WANG, ZHANG, ZHAO, Scene

PICTURES = Path(__file__).parents[1] / "docs" / "img"
DESK, PHONE = (1280, 860), (390, 844)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Where the browser is. Exits where there is none."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    return found or sys.exit("The pictures need a browser: apt-get install chromium")


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


class Camera:
    """Looks at the sandbox's page as somebody, and takes pictures."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address

    async def look(self, user: int, chat: int | None = None, size: tuple[int, int] = DESK) -> Page:
        """The page, open at a chat."""
        width, height = size
        page = await self._browser.new_page(
            viewport={"width": width, "height": height}, locale="zh-CN"
        )
        await page.goto(f"{self._address}/#as={user}&chat={chat or user}")
        await page.get_by_test_id("composer").wait_for()
        await page.wait_for_load_state("networkidle")
        return page

    async def take(
        self, name: str, user: int, chat: int | None = None, size: tuple[int, int] = DESK
    ) -> None:
        """A picture of a chat as it stands."""
        page = await self.look(user, chat, size)
        await self.keep(name, page)

    async def keep(self, name: str, page: Page) -> None:
        """A picture of a page as it is now."""
        await page.evaluate("document.fonts.ready")
        await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
        await page.close()

    async def press(self, name: str, user: int, label: str, chat: int) -> None:
        """A picture of what a tap is answered with."""
        page = await self.look(user, chat)
        await page.locator(".press", has_text=label).last.click()
        await page.locator("[data-testid=toast], [data-testid=alert]").first.wait_for()
        await self.keep(name, page)


async def story(scene: Scene, camera: Camera) -> None:
    """A morning of the demonstration, and what is worth a picture in it."""
    await scene.morning()
    await scene.tap(SI, "已学", ONE)
    await camera.press("checkin-toast", ZHANG, "已学", ONE)
    await scene.settle()
    await camera.press("answer-toast", ZHANG, "1 小时", ONE)
    await scene.tap(WANG, "请假", ONE)
    await scene.forward(seconds=6)
    await camera.take("morning-card", ZHANG, ONE)
    await camera.take("phone", ZHANG, ONE, PHONE)
    card = await scene.card()
    await scene.say(ZHANG, "承诺 周五前完成3号泵检修", ONE, reply_to=card["message_id"])
    await camera.take("commitment", ZHANG, ONE)
    await scene.say(ZHANG, "/my")
    await camera.take("my", ZHANG)
    await scene.say(LI, "今天下午三点，全体到二楼会议室开安全例会，请带上岗位风险清单。")
    await scene.tap(LI, "全选 第一党支部")
    await scene.tap(LI, "预览")
    await camera.take("announce-preview", LI)
    await scene.tap(LI, "发送")
    for user in (ZHANG, SI):
        await scene.tap(user, "收到", ONE)
    await scene.forward(seconds=6)
    await camera.take("announce-progress", LI)
    await camera.take("group-announcement", ZHANG, ONE)
    await scene.say(ZHAO, "/status")
    await camera.take("status", ZHAO)
    await scene.forward(hours=2)
    await camera.take("closing-leader", ZHAO)


async def main() -> None:
    """Take them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    clock = Clock(ZoneInfo("Asia/Shanghai"))
    clock.set(datetime(2026, 11, 23, 7, 0, tzinfo=clock.zone))
    with tempfile.TemporaryDirectory() as folder:
        async with (
            trying_out(Settings(), clock, 0, Path(folder) / "sandbox.db") as trial,
            httpx.AsyncClient(base_url=trial.address, timeout=30) as http,
            browsing() as browser,
        ):
            await story(Scene(trial, http), Camera(browser, trial.address))


if __name__ == "__main__":
    asyncio.run(main())
