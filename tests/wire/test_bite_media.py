"""Pictures, files and films of bites: sent by a secretary, shown with the morning's card."""

from dataclasses import replace
from pathlib import Path

from sqlmodel import col, update

from bot.packs import Picture, Sound, take
from bot.sandbox.files import Files
from handlers.reading.packs import PackFile
from handlers.words import pack_sheets
from handlers.words.voice import Voice
from storage.kinds import Delivery, Media
from storage.tables import Bite, BiteMedia, Outgoing, Upload
from tests.sandbox.play import picture
from tests.wire.scene import LI, MONDAY, ONE, OWNER, SI, TWO, ZHANG, Message, Scene, labels
from tests.wire.test_a_pack_by_chat import SAFETY

LONG = "先检查，后作业。" * 70  # 560 characters


def pack(media: str = "图.jpg", body: str = "先检查，后作业。", version: int = 2) -> PackFile:
    """A newer version of what the demonstration's teams walk, whose first bite has a picture."""
    first, second, *rest = SAFETY.bites
    shown = replace(first, media=media, body=body)
    return replace(SAFETY, version=version, bites=(shown, second, *rest))


def sheet(of: PackFile) -> bytes:
    return pack_sheets.workbook(Voice("zh"), of)


async def imported(scene: Scene, of: PackFile) -> None:
    """李书记 imports a pack by chat."""
    await scene.send_file(LI, "安全.xlsx", sheet(of))
    await scene.tap(LI, "导入")


async def kept(scene: Scene, of: PackFile, name: str, media: Media, data: bytes) -> None:
    """The operator imports a pack with a file beside it."""
    sound = Sound(Path("p.yaml"), of, {name: Picture(media, data)}, {})
    await take(scene.app.database, [sound], scene.clock())


async def shown(scene: Scene, chat: int = ONE) -> list[Message]:
    return await scene.messages(LI, chat)


async def test_what_is_missing_is_named_sent_and_shown_with_every_edit(scene: Scene) -> None:
    await imported(scene, pack())
    asked = await scene.find(LI, "还缺 1 课的图片或文件")
    assert "· 图.jpg：动火作业：票、测、人（hot-work）" in asked["text"]
    await scene.send_file(LI, "x.png", picture(120, 80), caption="Hot-Work")
    assert await scene.last(LI) == (
        "✅ 已配到“动火作业：票、测、人”（班组安全十课，hot-work）。\n图片和文件都齐了。"
    )
    await scene.morning()
    (card,) = await shown(scene)
    assert card["photo"]["width"] == 120
    assert "早会微学 · 11月23日 周一\n动火作业：票、测、人\n" in card["caption"]
    assert card["caption"].endswith("已学 0/4")
    assert labels(card)[-3:] == ["已学", "我承诺", "请假"]
    for count, person in enumerate((ZHANG, SI), start=1):
        assert f"第 {count} 位" in await scene.tap(person, "已学", ONE)
        await scene.forward(seconds=6)
        (card,) = await shown(scene)
        assert card["photo"]["width"] == 120
        assert card["caption"].endswith(f"已学 {count}/4")
    await scene.forward(hours=2)
    (card,) = await shown(scene)
    assert "已截止，仍可补学" in card["caption"]
    assert scene.calls("editMessageText", ONE) == []
    assert len(scene.calls("editMessageCaption", ONE)) == 3


async def test_bytes_of_ours_are_uploaded_once_for_all_teams(scene: Scene) -> None:
    await kept(scene, pack(), "图.jpg", Media.PHOTO, picture(90, 60))
    await scene.morning()
    for chat in (ONE, TWO):
        (card,) = await shown(scene, chat)
        assert card["photo"]["width"] == 90
    sent = [call.given for call in scene.world.calls if call.method == "sendPhoto"]
    assert len(sent) >= 2
    assert [list(given.files) for given in sent].count(["photo"]) == 1
    (upload,) = await scene.rows(Upload)
    assert {given.text("photo") for given in sent if not given.files} == {upload.file_id}
    await scene.say(ZHANG, "/today")
    again = (await scene.messages(ZHANG))[-1]
    assert again["photo"]["width"] == 90
    assert "先检查，后作业。" in again["caption"]


