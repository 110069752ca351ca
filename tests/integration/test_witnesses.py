"""A witness and a leader judge at once; who is meant by a name; on both databases."""

import asyncio

import pytest
from sqlmodel import select

from handlers import evidence, verifications
from handlers.requests import Reply
from handlers.taps.verifications import ReasonTap, VerifyTap
from storage.kinds import Act
from storage.tables import Person
from tests.conftest import ONE, SI, ZHANG, ZHAO, Office
from tests.integration.promises import acts, html, owe, retire


async def report(office: Office, text: str) -> Reply:
    """张三 says that the promise is kept."""
    async with office.database.begin() as session:
        return await evidence.done(await office.ask(session, ZHANG, text, ONE))


async def passes(office: Office, user: int, act: int) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, "", ONE)
        return await verifications.verify(request, VerifyTap(1, act))


async def returns(office: Office, user: int, act: int) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, "", ONE)
        return await verifications.reason(request, ReasonTap(1, act, 0))


async def test_of_two_at_once_one_verdict_stands(office: Office) -> None:
    await owe(office, ZHANG)
    await report(office, "1 见证 李四")
    act = (await acts(office.database))[-1]
    assert act.witness_id == office.people[SI].id
    told = await asyncio.gather(passes(office, ZHAO, act.id), returns(office, SI, act.id))
    over = [reply for reply in told if reply.toast.startswith("这一项已经有了结果")]
    assert len(over) == 1
    assert len(await acts(office.database)) == 3


async def test_the_witness_is_asked_again_for_their_place(office: Office) -> None:
    await owe(office, ZHANG)
    await report(office, "1 见证 李四")
    act = (await acts(office.database))[-1]
    await retire(office, SI)
    await passes(office, SI, act.id)
    await returns(office, SI, act.id)
    assert [one.act for one in await acts(office.database)] == [Act.MADE, Act.CLAIMED]


@pytest.mark.parametrize(
    ("called", "said"),
    [("李四", "“李四”不止一位"), ("赵小四", "李四 还没有打开和我的私聊")],
)
async def test_a_name_of_two_means_neither_and_who_has_no_chat_is_not_asked(
    office: Office, called: str, said: str
) -> None:
    await owe(office, ZHANG)
    async with office.database.begin() as session:
        query = select(Person).where(Person.id == office.people[ZHAO].id)
        leader = (await session.exec(query)).one()
        leader.name = called
        session.add(leader)
    reply = await report(office, "1 见证 李四")
    assert said in html(reply)
    named = (await acts(office.database))[-1].witness_id
    assert named == (None if called == "李四" else office.people[SI].id)
