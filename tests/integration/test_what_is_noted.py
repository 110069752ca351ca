"""Which acts the audit log tells of, each once, with who and where."""

from sqlmodel import select

from handlers.requests import Reply
from handlers.routes import ROUTES, Switchboard
from handlers.taps import Tap
from handlers.taps.announcements import RecalledTap
from handlers.taps.groups import AttachTap
from handlers.taps.ledgers import LedgerTap
from handlers.taps.plans import (
    CoursesTap,
    CourseTap,
    HourTap,
    PlanAct,
    PlanActTap,
    PlanUnitTap,
    Wish,
)
from handlers.taps.rosters import MemberAct, MemberTap, MoveToTap, RosterFileTap
from storage import audits, people
from storage.kinds import ChatKind
from storage.tables import Chat, Pack, Person, Team
from tests.conftest import (
    LI,
    MONDAY,
    ONE,
    SI,
    SUN,
    THREE,
    TWO,
    WANG,
    ZHANG,
    ZHAO,
    ZONE,
    Hands,
    Office,
)
from tests.integration.announcing import announced
from tests.integration.planning import schooled
from tests.integration.promises import morning, owe

BOARD = Switchboard(ROUTES)
TODAY = MONDAY.astimezone(ZONE).date()
NEW = -1099


async def noted(office: Office) -> list[tuple[str, str, str, str, str]]:
    """Doing, who, to whom, where, and what else."""
    async with office.database.read() as session:
        found = reversed(await audits.entries(session, 99))
    return [(e.row.doing.value, e.by, e.person, e.team or e.unit, e.row.detail) for e in found]


async def command(
    office: Office, user: int, name: str, text: str, chat: int | None = None
) -> Reply:
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        reply = await BOARD.command(request, name, addressed=True)
    assert reply is not None
    return reply


async def press(office: Office, user: int, tap: Tap, chat: int | None = None) -> Reply:
    async with office.database.begin() as session:
        return await BOARD.press(await office.ask(session, user, chat=chat), tap)


async def test_changes_of_a_plan(office: Office) -> None:
    await schooled(office)
    one = office.teams[ONE].id
    await press(office, ZHAO, PlanActTap(one, PlanAct.SKIP))
    await command(office, ZHAO, "plan", "12月3日休息")
    await press(office, ZHAO, PlanActTap(one, PlanAct.RESUME))
    await press(office, SUN, PlanActTap(one, PlanAct.SKIP))
    await press(office, WANG, PlanUnitTap(2, PlanAct.OFF, TODAY, TODAY))
    assert await noted(office) == [
        ("planned", "赵班长", "", "一班", "skip"),
        ("planned", "赵班长", "", "一班", "off 2026-12-03–2026-12-03"),
        ("planned", "王书记", "", "第一党支部", f"off {TODAY}–{TODAY}"),
    ]


async def test_packs_of_a_plan(office: Office) -> None:
    one = office.teams[ONE].id
    async with office.database.begin() as session:
        session.add(Pack(slug="fire", title="消防", language="zh", version=1))
    async with office.database.read() as session:
        course = (await session.exec(select(Pack.id).where(Pack.slug == "fire"))).one()
    await press(office, ZHAO, CoursesTap(one, 0))
    for wish in (Wish.WITH, Wish.WITH, Wish.WITHOUT):
        await press(office, ZHAO, CourseTap(one, course, wish, 0))
    assert await noted(office) == [
        ("planned", "赵班长", "", "一班", "with fire"),
        ("planned", "赵班长", "", "一班", "without fire"),
    ]


async def test_leave_for_others_and_not_ones_own(office: Office) -> None:
    await command(office, ZHANG, "leave", "今天")
    await command(office, ZHAO, "leave", "张三 今天到周三", ONE)
    await command(office, ZHAO, "leave", "赵班长 今天", ONE)
    await command(office, ZHAO, "leave", "张三 取消", ONE)
    await command(office, ZHAO, "leave", "张三 取消", ONE)
    await command(office, ZHANG, "leave", "李四 今天", ONE)
    assert await noted(office) == [
        ("excused", "赵班长", "张三", "一班", "2026-11-23–2026-11-25"),
        ("unexcused", "赵班长", "张三", "一班", ""),
    ]


