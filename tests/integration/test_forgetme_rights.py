"""Whose press of /forgetme counts, who has to stay, and who comes back."""

import pytest
from sqlmodel import select

from handlers import privacy
from handlers.taps.privacy import ForgetTap
from handlers.words import plain
from handlers.words import privacy as words
from handlers.words.voice import Voice
from storage import people
from storage.kinds import ChatKind, Role
from storage.tables import (
    Chat,
    Grant,
    Member,
    Person,
)
from tests.conftest import LI, ONE, TWO, WANG, ZHANG, ZHAO, Office
from tests.integration.forgetting import MINE, everywhere, forget, search

ZH = Voice("zh")


async def test_a_tap_of_somebody_else_forgets_nobody(office: Office) -> None:
    until = int(office.clock().timestamp()) + 300
    theirs = ForgetTap(office.people[ZHANG].id, until)
    async with office.database.begin() as session:
        reply = await privacy.forget(await office.ask(session, ZHAO), theirs)
    assert reply.toast == plain.gone(ZH)
    async with office.database.read() as session:
        for user in (ZHANG, ZHAO):
            assert (await session.get_one(Person, office.people[user].id)).erased_at is None


@pytest.mark.parametrize("seconds", [-1, 601, 10**9])
async def test_a_tap_holds_for_ten_minutes(office: Office, seconds: int) -> None:
    tap = ForgetTap(office.people[ZHANG].id, int(office.clock().timestamp()) + seconds)
    async with office.database.begin() as session:
        reply = await privacy.forget(await office.ask(session, ZHANG), tap)
    assert reply.toast == words.too_late(ZH)
    assert reply.edit is not None
    async with office.database.read() as session:
        assert (await session.get_one(Person, office.people[ZHANG].id)).erased_at is None


async def test_in_the_group_a_forged_tap_does_nothing(office: Office) -> None:
    tap = ForgetTap(office.people[ZHANG].id, int(office.clock().timestamp()) + 60)
    async with office.database.begin() as session:
        reply = await privacy.forget(await office.ask(session, ZHANG, chat=ONE), tap)
    assert reply.toast == plain.gone(ZH)


async def test_the_second_of_two_taps_finds_nobody(office: Office) -> None:
    tap = ForgetTap(office.people[ZHANG].id, int(office.clock().timestamp()) + 60)
    await forget(office)
    async with office.database.begin() as session:  # it was on its way: the chat is known anew
        session.add(Chat(telegram_id=ZHANG, kind=ChatKind.PRIVATE))
        await session.flush()
        reply = await privacy.forget(await office.ask(session, ZHANG), tap)
    assert reply.toast == plain.gone(ZH)
    await search(office)
    async with office.database.read() as session:
        assert (await session.exec(select(Chat).where(Chat.telegram_id == ZHANG))).first() is None


async def test_the_only_secretary_and_the_last_owner_hand_over_first(office: Office) -> None:
    async with office.database.begin() as session:
        session.add(Grant(person_id=office.people[LI].id, role=Role.OWNER, at=office.clock()))
    async with office.database.begin() as session:
        asked = await privacy.leave(await office.ask(session, LI, "/forgetme"))
    assert asked.message is not None
    assert "第一党支部、整个机器人" in asked.message.html
    assert asked.message.buttons == ()
    tap = ForgetTap(office.people[LI].id, int(office.clock().timestamp()) + 60)
    async with office.database.begin() as session:
        reply = await privacy.forget(await office.ask(session, LI), tap)
    assert reply.edit == asked.message
    async with office.database.begin() as session:
        for role, unit in ((Role.OWNER, None), (Role.SECRETARY, 2)):
            session.add(
                Grant(person_id=office.people[WANG].id, role=role, unit_id=unit,
                      at=office.clock())
            )  # fmt: skip
    assert (await forget(office, LI)).edit == words.forgotten(ZH)
    async with office.database.read() as session:
        mine = select(Grant).where(Grant.person_id == office.people[LI].id)
        assert (await session.exec(mine)).all() == []


async def test_somebody_of_several_teams_leaves_all_of_them(office: Office) -> None:
    async with office.database.begin() as session:
        person = await session.get_one(Person, office.people[ZHANG].id)
        await people.enrol(session, office.teams[TWO].id, person, office.clock())
    await forget(office)
    async with office.database.read() as session:
        mine = select(Member).where(Member.person_id == office.people[ZHANG].id)
        places = (await session.exec(mine)).all()
    assert [(m.retired_at is not None, m.erased_on is not None) for m in places] == [
        (True, True),
        (True, True),
    ]


async def test_they_can_come_back_as_somebody_new(office: Office) -> None:
    await everywhere(office)
    await forget(office)
    async with office.database.begin() as session:
        person = await people.known(session, ZHANG, MINE)
        member = await people.enrol(session, office.teams[ONE].id, person, office.clock())
        await session.flush()
        assert person.id != office.people[ZHANG].id
        assert member.id != office.members[ZHANG].id
        session.add(Chat(telegram_id=ZHANG, kind=ChatKind.PRIVATE))
    await search(office)
    async with office.database.read() as session:
        back = await people.by_telegram(session, ZHANG)
        assert back is not None
        assert back.name == MINE
        chat = await session.exec(select(Chat).where(Chat.telegram_id == ZHANG))
        assert chat.first() is not None
