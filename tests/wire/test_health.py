"""What an operator's machines read: how we are, and what was counted."""

import asyncio
import re
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from bot import health, metrics
from storage import inbox
from tests.wire.scene import ONE, ZHANG, Scene, until


@pytest.fixture
async def http(scene: Scene) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever asks how the bot is."""
    await until(lambda: polled(scene))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{scene.app.port}") as http:
        yield http


async def polled(scene: Scene) -> bool:
    return not scene.app.intake.trouble


async def reasons(http: httpx.AsyncClient, page: str = "/healthz") -> list[str]:
    answer = await http.get(page)
    body = answer.json()
    assert body["ok"] is (answer.status_code == 200)
    assert body["ok"] is not bool(body["reasons"])
    return list(body["reasons"])


async def counted(http: httpx.AsyncClient) -> dict[str, float]:
    page = await http.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    lines = [line for line in page.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_a_bot_that_is_well_says_so_on_every_page(http: httpx.AsyncClient) -> None:
    for page in ("/healthz", "/readyz", "/livez"):
        assert await reasons(http, page) == []


async def test_polls_that_bring_nothing_for_long_are_an_illness(
    scene: Scene, http: httpx.AsyncClient
) -> None:
    scene.app.intake.polled_at = time.monotonic() - 91
    (reason,) = await reasons(http)
    assert re.fullmatch(r"Telegram has not answered our asking for updates for 9[12] s", reason)
    assert await reasons(http, "/readyz") == [], "work can be given to us all the same"


async def test_a_backlog_is_an_illness(
    scene: Scene, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "BACKLOG", 2)
    # Held back: nobody handles them while we look.
    later = scene.clock().replace(year=2027)
    async with scene.app.database.begin() as session:
        await inbox.put(session, [(10**9 + n, 1, {}) for n in range(3)], later)
    assert await reasons(http) == ["3 updates wait to be handled"]
    assert (await counted(http))["zaohui_inbox_waiting"] == 3


async def test_a_database_that_takes_nothing_is_an_illness_and_no_work_is_given_to_us(
    scene: Scene, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    monkeypatch.setattr(health, "WRITE_EVERY", 0.0)
    async with scene.app.database.begin() as session:
        await inbox.waiting(session)  # the lock is taken with the first statement
        for page in ("/healthz", "/readyz"):
            assert await reasons(http, page) == ["the database took nothing for 0.05 s"]
        assert await reasons(http, "/livez") == []
    assert await reasons(http) == []


async def test_a_full_disk_is_an_illness_before_it_is_full(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ROOM", 2**62)
    (reason,) = await reasons(http, "/readyz")
    assert re.fullmatch(r"only \d+ MiB of disk are free", reason)


async def test_one_hiccup_is_no_illness_and_steady_lateness_is(
    scene: Scene, http: httpx.AsyncClient
) -> None:
    scene.app.lag.samples.extend([0.0, 3.0])
    assert await reasons(http) == []
    scene.app.lag.samples.extend([0.3] * metrics.SAMPLES)
    assert await reasons(http) == ["the program is 300 ms late: it is overworked"]


async def test_a_loop_that_is_kept_from_working_is_seen_to_be_late() -> None:
    lag = metrics.Lag()
    watching = asyncio.ensure_future(lag.watch())
    await asyncio.sleep(0)
    time.sleep(metrics.SAMPLE + 0.2)  # noqa: ASYNC251 (somebody blocks the loop: us)
    await asyncio.sleep(0.01)
    watching.cancel()
    assert 0.15 < lag.now < 1.0
    assert lag.steady == 0.0


async def test_asking_often_writes_seldom(scene: Scene, http: httpx.AsyncClient) -> None:
    before = scene.app.health.tries
    for _ in range(5):
        await reasons(http)
    assert scene.app.health.tries - before <= 1


async def test_a_tap_is_counted_and_timed_from_its_coming_to_its_answer(
    scene: Scene, http: httpx.AsyncClient
) -> None:
    await scene.morning()
    before = await counted(http)
    await scene.tap(ZHANG, "已学", ONE)
    after = await counted(http)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown['zaohui_updates_total{stage="taken"}'] == 1
    assert grown['zaohui_updates_total{stage="handled"}'] == 1
    assert grown['zaohui_calls_total{method="answerCallbackQuery",outcome="ok"}'] == 1
    assert grown["zaohui_tap_seconds_count"] == 1
    assert 0 < grown["zaohui_tap_seconds_sum"] < 10
    assert grown["zaohui_database_write_seconds_count"] >= 1
    assert after['zaohui_slots_day{job="morning",outcome="done"}'] == 3
    assert after['zaohui_outbox{state="pending"}'] == 0
    assert after["zaohui_well"] == 1
    assert after["zaohui_poll_age_seconds"] < 60


async def test_refusals_and_floods_are_counted_by_kind(
    scene: Scene, http: httpx.AsyncClient
) -> None:
    before = await counted(http)
    await scene.fault("flood", "sendMessage", n=1, seconds=1)
    await scene.say(ZHANG, "/help")
    after = await counted(http)
    refused = 'zaohui_calls_total{method="sendMessage",outcome="refused"}'
    assert after[refused] - before.get(refused, 0) == 1
    assert after["zaohui_floods_total"] - before["zaohui_floods_total"] == 1


async def test_no_label_names_a_person_a_chat_or_the_token(
    scene: Scene, http: httpx.AsyncClient
) -> None:
    await scene.morning()
    await scene.tap(ZHANG, "已学", ONE)
    page = (await http.get("/metrics")).text
    labels = re.findall(r'(\w+)="([^"]*)"', page)
    assert {name for name, _ in labels} == {"stage", "method", "outcome", "state", "job", "le"}
    said = {value for name, value in labels if name != "le"}
    assert all(re.fullmatch(r"[a-zA-Z_]+", value) for value in said)
    assert scene.world.token not in page


async def test_a_token_that_telegram_refuses_is_an_illness_until_it_is_taken_again(
    scene: Scene, http: httpx.AsyncClient
) -> None:
    await scene.fault("unauthorized", "getUpdates", n=1)
    asking = asyncio.ensure_future(scene.say(ZHANG, "/help"))

    async def ill() -> bool:
        return await reasons(http) != []

    await until(ill)
    assert any("ZAOHUI_TOKEN" in reason for reason in await reasons(http))
    await asking
    assert await reasons(http) == []
