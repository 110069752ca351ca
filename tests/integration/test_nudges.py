"""Whom a nudge is owed to, on the database: asked once for all mornings that close together."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from handlers import checkins
from handlers.routes import ROUTES, Switchboard
from handlers.taps.cards import LeaveTap, StudiedTap
from handlers.taps.tutorials import HushTap
from handlers.words.message import bare
from handlers.words.voice import Voice
from schedules import cards
from schedules.nudges import NUDGES
from schedules.refresh import refresh
from schedules.runner import tick
from storage import carriage, chats, outbox
from storage import checkins as count
from storage.kinds import ChatKind, Delivery, LeaveReason, Switch
from storage.tables import CheckIn, Leave, Member, Morning, Outgoing, Slot, SwitchTurn
from tests.conftest import (
    LI,
    ONE,
    SI,
    SUN,
    TWO,
    WU,
    ZHANG,
    ZHAO,
    Hands,
    Office,
    on_postgresql,
    on_sqlite,
)
from tests.integration.test_no_scans import assert_no_scan, overheard


async def begun(office: Office, *groups: int, arrived: bool = True) -> list[Morning]:
    """Mornings whose cards have arrived in their groups now."""
    found = []
    for group in groups:
        async with office.database.begin() as session:
            morning = await office.morning(session, group)
            key, now = cards.key(morning.id), office.clock()
            chat = office.teams[group].chat_id or 0
            await outbox.post(session, key, chat, ("sendMessage", {"text": "."}), now)
            row = await outbox.by_key(session, key)
            assert row is not None
            if arrived:
                await carriage.settled(session, row.id, Delivery.SENT, now, message_id=7)
        found.append(morning)
    return found


async def owed(office: Office) -> dict[str, Outgoing]:
    async with office.database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith("nudge:"))
        return {row.key: row for row in await session.exec(query)}


def key(office: Office, morning: Morning, user: int) -> str:
    return f"nudge:morning:{morning.id}:{office.people[user].id}"


async def turned(office: Office, *states: bool) -> None:
    for state in states:
        async with office.database.begin() as session:
            session.add(
                SwitchTurn(
                    team_id=office.teams[ONE].id,
                    switch=Switch.NUDGE,
                    turned_on=state,
                    person_id=office.people[LI].id,
                    at=office.clock(),
                )
            )


async def test_all_teams_that_close_together_are_asked_for_at_once(
    office: Office, clock: Hands
) -> None:
    one, two = await begun(office, ONE, TWO)
    clock.forward(minutes=54)
    assert await tick(office.database, [NUDGES], clock()) == 0
    clock.forward(minutes=1)
    assert await tick(office.database, [NUDGES], clock()) == 2
    assert await tick(office.database, [NUDGES], clock()) == 0
    found = await owed(office)
    wanted = {key(office, one, ZHAO), key(office, one, ZHANG), key(office, two, SUN)}
    assert found.keys() == wanted, "李四 has no private chat"
    assert {row.expires_at for row in found.values()} == {one.closes_at}


@on_sqlite
async def test_it_is_as_many_queries_for_two_teams_as_for_one_and_by_index(
    office: Office, clock: Hands
) -> None:
    await begun(office, ONE)
    clock.forward(minutes=55)
    with overheard(office.database) as heard:
        await tick(office.database, [NUDGES], clock())
    assert_no_scan(office, heard)
    assert len(await owed(office)) == 2
    alone = sum(said.startswith("SELECT") for said, _ in heard)
    clock.forward(days=1, minutes=-55)
    await begun(office, ONE, TWO)
    clock.forward(minutes=55)
    with overheard(office.database) as heard:
        await tick(office.database, [NUDGES], clock())
    assert len(await owed(office)) == 5
    assert sum(said.startswith("SELECT") for said, _ in heard) == alone


@on_sqlite
async def test_what_is_tapped_beneath_a_nudge_reads_by_index(office: Office, clock: Hands) -> None:
    (morning,) = await begun(office, ONE)
    clock.forward(minutes=55)
    await tick(office.database, [NUDGES], clock())
    stands = (await owed(office))[key(office, morning, ZHANG)]
    async with office.database.begin() as session:
        await carriage.settled(session, stands.id, Delivery.SENT, clock(), message_id=9)
    with overheard(office.database) as heard:
        for tap in (HushTap(morning.id), StudiedTap(morning.id)):
            async with office.database.begin() as session:
                request = await office.ask(session, ZHANG, message_id=9)
                reply = await Switchboard(ROUTES).press(request, tap)
            assert reply.toast
        assert await refresh(office.database, clock()) == 2
    assert_no_scan(office, [one for one in heard if "grant" not in one[0]])


async def test_the_excused_the_retired_and_the_unreachable_are_left_alone(
    office: Office, clock: Hands
) -> None:
    (morning,) = await begun(office, ONE)
    async with office.database.begin() as session:
        leave = Leave(
            member_id=office.members[ZHAO].id,
            first=morning.day - timedelta(days=1),
            last=morning.day,
            reason=LeaveReason.FIELD,
            at=clock(),
        )
        session.add(leave)
        (await session.get_one(Member, office.members[ZHANG].id)).retired_at = clock()
        chat = await chats.seen(session, SI, ChatKind.PRIVATE)
        await chats.hold(session, chat.id, "blocked", clock())
    clock.forward(minutes=55)
    assert await tick(office.database, [NUDGES], clock()) == 1
    assert await owed(office) == {}


@pytest.mark.parametrize(
    ("states", "count"), [((), 2), ((False,), 0), ((False, True), 2), ((True, False), 0)]
)
async def test_the_last_turn_of_the_switch_counts(
    office: Office, clock: Hands, states: tuple[bool, ...], count: int
) -> None:
    await begun(office, ONE)
    await turned(office, *states)
    clock.forward(minutes=55)
    await tick(office.database, [NUDGES], clock())
    assert len(await owed(office)) == count


async def test_a_card_that_is_not_there_or_only_just_nudges_nobody(
    office: Office, clock: Hands
) -> None:
    await begun(office, TWO, arrived=False)
    clock.forward(minutes=54)
    await begun(office, ONE)
    clock.forward(minutes=1)
    assert await tick(office.database, [NUDGES], clock()) == 0
    clock.forward(minutes=4)
    assert await tick(office.database, [NUDGES], clock()) == 1
    found = await owed(office)
    assert len(found) == 2
    assert all("还有 11 分钟" in row.params["text"] for row in found.values())


async def test_never_after_closing(office: Office, clock: Hands) -> None:
    await begun(office, ONE)
    clock.forward(minutes=70)
    assert await tick(office.database, [NUDGES], clock()) == 0
    async with office.database.read() as session:
        assert (await session.exec(select(Slot))).all() == []


async def test_what_did_not_get_out_before_closing_does_not_go_out_after(
    office: Office, clock: Hands
) -> None:
    await begun(office, ONE)
    clock.forward(minutes=55)
    await tick(office.database, [NUDGES], clock())
    clock.forward(minutes=15)
    async with office.database.begin() as session:
        await carriage.expire(session, clock())
    assert {row.state for row in (await owed(office)).values()} == {Delivery.EXPIRED}


async def test_a_check_in_withdraws_what_is_owed_and_edits_what_stands(
    office: Office, clock: Hands
) -> None:
    (morning,) = await begun(office, ONE)
    clock.forward(minutes=55)
    await tick(office.database, [NUDGES], clock())
    stands = (await owed(office))[key(office, morning, ZHAO)]
    async with office.database.begin() as session:
        await carriage.settled(session, stands.id, Delivery.SENT, clock(), message_id=9)
    for user, group in ((ZHANG, None), (ZHAO, ONE)):
        async with office.database.begin() as session:
            request = await office.ask(session, user, chat=group, message_id=9)
            reply = await checkins.studied(request, StudiedTap(morning.id))
        assert "08:45" in reply.toast
    found = await owed(office)
    assert found[key(office, morning, ZHANG)].state is Delivery.EXPIRED
    assert found[key(office, morning, ZHAO)].state is Delivery.SENT
    assert await refresh(office.database, clock()) == 2, "the card and the nudge"
    async with office.database.read() as session:
        edit = await outbox.by_key(session, f"edit:{key(office, morning, ZHAO)}")
    assert edit is not None
    assert "✅ <b>一班</b> 11月23日 周一 的微课已学，08:45。" in edit.params["text"]


@pytest.mark.parametrize("user", [WU, LI, 777])
async def test_in_private_nobody_checks_in_for_a_team_that_is_not_theirs(
    office: Office, user: int
) -> None:
    (morning,) = await begun(office, ONE)
    async with office.database.begin() as session:
        await chats.seen(session, user, ChatKind.PRIVATE)
        reply = await checkins.studied(await office.ask(session, user), StudiedTap(morning.id))
    assert reply.toast == Voice("zh").plain("checkin.elsewhere")
    async with office.database.read() as session:
        assert (await session.exec(select(CheckIn))).all() == []


async def test_a_tap_on_a_nudge_in_doubt_proves_that_it_arrived(
    office: Office, clock: Hands
) -> None:
    (morning,) = await begun(office, ONE)
    clock.forward(minutes=55)
    await tick(office.database, [NUDGES], clock())
    row = (await owed(office))[key(office, morning, ZHANG)]
    async with office.database.begin() as session:
        await carriage.settled(session, row.id, Delivery.UNKNOWN, clock())
    async with office.database.begin() as session:
        shown = bare(row.params)["text"]
        request = await office.ask(session, ZHANG, message_id=9, shown=shown)
        await Switchboard(ROUTES).press(request, StudiedTap(morning.id))
    found = (await owed(office))[key(office, morning, ZHANG)]
    assert (found.state, found.message_id) == (Delivery.SENT, 9)


@pytest.mark.parametrize("way", ["leave", "hush", "pause"])
async def test_what_waits_is_withdrawn_by_leave_and_by_a_wish_for_silence(
    office: Office, clock: Hands, way: str
) -> None:
    (morning,) = await begun(office, ONE)
    clock.forward(minutes=55)
    await tick(office.database, [NUDGES], clock())
    board = Switchboard(ROUTES)
    async with office.database.begin() as session:
        if way == "hush":
            await board.press(await office.ask(session, ZHANG), HushTap(morning.id))
        elif way == "pause":
            request = await office.ask(session, ZHANG, "到12月5日", chat=ONE)
            await board.command(request, "quiet", addressed=True)
        else:
            request = await office.ask(session, ZHANG, chat=ONE)
            await board.press(request, LeaveTap(morning.id))
    found = await owed(office)
    assert found[key(office, morning, ZHANG)].state is Delivery.EXPIRED
    assert found[key(office, morning, ZHAO)].state is Delivery.PENDING, "somebody else's"


@on_postgresql
async def test_a_check_in_that_is_under_way_is_waited_for(office: Office, clock: Hands) -> None:
    (morning,) = await begun(office, ONE)
    clock.forward(minutes=55)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"

    async def waits() -> bool:
        async with office.database.read() as session:
            connection = await session.connection()
            return bool((await connection.exec_driver_sql(waiting)).scalar())

    async with asyncio.TaskGroup() as together, office.database.begin() as session:
        await count.add(session, morning.id, office.members[ZHANG].id, clock())
        ticking = together.create_task(tick(office.database, [NUDGES], clock()))
        async with asyncio.timeout(20):
            while not await waits():
                await asyncio.sleep(0.005)
    assert ticking.result() == 1
    assert (await owed(office)).keys() == {key(office, morning, ZHAO)}
