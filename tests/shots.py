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
from datetime import timedelta
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright

from bot.clock import Clock
from bot.programs import trying_out
from bot.settings import Settings
from tests.wire.scene import LI, MONDAY, ONE, SI, SUN, TWO, WANG, ZHANG, ZHAO, ZONE, Scene, labels
from tests.wire.test_a_pack_by_chat import saved, sheets

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

    def __init__(self, browser: Browser, address: str, locale: str = "zh-CN") -> None:
        self._browser = browser
        self._address = address
        self._locale = locale

    async def look(self, user: int, chat: int | None = None, size: tuple[int, int] = DESK) -> Page:
        """The page, open at a chat."""
        width, height = size
        page = await self._browser.new_page(
            viewport={"width": width, "height": height}, locale=self._locale
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

    async def press(
        self, name: str, user: int, label: str, chat: int, size: tuple[int, int] = PHONE
    ) -> None:
        """A picture of what a tap is answered with."""
        page = await self.look(user, chat, size)
        await page.locator(".press", has_text=label).last.click()
        await page.locator("[data-testid=toast], [data-testid=alert]").first.wait_for()
        await self.keep(name, page)


def hand(height: int) -> tuple[int, int]:
    """A phone, as far as there is something to see on it."""
    return PHONE[0], height


def sheet(height: int) -> tuple[int, int]:
    """A narrow window, as far as there is something to see in it."""
    return 760, height


async def story(scene: Scene, camera: Camera) -> None:
    """A morning of the demonstration, and what is worth a picture in it."""
    await scene.morning()
    await scene.tap(SI, "已学", ONE)
    await camera.press("checkin-toast", ZHANG, "已学", ONE)
    await scene.settle()
    await camera.press("answer-toast", ZHANG, "30 分钟", ONE)
    await scene.tap(SUN, "2 小时", TWO)
    await scene.tap(WANG, "请假", ONE)
    await scene.forward(seconds=6)
    await camera.take("morning-card", ZHANG, ONE)
    await camera.take("phone", ZHANG, ONE, PHONE)
    await camera.take("leave", WANG, size=hand(540))
    await scene.forward(minutes=4)
    card = await scene.card()
    await scene.say(ZHANG, "承诺 周五前完成3号泵检修", ONE, reply_to=card["message_id"])
    await camera.take("commitment", ZHANG, ONE, hand(640))
    await scene.tap(ZHANG, "我承诺", ONE)
    await scene.tap(ZHANG, "今天出发前检查随车灭火器")
    await scene.say(ZHANG, "/my")
    await camera.take("my", ZHANG, size=hand(760))
    await board(scene, camera)
    await scene.forward(minutes=6)
    await scene.say(LI, "今天下午三点，全体到二楼会议室开安全例会，请带上岗位风险清单。")
    await scene.tap(LI, "全选 第一党支部")
    await scene.tap(LI, "预览")
    await camera.take("announce-preview", LI, size=sheet(540))
    await scene.tap(LI, "发送")
    for user in (ZHANG, SI):
        await scene.tap(user, "收到", ONE)
    await scene.forward(seconds=6)
    await camera.take("announce-progress", LI, size=sheet(520))
    await camera.take("group-announcement", ZHANG, ONE, hand(620))
    await scene.say(ZHAO, "/status")
    await camera.take("status", ZHAO, size=sheet(420))
    await scene.forward(hours=1)
    await camera.take("closing-leader", ZHAO, size=sheet(410))
    await scene.tap(SI, "2 小时", ONE)
    await scene.say(WANG, "/leave 明天 外勤")
    await scene.say(SI, "/commit 更换走廊灭火器 明天", ONE)
    await scene.to(MONDAY + timedelta(days=1, minutes=48))
    await camera.take("outline", ZHAO, size=hand(740))
    await scene.morning()
    await camera.take("comes-back", SUN, size=hand(500))


async def board(scene: Scene, camera: Camera) -> None:
    """The team's promises, pinned in its group."""
    robot = {"as": ZHAO, "user": scene.world.world.bot.id}
    await scene.act("member", **robot, chat=ONE, status="administrator")
    await scene.say(SI, "/commit 12月1日前把走廊的灭火器全部更换并登记", ONE)
    await scene.say(WANG, "/commit 明天交班组台账", ONE)
    await scene.say(ZHAO, "/board", ONE)
    await scene.forward(seconds=10)
    await camera.take("board", ZHANG, ONE, hand(640))


async def packs(scene: Scene, camera: Camera) -> None:
    """A course pack that is sent by chat: first with faults, then without."""
    book = sheets()
    book["课程包"]["D2"] = "二"
    book["内容"]["A2"] = "动火"
    book["内容"]["R2"] = 9
    await scene.send_file(LI, "班组安全.xlsx", saved(book))
    await camera.take("pack-faults", LI, size=sheet(480))
    book = sheets()
    book["课程包"]["D2"] = 2
    book["内容"]["C2"] = book["内容"]["C2"].value.split("\n")[0]
    await scene.send_file(LI, "班组安全.xlsx", saved(book))
    await camera.take("pack-offer", LI, size=sheet(760))


async def weeks(scene: Scene, camera: Camera) -> None:
    """Five mornings, and the page that comes of them."""
    for day in range(5):
        await scene.morning()
        if day == 0:
            await scene.say(SI, "/commit 周三前检修3号泵", ONE)
            await scene.say(ZHANG, "/commit 周五前完成班组台账", ONE)
        for user in (ZHAO, ZHANG, SI)[: 3 - day % 2]:
            await scene.tap(user, "已学", ONE)
        if day in {1, 3}:
            await scene.tap(WANG, "请假", ONE)
        elif day != 4:
            await scene.tap(WANG, "已学", ONE)
        await scene.tap(SUN, "已学", TWO)
        options = labels(await scene.card())[:3]
        await scene.tap(ZHANG, options[day % 3], ONE)
        await scene.tap(ZHAO, options[(day + 1) % 3], ONE)
        if day == 2:
            await scene.say(LI, "周五下午三点，全体到二楼会议室开安全例会，请带上岗位风险清单。")
            await scene.tap(LI, "全选 第一党支部")
            await scene.tap(LI, "预览")
            await scene.tap(LI, "发送")
            for user in (ZHANG, SI, ZHAO):
                await scene.tap(user, "收到", ONE)
            await scene.say(SI, "完成 1", ONE)
    await scene.to(MONDAY + timedelta(days=4, hours=10))
    await camera.take("week-team", ZHAO, size=hand(1090))
    await camera.take("week-unit", LI, size=hand(1000))


async def english(scene: Scene, camera: Camera) -> None:
    """The same in short, for those who read the English documents."""
    await scene.morning()
    await scene.tap(SI, "Studied", ONE)
    await scene.tap(WANG, "Away", ONE)
    await scene.tap(ZHANG, "Studied", ONE)
    await scene.forward(seconds=6)
    await camera.take("en-card", ZHANG, ONE, (1180, 940))
    await camera.take("en-phone", ZHANG, ONE, PHONE)
    await scene.say(ZHANG, "/commit check the visitor badges by Friday", ONE)
    await camera.take("en-promise", ZHANG, ONE, hand(560))
    await scene.say(ZHAO, "/week")
    await camera.take("en-week", ZHAO, size=hand(1070))


@asynccontextmanager
async def playing(browser: Browser, locale: str) -> AsyncIterator[tuple[Scene, Camera]]:
    """A sandbox before its first morning, and a camera in front of it."""
    clock = Clock(ZONE)
    clock.set(MONDAY)
    settings = Settings().model_copy(update={"locale": locale, "group_rate": 600})
    with tempfile.TemporaryDirectory() as folder:
        async with (
            trying_out(settings, clock, 0, Path(folder) / "sandbox.db") as trial,
            httpx.AsyncClient(base_url=trial.address, timeout=30) as http,
        ):
            scene = Scene(trial, http)
            await scene.settle()
            yield scene, Camera(browser, trial.address, {"zh": "zh-CN", "en": "en-GB"}[locale])


async def main() -> None:
    """Take them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with browsing() as browser:
        async with playing(browser, "zh") as (scene, camera):
            await story(scene, camera)
        async with playing(browser, "zh") as (scene, camera):
            await packs(scene, camera)
        async with playing(browser, "zh") as (scene, camera):
            await weeks(scene, camera)
        async with playing(browser, "en") as (scene, camera):
            await english(scene, camera)


if __name__ == "__main__":
    asyncio.run(main())
