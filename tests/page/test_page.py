"""The sandbox's page in a real browser: what a visitor does in the first two minutes."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.sandbox.play import picture
from tests.shots import DESK, PHONE, Camera, browsing
from tests.wire.scene import LI, MONDAY, ONE, ZHANG
from tests.wire.stage import playing

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") or os.environ.get("CHROMIUM") or os.environ.get("CI")),
    reason="needs a browser: apt-get install chromium",
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as browser:
        yield browser


@pytest.fixture
async def camera(browser: Browser, tmp_path: Path) -> AsyncIterator[Camera]:
    async with playing(tmp_path, MONDAY) as scene:
        yield Camera(browser, scene.address)


def listen(page: Page) -> list[str]:
    """What the page complains of."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    return complaints


async def test_a_visitor_lives_through_a_morning(camera: Camera) -> None:
    page = await camera.look(ZHANG, ONE, DESK)
    complaints = listen(page)
    await page.get_by_test_id("clock-morning").click()
    card = page.locator("[data-testid^=message-]", has_text="早会微学 ·").last
    await expect(card).to_contain_text("已学 0/4", timeout=15_000)
    await page.locator(".press", has_text="已学").last.click()
    await expect(page.get_by_test_id("toast")).to_contain_text("本班组第 1 位")
    await expect(card).to_contain_text("已学 1/4", timeout=15_000)
    await page.get_by_test_id("people-switch").click()
    await page.get_by_test_id(f"person-{LI}").click()
    await page.get_by_test_id(f"chat-{LI}").click()
    await page.get_by_test_id("composer").fill("下午三点开会")
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.locator(".press", has_text="预览")).to_be_visible(timeout=15_000)
    assert complaints == []


async def test_an_empty_group_shows_the_way_to_its_first_card(camera: Camera) -> None:
    page = await camera.look(ZHANG, ONE, PHONE)
    await page.get_by_test_id("first-card").click()
    card = page.locator("[data-testid^=message-]", has_text="早会微学 ·").last
    await expect(card).to_contain_text("已学 0/4", timeout=15_000)
    await expect(page.get_by_test_id("first-card")).to_have_count(0)


async def test_a_text_too_long_for_one_message_goes_out_in_several(camera: Camera) -> None:
    page = await camera.look(ZHANG, ONE, DESK)
    await page.get_by_test_id("composer").fill("字" + "😀" * 5000)
    await page.get_by_test_id("composer").press("Enter")
    said = page.locator("[data-testid^=message-]")
    await expect(said).to_have_count(3)
    await expect(said.first).to_contain_text("字" + "😀" * 2047)
    await expect(said.nth(1)).to_contain_text("😀" * 2048)


async def test_what_is_refused_is_told_in_the_pages_language(camera: Camera) -> None:
    page = await camera.look(ZHANG, ONE, DESK)
    await page.get_by_test_id("files").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
    )
    await page.get_by_test_id("composer").fill("长" * 1025)
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_test_id("toast")).to_have_text("文字最多 1024 字")


async def test_whoever_opens_the_page_first_is_somebody(camera: Camera) -> None:
    page = await camera.look(ZHANG, ONE, DESK)
    await page.goto(page.url.split("#")[0])
    await expect(page.get_by_test_id("people-switch")).to_contain_text("张三")
    await expect(page.get_by_test_id(f"chat-{ONE}")).to_be_visible()


async def test_the_page_fits_a_phone(camera: Camera) -> None:
    page = await camera.look(ZHANG, ONE, PHONE)
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    await page.get_by_test_id("back").click()
    await expect(page.get_by_test_id(f"chat-{ONE}")).to_be_visible()


async def test_a_name_with_html_is_a_name(camera: Camera) -> None:
    page = await camera.look(ZHANG, ONE, DESK)
    complaints = listen(page)
    await page.get_by_test_id("composer").fill("<img src=x onerror=console.error(1)><b>粗</b>")
    await page.get_by_test_id("composer").press("Enter")
    said = page.locator("[data-testid^=message-]").last
    await expect(said).to_contain_text("<b>粗</b>")
    assert complaints == []
