"""Course packs taken in: new, of a higher version, refused."""

from collections.abc import Sequence

import pytest
from sqlmodel import SQLModel, col, select

from handlers.packs import Imported, import_pack
from handlers.reading.faults import Faults
from handlers.reading.packs import BiteFile, PackFile, QuestionFile
from handlers.words.voice import Voice
from storage import packs, study
from storage.database import Database
from storage.tables import Answer, Bite, Pack, Question
from tests.conftest import ONE, ZHANG, Hands, Office

FIRST = QuestionFile("先做什么？", ("检查", "作业"), 1, "先检查，后作业。")
SECOND = QuestionFile("谁批准？", ("班长", "本人"), 1)
HOT = BiteFile(
    "hot-work", "动火作业", "先**检查**。", "先查后干", tags=("电工",), questions=(FIRST, SECOND)
)
SPACE = BiteFile("confined", "受限空间", "先通风。", pledges=("今天检测气体",))


def pack(*bites: BiteFile, version: int = 1) -> PackFile:
    return PackFile("safety-101", "班组安全", "zh", version, "《安全生产法》", bites)


async def take(database: Database, clock: Hands, file: PackFile) -> Imported:
    async with database.begin() as session:
        return await import_pack(session, file, clock())


async def titles(database: Database) -> Sequence[tuple[str, str, int]]:
    """The bites in use."""
    async with database.read() as session:
        query = select(Bite).where(col(Bite.retired_at).is_(None)).order_by(col(Bite.position))
        return [(bite.slug, bite.title, bite.position) for bite in await session.exec(query)]


async def count(database: Database, table: type[SQLModel]) -> int:
    async with database.read() as session:
        return len((await session.exec(select(table))).all())


async def test_a_new_pack_is_taken_in_whole(database: Database, clock: Hands) -> None:
    done = await take(database, clock, pack(HOT, SPACE))
    assert done == Imported("safety-101", 1, added=2, changed=0, same=0, retired=0)
    async with database.read() as session:
        row = await packs.by_slug(session, "safety-101")
        assert row is not None
        assert (row.title, row.language, row.source) == ("班组安全", "zh", "《安全生产法》")
        bites = await packs.bites(session, row.id)
        assert (bites["hot-work"].tags, bites["confined"].pledges) == (["电工"], ["今天检测气体"])
        hot = bites["hot-work"].id
        first, second = (await study.questions(session, [hot]))[hot]
        assert (first.ask, first.answers, first.right) == ("先做什么？", ["检查", "作业"], 1)
        assert (second.position, second.why) == (2, "")


async def test_a_higher_version_changes_bites_where_they_are(
    database: Database, clock: Hands
) -> None:
    await take(database, clock, pack(HOT, SPACE))
    async with database.read() as session:
        before = {bite.slug: bite.id for bite in await session.exec(select(Bite))}
    hot = BiteFile("hot-work", "动火作业三不动火", "先**检查**。", questions=(SECOND,))
    done = await take(database, clock, pack(SPACE, hot, version=3))
    assert done == Imported("safety-101", 3, added=0, changed=2, same=0, retired=0)
    assert await titles(database) == [
        ("confined", "受限空间", 1),
        ("hot-work", "动火作业三不动火", 2),
    ]
    async with database.read() as session:
        assert {bite.slug: bite.id for bite in await session.exec(select(Bite))} == before
        which = before["hot-work"]
        (left,) = (await study.questions(session, [which]))[which]
        assert left.ask == "谁批准？"
    assert await count(database, Question) == 2, "a question that is gone is kept"


async def test_a_bite_that_is_missing_is_retired_and_can_come_back(
    database: Database, clock: Hands
) -> None:
    await take(database, clock, pack(HOT, SPACE))
    done = await take(database, clock, pack(HOT, version=2))
    assert (done.same, done.retired) == (1, 1)
    assert await titles(database) == [("hot-work", "动火作业", 1)]
    assert await count(database, Bite) == 2
    again = await take(database, clock, pack(HOT, SPACE, version=3))
    assert (again.added, again.changed, again.retired) == (0, 1, 0)
    assert await count(database, Bite) == 2


async def test_a_retired_bite_is_retired_once(database: Database, clock: Hands) -> None:
    await take(database, clock, pack(HOT, SPACE))
    await take(database, clock, pack(HOT, version=2))
    assert (await take(database, clock, pack(HOT, version=3))).retired == 0


@pytest.mark.parametrize("version", [1, 2])
async def test_a_version_that_is_not_higher_is_refused_in_one_sentence(
    database: Database, clock: Hands, version: int
) -> None:
    await take(database, clock, pack(HOT, version=2))
    with pytest.raises(Faults) as caught:
        await take(database, clock, pack(SPACE, version=version))
    (fault,) = caught.value.faults
    sentence = Voice("en").plain(fault.key, **fault.values)
    assert sentence.startswith(
        f"Pack safety-101 is at version 2 already and the file has version {version}"
    )
    assert await titles(database) == [("hot-work", "动火作业", 1)]


async def test_what_people_did_with_a_bite_survives_its_new_version(office: Office) -> None:
    async with office.database.begin() as session:
        morning = await office.morning(session, ONE)
        member = office.members[ZHANG].id
        await study.answer(session, morning.id, 1, member, 1, office.clock())
    file = PackFile(
        "safety", "安全", "zh", 2, "", (BiteFile("bite-1", "动火", "……", questions=(SECOND,)),)
    )
    done = await take(office.database, office.clock, file)
    assert (done.changed, done.retired) == (1, 1)
    async with office.database.read() as session:
        lesson = await study.lesson(session, morning.id)
        assert lesson is not None
        assert [question.id for question in lesson.questions] == [1]
        assert len((await session.exec(select(Answer))).all()) == 1
        assert len((await session.exec(select(Pack))).all()) == 1
