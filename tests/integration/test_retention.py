"""What is let go at night, by its kind, on a clock that is moved; and that figures stay."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from handlers.rules.keeping import USUAL, Keep, read_keep
from schedules.retention import PART, retention
from schedules.runner import tick
from storage import checkins, flows, outbox, pending
from storage.kinds import Delivery, Intake, Kept, Progress
from storage.tables import (
    Announcement,
    Commitment,
    CommitmentAct,
    Discard,
    Incoming,
    Member,
    Memory,
    Objection,
    Outgoing,
    Review,
    SentPack,
    Slot,
    Todo,
    Tutorial,
)
from tests.conftest import MONDAY, ONE, ZHANG, Office
from tests.integration.forgetting import SECRET, everywhere

NIGHT = MONDAY.replace(hour=20, minute=0)  # in UTC, after the hour


async def night(office: Office, days: int, keep: Keep = USUAL) -> int:
    """So many days later, at night."""
    return await tick(office.database, [retention(keep)], NIGHT + timedelta(days=days))


async def rows(office: Office, table: type[Any]) -> list[Any]:
    async with office.database.read() as session:
        order = list(table.__table__.primary_key.columns)
        return list((await session.exec(select(table).order_by(*order))).all())


async def test_updates_are_let_go_after_a_week_and_failed_ones_after_a_month(
    office: Office,
) -> None:
    now = office.clock()
    async with office.database.begin() as session:
        for number, state in enumerate(Intake, start=1):
            session.add(
                Incoming(update_id=number, raw={"text": SECRET}, lane=ZHANG, state=state,
                         not_before=now, received_at=now)
            )  # fmt: skip
    left = {}
    for days in (5, 8, 31):
        await night(office, days)
        left[days] = {row.state for row in await rows(office, Incoming)}
    assert left == {5: set(Intake), 8: {Intake.NEW, Intake.DEAD}, 31: {Intake.NEW}}


async def test_the_words_of_messages_go_and_that_they_were_sent_stays(office: Office) -> None:
    now = office.clock()
    async with office.database.begin() as session:
        chat = office.teams[ONE].chat_id
        assert chat is not None
        for state in Delivery:
            if state in (Delivery.SENDING, Delivery.UNKNOWN):
                continue
            session.add(
                Outgoing(key=f"closing:{state}", chat_id=chat, method="sendMessage",
                         params={"text": SECRET}, priority=1, state=state, not_before=now,
                         done_at=now, message_id=5)
            )  # fmt: skip
        session.add(
            Outgoing(key="edit:closing:sent", chat_id=chat, method="editMessageText",
                     params={"text": SECRET}, priority=3, state=Delivery.SENT, not_before=now,
                     done_at=now, repeatable=True)
        )  # fmt: skip
    before = await rows(office, Outgoing)
    await night(office, 29)
    assert [row.params for row in await rows(office, Outgoing)] == [row.params for row in before]
    await night(office, 31)
    after = {row.key: row for row in await rows(office, Outgoing)}
    bare = {key for key, row in after.items() if row.params == {}}
    assert bare == {"closing:sent", "closing:expired", "closing:failed"}
    assert {key: row.state for key, row in after.items()} == {
        row.key: row.state for row in before if row.key != "edit:closing:sent"
    }
    async with office.database.read() as session:
        assert sum((await outbox.tally(session, "closing:")).values()) == len(before) - 1


async def test_a_board_whose_words_went_is_still_edited(office: Office) -> None:
    now = office.clock()
    async with office.database.begin() as session:
        chat = office.teams[ONE].chat_id
        assert chat is not None
        await outbox.post(session, "board:1:1", chat, ("sendMessage", {"text": SECRET}), now)
        row = (await session.exec(select(Outgoing))).one()
        row.state, row.done_at, row.message_id = Delivery.SENT, now, 9
        session.add(row)
    await night(office, 31)
    async with office.database.begin() as session:
        row = (await session.exec(select(Outgoing))).one()
        assert row.params == {}
        call = ("editMessageText", {"text": "neu"})
        assert await outbox.edit(session, [(row, call)], now) == ["edit:board:1:1"]


async def test_drafts_go_and_what_was_sent_stays(office: Office) -> None:
    await everywhere(office)
    await night(office, 31)
    assert {one.stage for one in await rows(office, Announcement)} == {"sent"}
    assert await rows(office, SentPack) == []
    assert [todo.commitment_id is None for todo in await rows(office, Todo)] == [False]
    assert await rows(office, Objection) == []


async def test_evidence_goes_when_it_is_old_and_its_commitment_has_ended(office: Office) -> None:
    await everywhere(office)

    async def shown() -> Counter[Progress]:
        states = {row.id: row.state for row in await rows(office, Commitment)}
        acts = [act for act in await rows(office, CommitmentAct) if act.file_id]
        return Counter(states[act.commitment_id] for act in acts)

    await night(office, 1090)
    assert await shown() == {Progress.OPEN: 2, Progress.CLAIMED: 1, Progress.VERIFIED: 1}
    acts = len(await rows(office, CommitmentAct))
    await night(office, 1096)
    assert await shown() == {Progress.OPEN: 2, Progress.CLAIMED: 1}
    assert len(await rows(office, CommitmentAct)) == acts  # that it was done stays
    (gone,) = await rows(office, Discard)
    assert gone.path.startswith("1-一班/")


async def test_memory_of_who_left_goes_after_a_year(office: Office) -> None:
    await everywhere(office)
    await night(office, 800)
    assert len(await rows(office, Memory)) == 1  # they are here
    async with office.database.begin() as session:
        member = await session.get_one(Member, office.members[ZHANG].id)
        member.retired_at = NIGHT + timedelta(days=800)
        session.add(member)
    await night(office, 1160)
    assert len(await rows(office, Memory)) == 1
    await night(office, 1166)
    assert (await rows(office, Memory), await rows(office, Tutorial)) == ([], [])
    assert len(await rows(office, Review)) == 1  # the team's figures


async def test_the_figures_of_the_past_do_not_change(office: Office) -> None:
    await everywhere(office)
    team = office.teams[ONE].id

    async def figures() -> Mapping[str, Any]:
        days = (MONDAY.date() - timedelta(days=10), MONDAY.date() + timedelta(days=10))
        bounds = (NIGHT - timedelta(days=10), NIGHT + timedelta(days=10))
        async with office.database.read() as session:
            return {
                "flow": await flows.flows(session, [team], days, bounds),
                "checkins": await checkins.tallies(session, [1]),
                "promises": await pending.counts(session, [team], office.clock()),
            }

    before = await figures()
    assert before["flow"][team].read == 1
    await night(office, 4000)
    assert await figures() == before


# -- how it goes about it --------------------------------------------------------------------


async def test_it_is_done_in_parts_once_a_night(office: Office) -> None:
    now = office.clock()
    async with office.database.begin() as session:
        for number in range(PART * 2 + 1):
            session.add(
                Incoming(update_id=number, raw={}, lane=1, state=Intake.DONE, not_before=now,
                         received_at=now)
            )  # fmt: skip
    assert await night(office, 8) == 4  # three parts, and the end
    assert await rows(office, Incoming) == []
    assert await night(office, 8) == 0
    slots = [slot.subject for slot in await rows(office, Slot)]
    assert sum(slot.endswith(":end") for slot in slots) == 1


async def test_by_day_nothing_is_let_go(office: Office) -> None:
    await everywhere(office)
    noon = MONDAY.replace(hour=4) + timedelta(days=5000)
    assert await tick(office.database, [retention(USUAL)], noon) == 0


async def test_settings_say_otherwise(office: Office) -> None:
    await everywhere(office)
    await night(office, 11, read_keep("drafts=10,messages=10"))
    assert {one.stage for one in await rows(office, Announcement)} == {"sent"}
    async with office.database.read() as session:
        worded = select(Outgoing.key).where(col(Outgoing.state) == Delivery.SENT)
        keys = (await session.exec(worded)).all()
    assert {row.key for row in await rows(office, Outgoing) if row.params == {}} == set(keys)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("updates", "'updates' is not NAME=DAYS"),
        ("photos=3", "there is no kind 'photos'; there are updates, failed, messages"),
        ("updates=3", "updates can be kept 7 to 36500 days, not 3"),
        ("messages=0", "messages can be kept 1 to 36500 days, not 0"),
        ("evidence=99999", "evidence can be kept 1 to 36500 days, not 99999"),
        ("drafts=3,drafts=4", "drafts is named twice"),
    ],
)
def test_a_wrong_setting_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_keep(text)


def test_what_a_setting_leaves_out_is_as_usual() -> None:
    assert read_keep(" messages = 14 ,") == {**USUAL, Kept.MESSAGES: 14}
    assert read_keep("") == USUAL