async def test_a_task_for_each_who_has_it(office: Office) -> None:
    await command(office, ZHAO, "assign", "张三 李四 周五前 完成台账", ONE)
    await command(office, ZHANG, "assign", "李四 周五前 完成台账", ONE)
    assert await noted(office) == [
        ("assigned", "赵班长", "张三", "一班", "#1"),
        ("assigned", "赵班长", "李四", "一班", "#2"),
    ]


async def test_a_ledger_that_is_made(office: Office, clock: Hands) -> None:
    await owe(office, ZHANG)
    await morning(office)
    tap = LedgerTap(office.teams[ONE].id, TODAY, TODAY)
    await press(office, ZHAO, tap)
    await press(office, ZHAO, tap)  # one is on its way
    assert await noted(office) == [("exported", "赵班长", "", "一班", f"{TODAY}–{TODAY}")]


async def test_a_group_that_is_tied_to_a_team(office: Office) -> None:
    async with office.database.begin() as session:
        chat = Chat(telegram_id=NEW, kind=ChatKind.SUPERGROUP, title="新群")
        session.add(chat)
        for user in (ONE, THREE):
            team = await session.get_one(Team, office.teams[user].id)
            team.chat_id = None
            session.add(team)
        await session.flush()
        here = chat.id
    for user, place in ((ZHANG, ONE), (LI, THREE), (LI, ONE), (LI, ONE)):
        await press(office, user, AttachTap(here, office.teams[place].id), NEW)
    assert await noted(office) == [("attached", "李书记", "", "一班", "")]


async def test_what_is_done_to_a_roster(office: Office) -> None:
    zhang, si, one = office.members[ZHANG].id, office.members[SI].id, office.teams[ONE].id
    for tap in (
        MemberTap(zhang, MemberAct.RETIRED),
        MemberTap(zhang, MemberAct.RETIRED),
        MemberTap(zhang, MemberAct.BACK),
        MoveToTap(si, office.teams[TWO].id, 0),
        MoveToTap(si, office.teams[TWO].id, 1),
        MemberTap(zhang, MemberAct.LEAD),
        MemberTap(zhang, MemberAct.LEAD),
        MemberTap(zhang, MemberAct.UNLEAD),
        RosterFileTap(one),
    ):
        await press(office, LI, tap)
    assert await noted(office) == [
        ("retired", "李书记", "张三", "一班", ""),
        ("admitted", "李书记", "张三", "一班", ""),
        ("transferred", "李书记", "李四", "二班", ""),
        ("granted", "李书记", "张三", "一班", "leader"),
        ("revoked", "李书记", "张三", "一班", "leader"),
        ("exported", "李书记", "", "一班", "roster"),
    ]


async def test_nobody_makes_themselves_a_leader(office: Office) -> None:
    async with office.database.begin() as session:
        person = await session.get_one(Person, office.people[LI].id)
        own = await people.enrol(session, office.teams[ONE].id, person, office.clock())
    reply = await press(office, LI, MemberTap(own.id, MemberAct.LEAD))
    assert reply.alert
    assert await noted(office) == []


async def test_when_a_teams_work_ends(office: Office) -> None:
    one = office.teams[ONE].id
    await press(office, ZHANG, HourTap(one, 1050))
    await press(office, ZHAO, HourTap(one, 1050))
    assert await noted(office) == [("planned", "赵班长", "", "一班", "ends 17:30")]


async def test_an_announcement_that_is_sent_and_taken_back(office: Office) -> None:
    await announced(office)
    await press(office, LI, RecalledTap(1))
    await press(office, LI, RecalledTap(1))
    found = await noted(office)
    assert [one[0] for one in found] == ["announced", "recalled"]
