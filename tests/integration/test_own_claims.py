"""Nobody verifies what is their own, whatever they are besides, and by whichever way."""

import pytest

from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.verifications import LookTap, ReasonTap, ReturnTap, VerifyAllTap, VerifyTap
from handlers.words import verifications as words
from handlers.words.voice import Voice
from storage import audits, commitments, grants, people, verifications
from storage.kinds import Progress, Role
from storage.tables import Commitment, CommitmentAct
from tests.conftest import LI, ONE, SI, WU, ZHANG, ZHAO, Office
from tests.integration.promises import local, states

BOARD = Switchboard(ROUTES)
OWN = words.own(Voice("zh"))


async def press(office: Office, user: int, tap: Tap) -> Reply:
    async with office.database.begin() as session:
        return await BOARD.press(await office.ask(session, user), tap)


async def claimed(office: Office, user: int, witness: int | None = None) -> tuple[int, int]:
    """Somebody has a place in team one, a promise there, and says that it is done."""
    async with office.database.begin() as session:
        person = office.people[user]
        member = await people.enrol(session, office.teams[ONE].id, person, office.clock())
        due = local("2026-11-27T18:00")
        row = await commitments.make(session, member, "清理配电房", due, office.clock())
        await session.flush()
        assert await commitments.claim(session, row, person.id, office.clock())
        await session.flush()
        claim = await verifications.claim(session, row.id)
        assert claim is not None
        act = await session.get_one(CommitmentAct, claim.act.id)
        act.witness_id = office.people[witness].id if witness else None
        session.add(act)
        return row.id, act.id


@pytest.mark.parametrize(
    "user", [ZHAO, LI, WU, ZHANG], ids=["leader", "secretary", "owner", "witness"]
)
async def test_not_ones_own(office: Office, user: int) -> None:
    async with office.database.begin() as session:
        await grants.give(session, office.people[WU].id, Role.OWNER, office.clock())
    promise, act = await claimed(office, user, user if user == ZHANG else None)
    for tap in (
        LookTap(promise, act),
        VerifyTap(promise, act),
        ReturnTap(promise, act),
        ReasonTap(promise, act, 0),
    ):
        assert (await press(office, user, tap)).toast == OWN, tap
    await press(office, user, VerifyAllTap(office.teams[ONE].id, act))
    async with office.database.begin() as session:
        claim = await verifications.claim(session, promise)
        assert claim is not None
        judged = await verifications.judge(session, claim, office.people[user].id, office.clock())
        assert not judged, "the storage refuses it as well"
    assert await states(office.database) == [Progress.CLAIMED]
    async with office.database.read() as session:
        assert await audits.entries(session, 9) == []


async def test_of_all_at_once_ones_own_is_left(office: Office) -> None:
    await claimed(office, ZHANG)
    _, act = await claimed(office, ZHAO)
    await press(office, ZHAO, VerifyAllTap(office.teams[ONE].id, act))
    assert await states(office.database) == [Progress.VERIFIED, Progress.CLAIMED]
    async with office.database.read() as session:
        (entry,) = await audits.entries(session, 9)
    assert (entry.by, entry.person, entry.row.detail) == ("赵班长", "张三", "#1")


async def test_a_verdict_of_somebody_elses_is_written_down(office: Office) -> None:
    promise, act = await claimed(office, ZHAO, SI)
    assert (await press(office, LI, ReasonTap(promise, act, 0))).toast != OWN
    async with office.database.read() as session:
        (entry,) = await audits.entries(session, 9)
        assert (await session.get_one(Commitment, promise)).state is Progress.OPEN
    assert (entry.row.doing, entry.by, entry.person) == ("returned", "李书记", "赵班长")
