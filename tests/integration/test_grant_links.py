"""One-time links and codes that give rights; and the menus that follow the rights."""

import asyncio
from datetime import timedelta

from sqlmodel import col, select

from handlers.taps.grants import (
    GiveLinkTap,
    TakeTap,
)
from handlers.words import grants as words
from storage import grants
from storage.grants import CODE_LIFE, GUESS_PAUSE, GUESSES, LINK_LIFE
from storage.kinds import ChatKind, Doing
from storage.tables import Chat, Grant, Outgoing, Person
from tests.conftest import LI, ONE, WANG, ZHANG, Office
from tests.integration.granting import (
    OTHER,
    STRANGER,
    ZH,
    held,
    noted,
    own,
    press,
    say,
    taking,
    told,
)

# -- links and codes -------------------------------------------------------------------------


async def strangers(office: Office) -> None:
    async with office.database.begin() as session:
        for user in (STRANGER, OTHER):
            session.add(Chat(telegram_id=user, kind=ChatKind.PRIVATE))


async def linked(office: Office, user: int, tap: GiveLinkTap) -> str:
    """The argument of the link that somebody gets."""
    found = await press(office, user, tap)
    assert found.message is not None
    return found.message.html.partition("start=")[2].strip()


async def test_a_link_gives_the_right_to_who_opens_it_first(office: Office) -> None:
    await strangers(office)
    argument = await linked(office, LI, GiveLinkTap(0, office.teams[ONE].id))
    assert await say(office, LI, argument, "start") == words.link_own(ZH).html
    assert await say(office, STRANGER, argument, "start") == (
        "✅ 你现在是 一班 班组长（李书记 授权）。发送 /help 看看可以做什么。"
    )
    assert await held(office, STRANGER) == [("leader", None, office.teams[ONE].id)]
    assert await told(office, LI, "opened:") == ["路人 点开了你的链接，现在是 一班 班组长。"]
    assert await say(office, OTHER, argument, "start") == words.link_over(ZH).html
    assert await held(office, OTHER) == []
    assert [doing for doing, *_ in await noted(office)] == ["linked", "granted"]


async def test_of_two_who_open_a_link_at_once_one_has_it(office: Office) -> None:
    await strangers(office)
    argument = await linked(office, LI, GiveLinkTap(0, office.teams[ONE].id))
    said = await asyncio.gather(
        *(say(office, user, argument, "start") for user in (STRANGER, OTHER))
    )
    assert sorted(text == words.link_over(ZH).html for text in said) == [False, True]
    assert len(await held(office, STRANGER)) + len(await held(office, OTHER)) == 1


async def test_a_link_ends_with_its_day_and_with_its_authors_right(office: Office) -> None:
    await strangers(office)
    late = await linked(office, LI, GiveLinkTap(0, office.teams[ONE].id))
    office.clock.forward(seconds=LINK_LIFE.total_seconds())
    assert await say(office, STRANGER, late, "start") == words.link_over(ZH).html
    orphan = await linked(office, LI, GiveLinkTap(0, office.teams[ONE].id))
    await press(office, WANG, await taking(office, LI))
    assert await say(office, STRANGER, orphan, "start") == words.link_over(ZH).html
    assert await held(office, STRANGER) == []


async def test_a_link_that_is_opened_in_a_group_stays_good(office: Office) -> None:
    await strangers(office)
    argument = await linked(office, LI, GiveLinkTap(0, office.teams[ONE].id))
    assert await say(office, ZHANG, argument, "start", chat=ONE) == words.link_over(ZH).html
    assert "你现在是 一班 班组长" in await say(office, STRANGER, argument, "start")


async def test_the_code_makes_one_owner(office: Office) -> None:
    await strangers(office)
    async with office.database.begin() as session:
        code = await grants.new_code(session, office.clock())
    said = await asyncio.gather(*(say(office, user, code, "start") for user in (STRANGER, OTHER)))
    assert sorted("系统管理员" in text for text in said) == [False, True]
    owners = [user for user in (STRANGER, OTHER) if await held(office, user)]
    assert len(owners) == 1
    assert [doing for doing, *_ in await noted(office)] == [Doing.OWNED]
    assert "系统管理员" not in await say(office, ZHANG, code, "start")
    assert await held(office, ZHANG) == []


