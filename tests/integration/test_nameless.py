"""Reports without names: numbers for a chat, names for who may see them and asks in private."""

import itertools

import pytest
from sqlmodel import col, select

from handlers import boards, overdue, points, ranking
from handlers.requests import Handler
from handlers.rules.names import named
from handlers.switches import turned
from handlers.taps.switches import SwitchTap
from schedules import boards as standing_boards
from schedules import cards
from storage import study, switches
from storage.kinds import Switch
from storage.tables import Outgoing
from tests.conftest import LI, NAMES, ONE, ZHANG, ZHAO, Office
from tests.integration.promises import local, owe, stand

LATE = local("2026-11-20T18:00")
WHO = NAMES[ZHANG]


async def turn(office: Office, *which: Switch) -> None:
    async with office.database.begin() as session:
        for switch in which:
            await switches.turn(
                session, office.teams[ONE].id, switch, True, office.people[LI].id, office.clock()
            )


def test_the_rule_shows_names_in_private_to_those_who_may_see_them() -> None:
    shown = {
        facts
        for facts in itertools.product((True, False), repeat=3)
        if named(nameless=facts[0], private=facts[1], may_see=facts[2])
    }
    nameless = {facts for facts in shown if facts[0]}
    assert nameless == {(True, True, True)}
    assert len(shown - nameless) == 4


async def test_it_is_off_until_somebody_turns_it_on(office: Office) -> None:
    await owe(office, ZHANG, due=LATE)
    async with office.database.begin() as session:
        reply = await overdue.overdue(await office.ask(session, ZHAO, chat=ONE))
    assert reply.message is not None
    assert WHO in reply.message.html


@pytest.mark.parametrize("ask", [overdue.overdue, boards.board])
async def test_lists_in_the_group_name_nobody(office: Office, ask: Handler) -> None:
    await owe(office, ZHANG, due=LATE)
    await turn(office, Switch.NAMELESS)
    async with office.database.begin() as session:
        in_group = await ask(await office.ask(session, ZHANG, chat=ONE))
        mine = await ask(await office.ask(session, ZHAO))
    assert in_group.message is not None
    assert mine.message is not None
    assert "#1" in in_group.message.html
    assert WHO not in in_group.message.html
    assert WHO in mine.message.html  # who leads the team and asks in private


async def test_the_card_and_the_board_that_stand_name_nobody(office: Office) -> None:
    await owe(office, ZHANG, due=LATE)
    async with office.database.begin() as session:
        morning = await office.morning(session)
        await study.close(session, morning.id, office.clock())
        await boards.board(await office.ask(session, ZHAO, chat=ONE))
    await turn(office, Switch.NAMES)
    await stand(office, cards.key(morning.id))

    async def shown() -> list[str]:
        async with office.database.begin() as session:
            rows = (await session.exec(select(Outgoing).order_by(col(Outgoing.id)))).all()
            card = [row for row in rows if row.key == cards.key(morning.id)]
            board = [row for row in rows if row.key.startswith("board:")]
            found = await cards.again(session, card, office.clock())
            found = {**found, **await standing_boards.again(session, board, office.clock())}
        return [message.html for message in found.values()]

    assert [WHO in html for html in await shown()] == [True, True]
    await turn(office, Switch.NAMELESS)
    card, board = await shown()
    assert not any(name in html for name in NAMES.values() for html in (card, board))
    assert "#1" in card
    assert "#1" in board


async def test_turning_it_draws_cards_and_board_anew(office: Office) -> None:
    async with office.database.begin() as session:
        morning = await office.morning(session)
        await boards.board(await office.ask(session, ZHAO, chat=ONE))
    await stand(office, cards.key(morning.id))
    async with office.database.begin() as session:
        reply = await turned(
            await office.ask(session, LI), SwitchTap(office.teams[ONE].id, Switch.NAMELESS, 1, 0)
        )
    assert "已打开" in reply.toast
    async with office.database.read() as session:
        stale = select(Outgoing.key).where(col(Outgoing.stale_at).is_not(None))
        keys = set((await session.exec(stale)).all())
    assert {cards.key(morning.id), f"board:{office.teams[ONE].id}:1"} <= keys


async def test_rankings_are_not_shown_to_the_group(office: Office) -> None:
    await turn(office, Switch.RANKING, Switch.POINTS, Switch.POINTS_BOARD, Switch.NAMELESS)
    async with office.database.begin() as session:
        ranked = await ranking.board(await office.ask(session, ZHANG, chat=ONE))
        board = await points.asked(await office.ask(session, ZHANG, chat=ONE))
        leader = await ranking.board(await office.ask(session, ZHAO))
    assert ranked.message is not None
    assert WHO not in ranked.message.html
    assert "报表不显示姓名" in ranked.message.html
    assert board.message is None  # each hears of their own, in private
    assert leader.message is not None
    assert "报表不显示姓名" not in leader.message.html
