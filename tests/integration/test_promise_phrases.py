from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from storage.kinds import Progress
from tests.conftest import ONE, SUN, ZHANG, Office
from tests.integration.promises import STRANGER, html, owe, rows, states

BOARD = Switchboard(ROUTES)


async def say(
    office: Office, user: int, text: str, chat: int | None = ONE, *, addressed: bool = False
) -> Reply | None:
    async with office.database.begin() as session:
        return await BOARD.phrase(await office.ask(session, user, text, chat), addressed)


async def test_a_promise_in_a_group_must_be_said_to_us(office: Office) -> None:
    assert await say(office, ZHANG, "承诺 周五前完成3号泵检修") is None
    assert await rows(office.database) == []
    reply = await say(office, ZHANG, "承诺 周五前完成3号泵检修", addressed=True)
    assert reply is not None
    assert reply.keeps == "commitment:1"


async def test_done_with_a_number_is_meant_for_us_in_any_case(office: Office) -> None:
    await owe(office, ZHANG)
    assert await say(office, ZHANG, "完成") is None
    assert await say(office, ZHANG, "完成3号泵检修") is None
    reply = await say(office, ZHANG, "完成 1")
    assert reply is not None
    assert reply.react == "👍"
    assert await states(office.database) == [Progress.CLAIMED]


async def test_who_has_no_place_is_turned_away_at_the_door(office: Office) -> None:
    await owe(office, ZHANG)
    for user in (SUN, STRANGER):
        for text in ("承诺 检查灭火器", "完成 1"):
            reply = await say(office, user, text, addressed=True)
            assert reply is not None
            assert reply.react == reply.keeps == ""
    assert await states(office.database) == [Progress.OPEN]


async def test_lists_are_asked_for_in_words_as_well(office: Office) -> None:
    await owe(office, ZHANG)
    mine = await say(office, ZHANG, "我的承诺", None, addressed=True)
    assert mine is not None
    assert "完成3号泵检修" in html(mine)
    late = await say(office, ZHANG, "谁逾期了？", addressed=True)
    assert late is not None
    assert html(late) == "没有逾期的承诺。\n截至 11月23日 周一 07:50"
