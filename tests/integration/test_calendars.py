"""A year whose national days are not known yet: who hears of it, and what an import changes."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select, update

from handlers.reading.calendars import read_calendar
from handlers.rules.calendar import Calendar, notices
from schedules.calendars import CALENDARS
from schedules.morning import MORNING
from schedules.runner import tick
from storage import calendars, grants
from storage.database import Database
from storage.kinds import Role
from storage.tables import Outgoing, Plan
from tests.conftest import LI, WANG, ZHAO, ZONE, Hands, Office
from tests.integration.planning import html, lines, said
from tests.unit.test_calendar_files import SOUND


async def heard(database: Database) -> list[tuple[str, str]]:
    """The messages on the calendar: of which date, and the words."""
    async with database.read() as session:
        query = select(Outgoing).where(col(Outgoing.key).startswith("calendar:"))
        rows = (await session.exec(query.order_by(col(Outgoing.id)))).all()
    return [(row.key.split(":")[2], str(row.params["text"])) for row in rows]


async def take(office: Office, text: str = SOUND) -> bool:
    file = read_calendar("2027.yaml", text.encode())
    async with office.database.begin() as session:
        off, work = list(map(str, file.off)), list(map(str, file.work))
        return await calendars.keep(session, file.year, off, work, file.source, office.clock())


async def look(office: Office, first: datetime, last: datetime, hours: int = 6) -> None:
    """The clock is looked at every few hours."""
    office.clock.now = first
    while office.clock.now <= last:
        await tick(office.database, [CALENDARS], office.clock())
        office.clock.forward(hours=hours)


AUTUMN, NEW_YEAR = datetime(2026, 10, 1, tzinfo=ZONE), datetime(2027, 1, 20, tzinfo=ZONE)


async def test_secretaries_hear_three_times_that_the_next_year_is_not_known(
    office: Office,
) -> None:
    await look(office, AUTUMN, NEW_YEAR)
    found = await heard(office.database)
    assert [day for day, _ in found] == [
        *["2026-11-01"] * 2,  # 王书记 and 李书记; no leader and no member
        *["2026-12-01"] * 2,
        *["2026-12-31"] * 2,
    ]
    words = found[0][1]
    assert "2027 年的放假调休安排还没有导入" in words
    assert "2月5日 周五 至 2月10日 周三" in words, "what is assumed"
    assert "zaohui calendar import" in words, "and how to mend it"


async def test_it_comes_at_nine_in_the_morning(office: Office) -> None:
    office.clock.now = datetime(2026, 11, 1, 8, 59, tzinfo=ZONE)
    assert await tick(office.database, [CALENDARS], office.clock()) == 0
    office.clock.forward(minutes=1)
    assert await tick(office.database, [CALENDARS], office.clock()) == 1
    assert await tick(office.database, [CALENDARS], office.clock()) == 0


async def test_an_owner_who_is_a_secretary_too_hears_once(office: Office) -> None:
    async with office.database.begin() as session:
        await grants.give(session, office.people[WANG].id, Role.OWNER, office.clock())
    await look(office, datetime(2026, 11, 1, 9, tzinfo=ZONE), datetime(2026, 11, 2, tzinfo=ZONE))
    assert len(await heard(office.database)) == 2


async def test_once_it_is_known_nobody_hears_more(office: Office) -> None:
    await look(office, AUTUMN, datetime(2026, 11, 20, tzinfo=ZONE))
    assert await take(office)
    await look(office, datetime(2026, 11, 20, tzinfo=ZONE), NEW_YEAR)
    assert {day for day, _ in await heard(office.database)} == {"2026-11-01"}


async def test_where_no_plan_follows_the_calendar_nobody_hears(office: Office) -> None:
    async with office.database.begin() as session:
        await session.exec(update(Plan).values(days="daily"))
    await look(office, AUTUMN, NEW_YEAR)
    assert await heard(office.database) == []


async def test_a_bot_that_was_away_says_it_within_a_week_and_later_not(office: Office) -> None:
    await look(office, datetime(2026, 11, 9, tzinfo=ZONE), datetime(2026, 11, 30, tzinfo=ZONE))
    assert await heard(office.database) == []
    await look(office, datetime(2026, 12, 6, tzinfo=ZONE), datetime(2026, 12, 7, tzinfo=ZONE))
    assert {day for day, _ in await heard(office.database)} == {"2026-12-01"}


async def test_an_import_is_kept_once_and_replaced_by_another(office: Office) -> None:
    assert await take(office)
    assert not await take(office)
    assert await take(office, SOUND.replace("2027-02-13, ", ""))
    async with office.database.read() as session:
        told = await calendars.told(session)
    assert told[2027][1] == ["2027-02-14"]


async def test_spring_festival_is_a_guess_until_it_is_imported(office: Office) -> None:
    """What the preview says, what the card says, and what the import changes of both."""
    thursday = datetime(2027, 2, 4, 7, 50, tzinfo=ZONE)  # the Thursday before the holiday
    async with office.database.begin() as session:
        await session.exec(update(Plan).values(next_at=thursday))
    office.clock.now = thursday
    await tick(office.database, [MORNING], office.clock())
    async with office.database.read() as session:
        card = (await session.exec(select(Outgoing))).one()
    assert "2027 年放假安排尚未公布" in card.params["text"]
    office.clock.forward(minutes=10)
    before = await said(office, ZHAO, "")
    assert lines(before) == [
        "5 — 法定假期 ※",
        "6 — 法定假期 ※",
        "7 — 法定假期 ※",
        "8 — 法定假期 ※",
        "9 — 法定假期 ※",
        "10 — 法定假期 ※",
        "11 受限空间 ※",
    ]
    assert "※ 暂定：2027 年放假安排尚未公布" in html(before)
    await take(office)
    after = await said(office, ZHAO, "")
    assert lines(after)[-1] == "11 — 法定假期"
    assert "※" not in html(after)
    cards: list[tuple[int, str]] = []
    for day in range(5, 16):
        office.clock.now = datetime(2027, 2, day, 7, 50, tzinfo=ZONE)
        before_count = len(cards)
        if await tick(office.database, [MORNING], office.clock()):
            async with office.database.read() as session:
                rows = (await session.exec(select(Outgoing).order_by(col(Outgoing.id)))).all()
            if len(rows) - 1 > before_count:
                cards.append((day, str(rows[-1].params["text"])))
    assert [day for day, _ in cards] == [12, 13, 14, 15], "with both make-up days"
    assert not any("尚未公布" in text for _, text in cards)


async def test_promises_and_leave_go_by_what_was_imported(office: Office) -> None:
    friday = date(2027, 2, 12)
    bare = Calendar(ZONE)
    await take(office)
    async with office.database.read() as session:
        told = Calendar(ZONE, notices=notices(await calendars.told(session, 2027)))
    assert bare.next_workday(friday) == date(2027, 2, 15)
    assert told.next_workday(friday) == date(2027, 2, 13)
    assert told.awaited(friday) is None


@pytest.mark.parametrize("user", [LI, WANG])
async def test_the_message_waits_for_nobody_who_never_opened_a_chat(
    office: Office, clock: Hands, user: int
) -> None:
    async with office.database.begin() as session:
        found = await grants.told(session, (Role.SECRETARY,))
        assert {person.telegram_id for person, _ in found} == {LI, WANG}
        chat = next(chat for person, chat in found if person.telegram_id == user)
        chat.trouble = "blocked"
        session.add(chat)
    await look(office, datetime(2026, 11, 1, 9, tzinfo=ZONE), clock() - timedelta(days=20))
    assert len(await heard(office.database)) == 1
