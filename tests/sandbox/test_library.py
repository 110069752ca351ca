"""The library the bot uses, against the sandbox over real HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Message
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter

from bot.sandbox.faults import Fault
from tests.sandbox.play import FORUM, LI, SMALL, TEAM, ZHANG, ZHAO, Play, picture


@pytest.fixture
async def bot(served: Play) -> AsyncIterator[Bot]:
    address = str(served.http.base_url).rstrip("/")
    bot = Bot(served.box.token, f"{address}/bot", f"{address}/file/bot")
    async with bot:
        yield bot


MARKUP = InlineKeyboardMarkup([[InlineKeyboardButton("已学", callback_data="v1:learnt")]])


async def test_a_morning_as_the_library_sees_it(served: Play, bot: Bot) -> None:
    card = await bot.send_message(TEAM, "<b>早会</b>", parse_mode="HTML", reply_markup=MARKUP)
    await bot.pin_chat_message(TEAM, card.message_id)
    press = asyncio.create_task(
        served.act("press", chat=TEAM, message_id=card.message_id, row=0, col=0)
    )
    (update,) = await bot.get_updates(timeout=10)
    query = update.callback_query
    assert query is not None
    assert query.message is not None
    assert query.message.is_accessible
    await query.answer("第 1 个")
    assert (await press)["text"] == "第 1 个"
    edited = await card.edit_text("<b>早会</b> 1/3", parse_mode="HTML", reply_markup=MARKUP)
    assert isinstance(edited, Message)
    assert edited.text_html == "<b>早会</b> 1/3"
    with pytest.raises(BadRequest, match="Message is not modified"):
        await card.edit_text("<b>早会</b> 1/3", parse_mode="HTML", reply_markup=MARKUP)
    assert [one.user.id for one in await bot.get_chat_administrators(TEAM)] == [ZHAO, bot.id]
    assert (await bot.get_chat(TEAM)).pinned_message == card


async def test_files_and_albums_as_the_library_sees_them(bot: Bot) -> None:
    photo = await bot.send_photo(TEAM, picture(), caption="x")
    assert photo.photo[-1].width == 40
    file = await bot.get_file(photo.photo[-1].file_id)
    assert await file.download_as_bytearray() == picture()
    album = await bot.send_media_group(
        TEAM, [InputMediaPhoto(picture(2, 2), caption="a"), InputMediaPhoto(picture(3, 3))]
    )
    assert album[0].media_group_id == album[1].media_group_id
    media = InputMediaPhoto(picture(9, 9), caption="new")
    edited = await bot.edit_message_media(media, chat_id=TEAM, message_id=photo.message_id)
    assert isinstance(edited, Message)
    assert (edited.photo[-1].width, edited.caption) == (9, "new")
    document = await bot.send_document(ZHANG, b"a", filename="台账.txt")
    assert document.document is not None
    assert document.document.file_name == "台账.txt"


async def test_people_as_the_library_sees_them(served: Play, bot: Bot) -> None:
    said = await served.say(ZHAO, FORUM, "/my@zaohui_bot 7", topic=2)
    await served.act("edit", ZHAO, chat=FORUM, message_id=said, text="/my 8")
    await served.act("member", ZHAO, chat=FORUM, user=bot.id, status="administrator")
    message, edited, member = await bot.get_updates()
    assert message.message is not None
    assert message.message.is_topic_message
    assert list(message.message.parse_entities().values()) == ["/my@zaohui_bot"]
    assert edited.edited_message is not None
    assert edited.edited_message.text == "/my 8"
    assert member.my_chat_member is not None
    assert member.my_chat_member.difference()["status"] == ("member", "administrator")


async def test_refusals_as_the_library_sees_them(served: Play, bot: Bot) -> None:
    new = (await served.act("migrate", chat=SMALL))["chat"]
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(SMALL, "x")
    assert moved.value.new_chat_id == new
    with pytest.raises(Forbidden, match="initiate conversation"):
        await bot.send_message(LI, "x")
    served.box.faults.append(Fault("flood", seconds=3, n=1))
    with pytest.raises(RetryAfter):
        await bot.send_message(TEAM, "x")
    served.box.faults.append(Fault("conflict", n=1))
    with pytest.raises(Conflict):
        await bot.get_updates()
    served.box.faults.append(Fault("drop_before", n=1))
    with pytest.raises(NetworkError):
        await bot.send_message(TEAM, "x")
