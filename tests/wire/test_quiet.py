"""/quiet: when a person is not to be reminded, by a tap or in a line."""

from datetime import date, datetime, time

from storage.tables import Person
from tests.wire.scene import GONE, LI, ONE, ZHANG, ZONE, Scene, labels

SHOWN = (
    "免打扰\n每天 21:00–06:30 不在私聊里提醒你。\n错过的提醒不补发；你来问，随时都答。\n"
    "也可以写：/quiet 22:00-7:00、/quiet off、/quiet 到12月5日"
)


async def person(scene: Scene, user: int) -> Person:
    return next(one for one in await scene.rows(Person) if one.telegram_id == user)


async def nudged(scene: Scene, day: int = 23) -> bool:
    """Whether 张三 is nudged that morning, to whom nobody said anything since."""
    before = len([text for text in await scene.texts(ZHANG) if "⏰" in text])
    await scene.morning()
    await scene.to(datetime(2026, 11, day, 8, 45, tzinfo=ZONE))
    return len([text for text in await scene.texts(ZHANG) if "⏰" in text]) > before


async def test_how_it_stands_and_choices_to_tap(scene: Scene) -> None:
    await scene.say(ZHANG, "/quiet")
    shown = (await scene.messages(ZHANG))[-1]
    assert shown["text"] == SHOWN
    assert labels(shown) == [
        *("✓ 21:00–06:30", "21:00–07:00", "22:00–06:30", "不设时段"),
        *("暂停到明天", "暂停到下周一"),
    ]
    assert await scene.tap(ZHANG, "22:00–06:30") == "好的，已改"
    shown = (await scene.messages(ZHANG))[-1]
    assert "每天 22:00–06:30 不在私聊里提醒你。" in shown["text"]
    assert "✓ 22:00–06:30" in labels(shown)
    assert await scene.tap(ZHANG, "不设时段") == "好的，已改"
    shown = (await scene.messages(ZHANG))[-1]
    assert "没有设免打扰时段。" in shown["text"]
    assert "✓ 不设时段" in labels(shown)


async def test_a_pause_by_a_tap_and_its_end(scene: Scene) -> None:
    await scene.say(ZHANG, "/quiet")
    await scene.tap(ZHANG, "暂停到下周一")
    assert "⏸ 提醒已暂停，11月30日 周一 起恢复。" in await scene.last(ZHANG)
    assert not await nudged(scene)
    await scene.tap(ZHANG, "恢复提醒")
    assert "⏸" not in (await scene.find(ZHANG, "免打扰"))["text"]
    assert await nudged(scene, 24)


async def test_in_a_line(scene: Scene) -> None:
    await scene.say(ZHANG, "/quiet 8:00-9:00")
    assert "每天 08:00–09:00 不在私聊里提醒你。" in await scene.last(ZHANG)
    assert not await nudged(scene)
    await scene.say(ZHANG, "/quiet off")
    assert "没有设免打扰时段。" in await scene.last(ZHANG)
    await scene.say(ZHANG, "/quiet 到12月5日")
    assert "⏸ 提醒已暂停，12月5日 周六 起恢复。" in await scene.last(ZHANG)
    kept = await person(scene, ZHANG)
    assert (kept.quiet_from, kept.quiet_until) == (time(0), time(0))
    assert kept.paused_until == date(2026, 12, 5)
    await scene.say(ZHANG, "/quiet 恢复")
    assert (await person(scene, ZHANG)).paused_until is None


async def test_what_cannot_be_or_cannot_be_read_changes_nothing(scene: Scene) -> None:
    for text in ("安静 <b>", "25:00-7:00", "22:00-22:00"):
        await scene.say(ZHANG, f"/quiet {text}")
        assert (await scene.last(ZHANG)).startswith("没看懂，没有改动。可以写：/quiet 22:00-7:00")
    for text in ("到2026-11-20", "到今天", "到2028-01-01"):
        await scene.say(ZHANG, f"/quiet {text}")
        assert "恢复的日期要在明天到一年之内，没有改动。" in await scene.last(ZHANG)
    kept = await person(scene, ZHANG)
    assert (kept.quiet_from, kept.quiet_until, kept.paused_until) == (None, None, None)


async def test_asked_in_a_group_it_is_answered_in_private(scene: Scene) -> None:
    await scene.say(ZHANG, "/quiet", ONE)
    assert await scene.last(ZHANG) == SHOWN
    assert await scene.texts(ZHANG, ONE) == ["/quiet"]


async def test_forged_and_stale_taps_change_nothing(scene: Scene) -> None:
    await scene.say(ZHANG, "/quiet")
    message = (await scene.messages(ZHANG))[-1]["message_id"]
    for data in ("qh:-1:5", "qh:1440:5", "qh:0:99999", "qh:a:b", "qh:1", "qp:soon"):
        assert await scene.forge(ZHANG, ZHANG, message, data) == GONE
    for data in ("qp:2026-11-23", "qp:2026-01-01", "qp:2099-01-01"):
        assert "没有改动" in await scene.forge(ZHANG, ZHANG, message, data)
    await scene.morning()
    card = (await scene.card())["message_id"]
    for data in ("qh:0:0", "qp:2026-11-25"):
        assert await scene.forge(ZHANG, ONE, card, data) == GONE
    kept = await person(scene, ZHANG)
    assert (kept.quiet_from, kept.paused_until) == (None, None)


async def test_an_announcements_reminder_keeps_to_it_as_well(scene: Scene) -> None:
    await scene.say(ZHANG, "/quiet 到12月5日")
    await scene.to(datetime(2026, 11, 23, 10, 0, tzinfo=ZONE))
    await scene.say(LI, "/announce 明天停电")
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    await scene.forward(seconds=6)
    before = len(await scene.messages(ZHANG))
    told = await scene.tap(LI, "催办")
    assert "设了免打扰或不在工作时间，提醒不到" in told
    assert len(await scene.messages(ZHANG)) == before
