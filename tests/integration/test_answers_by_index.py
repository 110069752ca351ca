"""Each answer in plain words takes as many queries for many teams as for one, all by an index."""

from datetime import timedelta

import pytest

from handlers.reading.nearness import CANON
from handlers.routes import ROUTES, Switchboard
from storage import commitments
from tests.conftest import LI, ONE, THREE, TWO, WANG, ZHANG, ZHAO, Office, on_sqlite
from tests.integration.announcing import announced
from tests.integration.test_no_scans import Statement, assert_no_scan, overheard

pytestmark = on_sqlite  # whose plans do not depend on how much there is

SWITCHBOARD = Switchboard(ROUTES)
TEXTS = [
    *(canon.zh for canon in CANON),
    "上周谁没打卡",
    "上周学了什么",
    "本月谁请假",
    "一班上周打卡率",
    "张三的承诺有哪些",
    "老张今天打卡了吗",
    "张三连续打卡几天",
    "张三逾期了吗",
    "陈六打卡了吗",
]


@pytest.fixture
async def furnished(office: Office) -> Office:
    """Three teams have their mornings, a promise each, and an announcement."""
    async with office.database.begin() as session:
        for chat in (ONE, TWO, THREE):
            await office.morning(session, chat)
        for member in office.members.values():
            due = office.clock() + timedelta(hours=2)
            await commitments.make(session, member, "检修", due, office.clock())
    await announced(office, author=WANG, unit=1)
    return office


async def heard_of(
    office: Office, user: int, text: str, chat: int | None = None
) -> list[Statement]:
    with overheard(office.database) as heard:
        async with office.database.begin() as session:
            request = await office.ask(session, user, text, chat)
            reply = await SWITCHBOARD.question(request)
    assert reply is not None
    assert reply.message or reply.private
    return heard


@pytest.mark.parametrize("text", TEXTS)
async def test_an_answer_reads_by_index(furnished: Office, text: str) -> None:
    for user, chat in ((ZHANG, None), (ZHANG, ONE), (ZHAO, None), (ZHAO, ONE), (LI, None)):
        heard = await heard_of(furnished, user, text, chat)
        # Rights are a table of their own size: who runs a unit, and what is below it.
        assert_no_scan(
            furnished,
            [one for one in heard if "RECURSIVE" not in one[0] and '"grant"' not in one[0]],
        )


@pytest.mark.parametrize("text", TEXTS)
async def test_more_teams_take_no_more_queries(furnished: Office, text: str) -> None:
    two, three = [len(await heard_of(furnished, user, text)) for user in (LI, WANG)]
    assert two == three