async def test_what_telegram_forgot_is_uploaded_anew(scene: Scene) -> None:
    await kept(scene, pack(), "图.jpg", Media.PHOTO, picture(90, 60))
    await scene.morning()
    scene.world.world.files = Files()
    (before,) = await scene.rows(Upload)
    other = replace(SAFETY.bites[1], media="图.jpg")
    more = replace(pack(version=3), bites=(pack().bites[0], other, *SAFETY.bites[2:]))
    await kept(scene, more, "图.jpg", Media.PHOTO, picture(90, 60))
    await scene.morning()
    card = (await shown(scene))[-1]
    assert card["photo"]["width"] == 90
    (after,) = await scene.rows(Upload)
    assert after.hash == before.hash


async def test_a_card_too_long_for_a_caption_comes_silently_after_its_picture(
    scene: Scene,
) -> None:
    asked = replace(SAFETY.bites[0].questions[0], ask="先做什么？" * 30, why="")
    long = replace(pack(body=LONG), bites=())
    first = replace(
        pack(body=LONG).bites[0], questions=(asked,) * 1, link="https://a.cn/" + "a" * 200
    )
    await kept(
        scene, replace(long, bites=(first, *SAFETY.bites[1:])), "图.jpg", Media.PHOTO, picture(90)
    )
    await scene.morning()
    before, card = await shown(scene)
    assert (before["photo"]["width"], before["caption"]) == (90, None)
    assert card["text"].endswith("已学 0/4")
    assert [call["disable_notification"] for call in scene.calls("sendPhoto", ONE)] == ["true"]
    await scene.tap(ZHANG, "已学", ONE)
    await scene.forward(seconds=6)
    assert (await shown(scene))[-1]["text"].endswith("已学 1/4")
    assert scene.calls("editMessageCaption", ONE) == []


async def test_a_caption_that_grows_too_long_loses_what_it_can_spare(scene: Scene) -> None:
    first = replace(pack(body=LONG).bites[0], link="https://a.cn/" + "a" * 150)
    await kept(
        scene,
        replace(pack(), bites=(first, *SAFETY.bites[1:])),
        "图.jpg",
        Media.PHOTO,
        picture(90),
    )
    await scene.morning()
    (card,) = await shown(scene)
    for number in range(6):
        await scene.say(
            ZHANG, f"/commit 今天前检查{number}号泵的密封、润滑和地脚螺栓并做记录", ONE
        )
    await scene.tap(ZHANG, "已学", ONE)
    await scene.forward(seconds=6)
    card = await scene.find(LI, "早会微学 · ", ONE)
    assert card["photo"]
    assert card["caption"].endswith("已学 1/4")
    assert "5号泵" not in card["caption"]
    assert len(card["caption"]) <= 1024


async def test_what_telegram_refuses_costs_no_team_its_card(scene: Scene) -> None:
    await imported(scene, pack())
    await scene.send_file(LI, "x.png", picture(120, 80), caption="hot-work")
    scene.world.world.files = Files()
    await scene.morning()
    for chat in (ONE, TWO):
        (card,) = await shown(scene, chat)
        assert card["photo"] is None
        assert card["text"].endswith("已学 0/4")
    told = [text for text in await scene.texts(OWNER) if "发不出去" in text]
    assert len(told) == 1
    assert told[0].startswith("⚠️ 微课“动火作业：票、测、人”的 图.jpg 发不出去，卡片只发了文字。")
    await scene.tap(ZHANG, "已学", ONE)
    await scene.forward(seconds=6)
    assert (await scene.card())["text"].endswith("已学 1/4")
    await scene.say(ZHANG, "/today")
    assert "先检查，后作业。" in await scene.last(ZHANG)


async def test_a_picture_that_is_none_costs_nobody_anything_either(scene: Scene) -> None:
    await kept(scene, pack(), "图.jpg", Media.PHOTO, b"\xff\xd8\xff no picture")
    await scene.morning()
    (card,) = await shown(scene)
    assert card["text"].endswith("已学 0/4")
    assert {row.state for row in await scene.rows(Outgoing)} == {Delivery.SENT}


async def test_a_telegram_id_in_the_pack_is_used_as_it_is(scene: Scene) -> None:
    file = scene.world.world.files.add("photo", "x.png", "image/png", picture(70, 50))
    await imported(scene, pack(media=file.id))
    assert not [text for text in await scene.texts(LI) if "还缺" in text]
    await scene.morning()
    (card,) = await shown(scene)
    assert card["photo"]["width"] == 70


