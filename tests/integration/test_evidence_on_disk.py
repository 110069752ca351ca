"""Which evidence is still to be copied to disk."""

from storage import commitments, evidence
from storage.commitments import Evidence
from storage.evidence import NEVER, Unkept
from storage.kinds import Media
from tests.conftest import ONE, SI, ZHANG, Office


async def test_what_is_not_on_disk_is_told_oldest_first_and_once_only(office: Office) -> None:
    now = office.clock()
    async with office.database.begin() as session:
        for who, shown in ((ZHANG, "b"), (SI, ""), (ZHANG, "a")):
            member = office.members[who]
            row = await commitments.make(session, member, "清理", now, now)
            proof = Evidence("好", Media.PHOTO if shown else None, shown, "album" + shown)
            assert await commitments.claim(session, row, member.person_id, now, proof)
        member = office.members[ZHANG]
        more = Evidence("", Media.VIDEO, "c", "albumb")
        assert await commitments.show(session, member.person_id, more, now)
    team = office.teams[ONE]
    async with office.database.read() as session:
        found = await evidence.unkept(session, 10)
        assert await evidence.unkept(session, 2) == found[:2]
    told = [(one.file_id, one.number, one.team_id, one.team) for one in found]
    assert told == [(f, n, team.id, team.name) for f, n in (("b", 1), ("a", 3), ("c", 1))]
    async with office.database.begin() as session:
        await evidence.keep(session, found[0].id, "1/1-1.jpg")
        await evidence.keep(session, found[2].id, NEVER)
        left: list[Unkept] = await evidence.unkept(session, 10)
    assert left == [found[1]]
