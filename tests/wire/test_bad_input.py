from storage.kinds import Progress
from storage.tables import Announcement, Answer, CheckIn, Commitment, Incoming, Leave
from tests.sandbox.play import picture
from tests.wire.scene import (
    GONE,
    LI,
    ONE,
    UNKNOWN,
    WU,
    ZHANG,
    ZHAO,
    Scene,
    labels,
)

INVISIBLE = "\u200b\u200d\ufeff\u2060"


async def test_an_announcement_of_ten_thousand_characters_is_told_its_limit(
    scene: Scene,
) -> None:
    for part in (4096, 4096, 1808):  # as Telegram's own programs cut it
        await scene.say(LI, "一" * part)
    first, second, third = (await scene.texts(LI))[1::2]
    assert first == second
    assert "4096 字" in first
    assert "4000 字" in first
    assert third.startswith("发公告\n一一一")
    assert len(await scene.rows(Announcement)) == 1


async def test_four_thousand_characters_of_emoji_are_counted_as_telegram_counts(
    scene: Scene,
) -> None:
    await scene.say(LI, "😀" * 2048)
    assert "4096 字" in await scene.last(LI)
    await scene.say(ZHANG, "😀" * 2048)
    assert await scene.last(ZHANG) == UNKNOWN
    await scene.say(ZHANG, "承诺 " + "😀" * 2000)
    assert "200" in await scene.last(ZHANG)
    await scene.say(LI, "😀" * 2000)
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    assert f"\n\n{'😀' * 2000}\n\n" in await scene.last(ZHANG, ONE)
    assert await scene.rows(Commitment) == []


async def test_names_with_html_and_emoji_are_shown_as_they_are(scene: Scene) -> None:
    name = "<b>吴</b>&<i>九🐯"
    scene.rename(WU, name)
    await scene.say(WU, "/start")
    assert f"你好，{name}。" in await scene.last(WU)
    await scene.say(WU, "/join", ONE)
    await scene.tap(WU, "不在名单里")
    assert (await scene.last(ZHAO)).startswith(f"{name} 不在名单里")
    await scene.tap(ZHAO, "通过")
    assert await scene.last(ZHAO) == f"{name}已加入一班。"
    await scene.morning()
    await scene.forward(hours=2)
    assert name in await scene.last(ZHAO)


async def test_what_looks_like_html_is_said_as_it_was_written(scene: Scene) -> None:
    await scene.say(ZHANG, "/commit 周五前检查 <b>1&2</b> 号泵 {name}", ONE)
    assert "检查 <b>1&2</b> 号泵 {name}" in await scene.last(ZHANG, ONE)
    await scene.say(LI, "压力 <0.5 MPa && >0.1 <script>")
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    assert "\n压力 <0.5 MPa && >0.1 <script>\n" in await scene.last(ZHANG, ONE)


async def test_a_picture_without_words_is_material_only_for_a_secretary(scene: Scene) -> None:
    await scene.send_file(ZHANG, "a.png", picture())
    assert await scene.last(ZHANG) == UNKNOWN
    await scene.send_file(ZHANG, "a.png", picture(), chat=ONE)
    assert len(await scene.messages(ZHANG, ONE)) == 1, "colleagues may share pictures"
    await scene.send_file(LI, "a.png", picture())
    assert (await scene.last(LI)).startswith("发公告\n图片\n")
    await scene.tap(LI, "一班")
    await scene.tap(LI, "预览")
    await scene.tap(LI, "发送")
    sent = (await scene.messages(ZHANG, ONE))[-1]
    assert sent["photo"]
    assert labels(sent) == ["收到"]


async def test_button_data_that_no_button_has_changes_nothing(scene: Scene) -> None:
    await scene.morning()
    card = (await scene.card())["message_id"]
    strange = (
        *("", "x" * 5000, "ci", "ci:", "ci:1:2", "ci:abc", "ci:01", "ci:1e3", "ci:-1", "ci:①"),
        *("ci:99999999999999999999", "an:1:8", "an:1:8:99", "an:1:99:1", "rp:1:-1", "rp:1:99"),
        *("lr:1:holiday", "lu:1:2026-13-45", "cm:1:tomorrow", "😀", "ci:1\n", "'; drop table"),
    )
    for data in strange:
        assert await scene.forge(ZHANG, ONE, card, data), f"{data[:20]!r} is not answered"
    assert await scene.forge(ZHANG, ONE, card, "nonsense") == GONE
    for table in (CheckIn, Answer, Leave, Commitment):
        assert await scene.rows(table) == []
    assert {row.state for row in await scene.rows(Incoming)} == {"done"}


async def test_an_empty_promise_is_told_how_it_is_done(scene: Scene) -> None:
    for text in ("/commit", "承诺", f"/commit {INVISIBLE}", "承诺 周五"):
        await scene.say(ZHANG, text)
        assert "例如：\n承诺 周五前完成3号泵检修" in await scene.last(ZHANG), text
    assert await scene.rows(Commitment) == []


async def test_a_number_beyond_all_numbers_names_no_promise(scene: Scene) -> None:
    await scene.say(ZHANG, "承诺 周五前交报告")
    for text in ("/done 999999999999999999999", "完成 999999999999999999999", "/done -1"):
        await scene.say(ZHANG, text)
        assert await scene.texts(ZHANG), text
    (kept,) = await scene.rows(Commitment)
    assert kept.state is Progress.OPEN
    assert {row.state for row in await scene.rows(Incoming)} == {"done"}


async def test_what_cannot_be_seen_is_nothing_to_announce(scene: Scene) -> None:
    for person in (LI, ZHANG):
        await scene.say(person, INVISIBLE)
        assert await scene.last(person) == UNKNOWN
    assert await scene.rows(Announcement) == []


async def test_odd_commands_are_answered_and_harm_nothing(scene: Scene) -> None:
    odd = ("/", "/@zaohui_bot", "/ start", "/START", "/leave " + "9" * 300, "/start " + "x" * 300)
    for text in (*odd, "/start join-1-", "/start pledge-abc", "/my" + " x" * 1000):
        before = len(await scene.messages(ZHANG))
        await scene.say(ZHANG, text)
        assert len(await scene.messages(ZHANG)) == before + 2, text
    assert {row.state for row in await scene.rows(Incoming)} == {"done"}
    assert await scene.rows(Leave) == []


async def test_a_person_whose_name_cannot_be_seen_is_answered(scene: Scene) -> None:
    scene.rename(WU, INVISIBLE)
    await scene.say(WU, "/start")
    assert len(await scene.messages(WU)) == 2