async def test_a_document_or_a_film_goes_with_the_card_as_well(scene: Scene) -> None:
    await kept(scene, pack(media="规程.pdf"), "规程.pdf", Media.DOCUMENT, b"%PDF-1.4 x")
    await scene.morning()
    (card,) = await shown(scene)
    assert card["document"]["file_name"] == "规程.pdf"
    assert card["caption"].endswith("已学 0/4")
    other = replace(SAFETY.bites[1], media="片.mp4")
    film = replace(SAFETY, version=3, bites=(SAFETY.bites[0], other, *SAFETY.bites[2:]))
    await kept(scene, film, "片.mp4", Media.VIDEO, b"\0\0\0\x18ftypmp42" + b"\0" * 40)
    await scene.morning()
    card = (await shown(scene))[-1]
    assert card["document"]["file_name"] == "片.mp4"
    assert len(scene.calls("sendVideo", ONE)) == 1


async def test_an_upload_whose_answer_is_lost_is_found_or_repeated_like_any_call(
    scene: Scene,
) -> None:
    await kept(scene, pack(), "图.jpg", Media.PHOTO, picture(90, 60))
    await scene.fault("lost_answer", "sendPhoto", chats=[ONE], n=1)
    await scene.morning()
    assert len(await shown(scene)) == 1
    assert await scene.tap(ZHANG, "已学", ONE) == "✅ 已学，本班组第 1 位，07:50"
    await scene.forward(minutes=3)
    assert len(await shown(scene)) == 1, "the tap proved that it arrived"
    await scene.forward(hours=12)
    before = len(await shown(scene))
    await kept(scene, pack(version=3), "图.jpg", Media.PHOTO, picture(91, 60))
    async with scene.app.database.begin() as session:  # the next morning shows the same bite
        await session.exec(update(Bite).where(col(Bite.media) == "").values(retired_at=MONDAY))
    await scene.fault("drop_before", "sendPhoto", chats=[ONE], n=1)
    await scene.morning()
    assert len(await shown(scene)) == before
    await scene.forward(seconds=95)
    (card,) = (await shown(scene))[before:]
    assert card["photo"]["width"] == 91
    assert card["caption"].startswith("（补发）")


async def test_a_bite_of_two_packs_is_told_apart_by_the_reply(scene: Scene) -> None:
    await imported(scene, pack())
    await imported(scene, replace(pack(), slug="other", title="另一包"))
    await scene.send_file(LI, "x.png", picture(), caption="hot-work")
    assert (await scene.last(LI)).startswith("这个文件是哪一课的？\n")
    assert await scene.rows(BiteMedia) == []
    asked = await scene.find(LI, "另一包 还缺 1 课")
    await scene.send_file(LI, "x.png", picture(), reply_to=str(asked["message_id"]))
    assert "（另一包，hot-work）" in await scene.last(LI)
    await scene.send_file(LI, "x.png", picture(), caption="hot-work")
    assert "（班组安全十课，hot-work）" in await scene.last(LI), "the one that still misses it"
    assert len(await scene.rows(BiteMedia)) == 2


async def test_files_find_their_bites_by_name_by_id_and_by_reply(scene: Scene) -> None:
    first, second, third, fourth, *rest = SAFETY.bites
    named = ("甲.pdf", "乙.pdf", "丙.jpg", "丁.pdf")
    bites = [
        replace(bite, media=name)
        for bite, name in zip((first, second, third, fourth), named, strict=True)
    ]
    await imported(scene, replace(SAFETY, version=2, bites=(*bites, *rest)))
    asked = await scene.find(LI, "还缺 4 课")
    pdf = b"%PDF-1.4 x"
    await scene.send_file(LI, "甲.pdf", pdf)
    assert "已配到" in await scene.last(LI)
    assert "还缺 3 课的：" in await scene.last(LI)
    await scene.send_file(LI, "x.pdf", pdf, caption="乙.PDF")
    assert "还缺 2 课的：" in await scene.last(LI)
    asking = str(asked["message_id"])
    await scene.send_file(LI, "x.pdf", pdf, reply_to=asking)
    assert (await scene.last(LI)).startswith("这个文件是哪一课的？\n· 丙.jpg：")
    await scene.send_file(LI, "x.png", picture(), caption=third.slug, reply_to=asking)
    assert "还缺 1 课的：" in await scene.last(LI)
    await scene.send_file(LI, "x.pdf", pdf, reply_to=asking)
    assert (await scene.last(LI)).endswith("图片和文件都齐了。")
    assert len(await scene.rows(BiteMedia)) == 4
    await scene.send_file(LI, "甲.pdf", pdf)
    assert (await scene.last(LI)).startswith("发公告\n文件"), "it is not missing any more"
    await scene.send_file(ZHANG, "x.pdf", pdf, caption="hot-work")
    assert len(await scene.rows(BiteMedia)) == 4
