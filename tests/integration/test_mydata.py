"""/privacy and /mydata: what is told of what is stored, and the file with all of it."""

import json
from typing import Any

from sqlmodel import select

from bot.freight import Freight, Load
from handlers import privacy
from handlers.requests import House
from handlers.rules.keeping import read_keep
from handlers.taps.privacy import MyDataTap
from handlers.words import groups
from handlers.words import privacy as words
from handlers.words.voice import Voice
from storage import mydata
from storage.kinds import ChatKind
from storage.privacy import HOLDINGS
from storage.tables import Chat, Outgoing
from tests.conftest import NAMES, ONE, SI, ZHANG, ZHAO, Office
from tests.integration.forgetting import SECRET, everywhere

ZH = Voice("zh")


async def of(office: Office, user: int) -> dict[str, Any]:
    async with office.database.read() as session:
        found = await mydata.of(session, office.people[user].id, office.clock())
    assert found is not None
    return dict(found)


async def test_every_table_that_holds_somebody_is_in_the_file(office: Office) -> None:
    await everywhere(office)
    found = await of(office, ZHANG)
    expected = {h.name for h in HOLDINGS if h.people or h.name in {"chat", "incoming", "outgoing"}}
    assert set(found) == {"format", "made_at"} | expected
    empty = {name for name, rows in found.items() if not rows}
    assert empty == {"erasure"}
    assert found["person"]["name"] == NAMES[ZHANG]
    assert {row["text"] for row in found["commitment"]} == {SECRET}
    assert found["checkin"][0]["morning"] == "2026-11-23"
    assert found["commitment"][0]["team"] == "一班"


async def test_the_file_holds_nothing_of_others(office: Office) -> None:
    await everywhere(office)
    found = await of(office, SI)
    (returned,) = (act for act in found.pop("commitmentact") if act["act"] == "returned")
    assert returned["text"] == SECRET  # why a commitment of theirs was returned
    said = json.dumps(found, ensure_ascii=False)
    assert SECRET not in said
    assert NAMES[ZHAO] not in said
    assert [row["id"] for row in found["commitment"]] == [5]
    assert found["outgoing"] == []


async def test_the_file_is_made_when_it_is_sent(office: Office) -> None:
    await everywhere(office)
    async with office.database.begin() as session:
        reply = await privacy.mine(await office.ask(session, ZHANG, "/mydata"))
    assert reply.message is not None
    assert reply.message.html == words.coming(ZH)
    async with office.database.read() as session:
        query = select(Outgoing).where(Outgoing.key >= "mydata:", Outgoing.key < "mydata;")
        row = (await session.exec(query)).one()
    assert "打卡 1 次，承诺 4 项" in row.params["caption"]
    made: list[Load] = []

    async def post(load: Load) -> Any:
        made.append(load)
        return {}

    await Freight(office.database, 1).carry(row.params, post)
    (part,) = made[0].parts.values()
    assert part.name == "我的数据 2026-11-23.json"
    text = part.data.decode("utf-8")
    assert NAMES[ZHANG] in text  # as people read it, not as \\u5f20
    assert json.loads(text)["format"] == "zaohui-mydata-1"


async def test_one_file_a_minute(office: Office) -> None:
    async def ask() -> str:
        async with office.database.begin() as session:
            reply = await privacy.mine_pressed(await office.ask(session, ZHANG), MyDataTap())
        return reply.toast

    assert await ask() == words.coming(ZH)
    office.clock.forward(seconds=30)
    assert await ask() == words.just_now(ZH)
    office.clock.forward(seconds=31)
    assert await ask() == words.coming(ZH)


async def test_in_the_group_nothing_of_it_is_said(office: Office) -> None:
    async with office.database.begin() as session:
        for asked in (privacy.mine, privacy.leave):
            reply = await asked(await office.ask(session, ZHANG, chat=ONE))
            assert reply.message is None
            assert reply.private is not None
            assert reply.private.buttons == ()
        reply = await privacy.mine_pressed(await office.ask(session, ZHANG, chat=ONE), MyDataTap())
        assert reply.toast == ZH.plain("gone")
        assert (await session.exec(select(Outgoing))).all() == []


async def test_a_stranger_is_told_that_there_is_nothing(office: Office) -> None:
    async with office.database.begin() as session:
        session.add(Chat(telegram_id=777, kind=ChatKind.PRIVATE))
        await session.flush()
        for asked in (privacy.mine, privacy.leave):
            reply = await asked(await office.ask(session, 777))
            assert reply.message == words.nobody(ZH)


async def test_privacy_says_for_how_long(office: Office) -> None:
    async with office.database.begin() as session:
        request = await office.ask(session, ZHAO, "/privacy")
        reply = await privacy.told(request)
        assert reply.message is not None
        assert "收到的消息 7 天" in reply.message.html
        assert "佐证 3 年" in reply.message.html
        assert len(reply.message.html) < 600  # a phone's screen
        assert len(reply.message.buttons[0]) == 2
        in_group = await privacy.told(await office.ask(session, ZHAO, chat=ONE))
        assert in_group.message is not None
        assert in_group.message.buttons == ()
        assert in_group.message.html == reply.message.html


def test_the_group_is_told_when_the_bot_joins(office: Office) -> None:
    told = groups.welcome(ZH, [office.teams[ONE]]).html
    assert "/privacy" in told
    assert len(told.splitlines()) == 3


def test_another_house_keeps_things_otherwise() -> None:
    house = House("bot", "Asia/Shanghai", "zh", keep=read_keep("evidence=400,messages=10"))
    html = words.told(ZH, house.keep, buttons=False).html
    assert "佐证 400 天" in html
    assert "文字 10 天" in html
