import asyncio

from tests.sandbox.play import LI, TEAM, ZHANG, ZHAO, Play, in_process

CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


def texts(updates: list[dict[str, dict[str, str]]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_an_update_stays_until_it_is_confirmed(play: Play) -> None:
    for text in "abc":
        await play.say(ZHANG, TEAM, text)
    first = await play.bot("getUpdates", limit=2)
    assert texts(first) == ["a", "b"]
    assert await play.bot("getUpdates", limit=2) == first
    rest = await play.bot("getUpdates", offset=first[0]["update_id"] + 1)
    assert texts(rest) == ["b", "c"]
    ids = [update["update_id"] for update in (*first, *rest)]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 1, ids[0] + 2]
    assert await play.bot("getUpdates", offset=ids[-1] + 1) == []


async def test_a_negative_offset_keeps_the_newest(play: Play) -> None:
    for text in "abc":
        await play.say(ZHANG, TEAM, text)
    assert texts(await play.bot("getUpdates", offset=-1)) == ["c"]
    assert texts(await play.bot("getUpdates")) == ["c"]


async def test_a_long_poll_ends_with_the_first_update(play: Play) -> None:
    poll = asyncio.create_task(play.bot("getUpdates", timeout=50))
    await asyncio.sleep(0)
    await play.say(ZHANG, TEAM, "now")
    assert texts(await poll) == ["now"]


async def test_a_second_poll_ends_the_first(play: Play) -> None:
    first = asyncio.create_task(play.refusal("getUpdates", timeout=50))
    await asyncio.sleep(0)
    second = asyncio.create_task(play.bot("getUpdates", timeout=50))
    assert await first == CONFLICT
    await play.say(ZHANG, TEAM, "x")
    assert texts(await second) == ["x"]


async def test_closing_ends_a_long_poll(play: Play) -> None:
    poll = asyncio.create_task(play.refusal("getUpdates", timeout=50))
    await asyncio.sleep(0)
    await play.box.close()
    assert await poll == "Internal Server Error: restart"


async def test_taps_live_150_seconds_and_messages_a_day(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=TEAM, text="x")
    await play.say(ZHANG, TEAM, "text")
    where = {"chat": TEAM, "message_id": sent["message_id"], "data": "x"}
    press = asyncio.create_task(play.act("press", **where))
    while len(await play.bot("getUpdates")) < 2:
        await asyncio.sleep(0)
    await play.act("clock", forward=151)
    assert texts(await play.bot("getUpdates")) == ["text"]
    await play.act("clock", forward=24 * 3600)
    assert await play.bot("getUpdates") == []
    await play.box.close()
    assert (await press)["answered"] is False


async def test_the_kinds_of_updates_are_remembered(play: Play) -> None:
    await play.bot("getUpdates", allowed_updates=["my_chat_member"])
    await play.say(ZHANG, TEAM, "unseen")
    assert await play.bot("getUpdates") == []
    await play.bot("getUpdates", allowed_updates=[])
    await play.say(ZHANG, TEAM, "seen")
    assert texts(await play.bot("getUpdates")) == ["seen"]


async def test_members_and_reactions_are_told_only_when_asked_for(play: Play) -> None:
    sent = await play.say(ZHANG, TEAM, "x")
    await play.updates()
    thumb = "\N{THUMBS UP SIGN}"
    await play.act("react", LI, chat=TEAM, message_id=sent, emoji=thumb)
    await play.act("member", ZHAO, chat=TEAM, user=LI, status="administrator")
    assert await play.updates() == []
    await play.updates(allowed_updates=["chat_member", "message_reaction"])
    await play.act("react", LI, chat=TEAM, message_id=sent, emoji=None)
    await play.act("member", ZHAO, chat=TEAM, user=LI, status="member")
    reaction, member = await play.updates()
    told = reaction["message_reaction"]
    assert (told["old_reaction"], told["new_reaction"]) == (
        [{"type": "emoji", "emoji": thumb}],
        [],
    )
    assert member["chat_member"]["old_chat_member"]["status"] == "administrator"
    assert member["chat_member"]["new_chat_member"]["status"] == "member"


async def test_a_bot_without_privacy_mode_hears_everything() -> None:
    async with in_process(privacy=False) as play:
        await play.say(ZHANG, -1002, "plain")
        assert texts(await play.updates()) == ["plain"]
        assert (await play.bot("getMe"))["can_read_all_group_messages"] is True