async def test_a_code_is_too_old_after_its_time_and_void_beside_an_owner(office: Office) -> None:
    await strangers(office)
    async with office.database.begin() as session:
        code = await grants.new_code(session, office.clock())
    office.clock.forward(seconds=CODE_LIFE.total_seconds())
    await say(office, STRANGER, code, "start")
    assert await held(office, STRANGER) == []
    async with office.database.begin() as session:
        code = await grants.new_code(session, office.clock())
    await own(office, WANG)
    await say(office, STRANGER, code, "start")
    assert await held(office, STRANGER) == []


async def test_an_older_code_is_void(office: Office) -> None:
    await strangers(office)
    async with office.database.begin() as session:
        old = await grants.new_code(session, office.clock())
        await grants.new_code(session, office.clock())
    await say(office, STRANGER, old, "start")
    assert await held(office, STRANGER) == []


async def test_codes_cannot_be_tried_one_after_another(office: Office) -> None:
    await strangers(office)
    async with office.database.begin() as session:
        code = await grants.new_code(session, office.clock())
    for turn in range(GUESSES):
        assert (
            await say(office, STRANGER, f"guess{turn}", "start") != words.too_many_guesses(ZH).html
        )
    assert await say(office, STRANGER, code, "start") == words.too_many_guesses(ZH).html
    assert await held(office, STRANGER) == []
    assert "系统管理员" in await say(office, OTHER, code, "start"), "others are not kept from it"
    for turn in range(2):
        said = await say(office, STRANGER, f"grant-guess{turn}", "start")
        assert said == words.too_many_guesses(ZH).html
    office.clock.forward(seconds=(GUESS_PAUSE + timedelta(seconds=1)).total_seconds())
    assert await say(office, STRANGER, "grant-x", "start") == words.link_over(ZH).html


# -- menus -----------------------------------------------------------------------------------


async def menu(office: Office, user: int) -> list[str] | None:
    """The commands that somebody's private chat was told last; None: that of everybody."""
    async with office.database.read() as session:
        query = select(Outgoing).join(Chat).where(
            Chat.telegram_id == user, col(Outgoing.key).startswith("menu:")
        )  # fmt: skip
        row = (await session.exec(query)).first()
    if row is None or row.method != "setMyCommands":
        return None
    assert row.params["scope"] == {"type": "chat", "chat_id": user}
    return [one["command"] for one in row.params["commands"]]


async def test_the_menu_follows_the_rights(office: Office) -> None:
    assert await menu(office, ZHANG) is None
    await say(office, LI, "张三 一班 班组长")
    shown = await menu(office, ZHANG)
    assert shown is not None
    assert {"assign", "plan", "ledger", "commit"} <= set(shown)
    assert {"announce", "grant", "audit"}.isdisjoint(shown)
    await say(office, WANG, "张三 第二党支部 书记")
    assert "announce" in (await menu(office, ZHANG) or [])
    async with office.database.read() as session:
        rows = (await session.exec(select(Grant).join(Person).where(Person.name == "张三"))).all()
    for row in rows:
        await press(office, WANG, TakeTap(row.person_id, row.unit_id or 0, row.team_id or 0, 1))
    assert await menu(office, ZHANG) is None
    assert await told(office, ZHANG, "menu:") == ["deleteMyCommands"]


async def test_what_was_told_is_not_told_again(office: Office) -> None:
    await say(office, LI, "", "start")
    async with office.database.begin() as session:
        row = (await session.exec(select(Outgoing))).one()
        row.state, row.done_at = "sent", office.clock()  # type: ignore[assignment]
        session.add(row)
    await say(office, LI, "", "start")
    async with office.database.read() as session:
        assert (await session.exec(select(Outgoing.state))).all() == ["sent"]
    await own(office, LI)
    await say(office, LI, "", "start")
    async with office.database.read() as session:
        assert (await session.exec(select(Outgoing.state))).all() == ["pending"]
