"""The doctor at a bot's bedside: over real HTTP, beside the bot at work."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import clock as clocks
from bot import demo, doctor
from bot.doctor import Finding, Verdict, examine
from bot.settings import Settings
from storage import calendars, chats, inbox, teams
from storage.kinds import Delivery
from storage.tables import Outgoing
from tests.wire.scene import ONE, RANGERS, SUN, TOPIC, TWO, ZHAO, Scene
from tests.wire.stage import FILE

Found = dict[str, Finding]


@pytest.fixture
def settings(scene: Scene, tmp_path: Path) -> Settings:
    """Those of the bot in the scene, as its operator would have written them."""
    return Settings(
        token=SecretStr(demo.TOKEN),
        api_url=scene.address,
        database_url=f"sqlite:///{tmp_path / FILE}",
        owner_ids=frozenset({demo.OWNER}),
    )


async def look(settings: Settings, parts: list[float] | None = None) -> Found:
    seen = parts if parts is not None else []
    return {one.key: one async for one in examine(settings, seen.append)}


def bad(found: Found) -> set[str]:
    return {key for key, one in found.items() if one.verdict is Verdict.FAIL}


async def test_a_bot_that_is_well_has_no_failing_line(settings: Settings) -> None:
    parts: list[float] = []
    found = await look(settings, parts)
    assert bad(found) == set()
    assert {
        "me",
        "clock",
        "queue",
        "sees_own",
        "intact",
        "writable",
        "owned",
        "nothing_waits",
    } <= (set(found))
    assert found["groups_fine"].values == {"count": 3}
    assert parts == [1 / 3, 2 / 3, 1.0]


async def place(scene: Scene, leader: int, chat: int, status: str) -> None:
    body = {"as": leader, "chat": chat, "user": demo.ROBOT.id, "status": status}
    await scene.act("member", **body)


async def test_groups_in_which_we_are_no_administrator_share_a_line(
    scene: Scene, settings: Settings
) -> None:
    for leader, chat in ((ZHAO, ONE), (SUN, TWO)):
        await place(scene, leader, chat, "member")
    found = await look(settings)
    assert found["groups_member"].values == {"count": 2, "names": "一班, 二班"}
    assert found["groups_fine"].values == {"count": 1}


async def test_a_group_that_we_were_removed_from_fails(scene: Scene, settings: Settings) -> None:
    await place(scene, SUN, TWO, "kicked")
    found = await look(settings)
    assert bad(found) & {"group", "group_gone"}


async def test_three_hundred_groups_are_asked_about_side_by_side(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [(ONE, f"第{n}班") for n in range(300)]

    async def groups(_: object) -> list[tuple[object, object]]:
        return [(Named(telegram_id=chat), Named(name=name)) for chat, name in many]

    monkeypatch.setattr(teams, "groups", groups)
    begun = time.monotonic()
    found = await look(settings)
    assert time.monotonic() - begun < 15
    assert found["groups_fine"].values["count"] == 300


class Named:
    """Anything with these attributes."""

    def __init__(self, **values: object) -> None:
        vars(self).update(values)


async def test_a_token_that_telegram_does_not_know_fails_and_nothing_is_asked_after_it(
    settings: Settings,
) -> None:
    wrong = settings.model_copy(update={"token": SecretStr("1:wrong")})
    found = await look(wrong)
    assert bad(found) == {"token"}
    assert "clock" not in found


async def test_a_telegram_that_is_not_there_fails(settings: Settings) -> None:
    found = await look(settings.model_copy(update={"api_url": "http://127.0.0.1:1"}))
    assert bad(found) == {"unreachable"}


async def test_a_webhook_that_is_not_ours_is_told(scene: Scene, settings: Settings) -> None:
    hooked = settings.model_copy(update={"webhook_url": "https://bot.example"})
    found = await look(hooked)
    assert found["webhook_unset"].values == {"wanted": "https://bot.example/webhook"}
    await scene.app.line.call("setWebhook", {"url": "http://127.0.0.1:1/x"})
    assert "webhook_other" in await look(settings)
    await scene.app.line.call("deleteWebhook")
    assert "queue" in await look(settings)


async def test_a_clock_that_is_wrong_is_measured_against_telegrams(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for apart, verdict in ((20, Verdict.WARN), (3600, Verdict.FAIL)):
        clock = clocks.Clock(settings.zone)
        clock.set(clock() + timedelta(seconds=apart))
        monkeypatch.setattr(doctor, "Clock", lambda _, clock=clock: clock)
        found = (await look(settings))["clock_wrong"]
        assert found.verdict is verdict
        assert abs(int(found.values["seconds"]) - apart) <= 10


@pytest.mark.parametrize(
    ("today", "keys"),
    [
        ("2026-10-31", {"calendar"}),
        ("2026-11-01", {"calendar"}),
        ("2030-05-01", {"calendar_now"}),
        ("2026-12-15", {"calendar"}),
    ],
)
async def test_the_calendar_of_this_year_and_from_november_of_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, today: str, keys: set[str]
) -> None:
    clock = clocks.from_text(f"{today}T08:00:00", settings.zone)
    monkeypatch.setattr(doctor, "Clock", lambda _: clock)
    monkeypatch.setattr(doctor, "WRONG", 10**9)
    found = {key for key in await look(settings) if key.startswith("calendar")}
    if today >= "2026-11-01" and today < "2027":
        keys = keys | ({"calendar_next"} if "calendar_next" in found else set())
    assert found == keys


async def test_a_calendar_that_was_imported_is_known(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = clocks.from_text("2026-12-15T08:00:00", settings.zone)
    monkeypatch.setattr(doctor, "Clock", lambda _: clock)
    monkeypatch.setattr(doctor, "WRONG", 10**9)
    assert "calendar_next" in await look(settings)
    async with scene.app.database.begin() as session:
        await calendars.keep(session, 2027, ["2027-01-01"], [], "", scene.clock())
    assert "calendar_next" not in await look(settings)


async def test_what_waits_for_a_person_is_counted(scene: Scene, settings: Settings) -> None:
    now = scene.clock()
    async with scene.app.database.begin() as session:
        chat = await chats.by_telegram(session, RANGERS)
        assert chat is not None
        await inbox.put(session, [(10**9, 1, {})], now.replace(year=2030))
        for _ in range(inbox.TRIES):
            await inbox.fail(session, 10**9, "unreadable", now)
        for key, state in (
            ("a", Delivery.HELD),
            ("b", Delivery.HELD),
            ("c", Delivery.NEEDS_PERSON),
        ):
            session.add(
                Outgoing(
                    key=key,
                    chat_id=chat.id,
                    method="sendMessage",
                    params={},
                    priority=1,
                    state=state,
                    not_before=now,
                    done_at=now,
                )
            )
    found = await look(settings)
    assert [found[key].values["count"] for key in ("dead", "held", "unclear")] == [1, 2, 1]
    assert "nothing_waits" not in found


async def test_a_topic_that_takes_nothing_fails_by_the_name_of_its_team(
    scene: Scene, settings: Settings
) -> None:
    for said, key in (("TOPIC_CLOSED", "closed"), ("message thread not found", "deleted")):
        async with scene.app.database.begin() as session:
            chat = await chats.by_telegram(session, RANGERS)
            assert chat is not None
            await chats.hold(session, chat.id, f"Bad Request: {said}", scene.clock(), TOPIC)
        found = await look(settings)
        assert bad(found) == {f"topic_{key}"}
        assert found[f"topic_{key}"].values == {"team": "巡护队"}


async def test_a_database_that_cannot_be_written_fails(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "PATIENCE", 0.2)
    async with scene.app.database.begin() as session:
        await inbox.waiting(session)  # the lock is taken with the first statement
        found = await look(settings.model_copy(update={"token": SecretStr("")}))
    assert "unwritable" in bad(found)


async def test_too_little_disk_fails(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM", 2**62)
    assert bad(await look(settings)) == {"disk_low"}


@pytest.mark.parametrize(("mode", "key"), [(0o644, "env_open"), (0o600, "polling_mode")])
async def test_a_token_file_that_others_can_read_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, key: str
) -> None:
    env = tmp_path / ".env"
    env.touch(mode)
    env.chmod(mode)
    monkeypatch.setattr(doctor, "ENV", env)
    assert key in await look(settings)


async def test_a_file_that_is_no_database_fails_without_a_traceback(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "text.db").write_text("早会" * 1000)
    other = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'text.db'}"})
    assert bad(await look(other)) == {"database"}
