"""Plans, crews and days in an organisation file: applied, applied again, changed."""

import textwrap
from collections.abc import Sequence
from datetime import date

import pytest
from sqlmodel import col, select

from handlers.organisations import apply
from handlers.reading.faults import Faults
from handlers.reading.organisations import read_organisation
from handlers.words.organisations import Change, Kind, What, diff
from handlers.words.voice import Voice
from storage import plans
from storage.kinds import DayKind
from storage.tables import Member, OwnDay, Plan
from tests.conftest import ONE, ZHANG, Office
from tests.integration.test_organisations import OFFICE

PLAN = 'plan: {packs: [safety], at: "07:50", closes: "09:00", days: workdays}'
SHIFTS = """plan:
              packs: [safety]
              weekdays: {mon: [safety]}
              at: "20:00"
              eve: yes
              closes: "07:30"
              cycle: 6 on 2 off
              from: 2026-11-23
              crews: {甲: 0, 乙: 4}
            off: [2026-12-03, 2026-12-24~2026-12-26]"""
OWN = OFFICE.replace(PLAN, SHIFTS).replace(
    "{name: 张三, telegram_id: 111}", "{name: 张三, telegram_id: 111, crew: 乙}"
).replace("unit: 第一党支部\n", "unit: 第一党支部\n        work: [2026-12-06]\n")  # fmt: skip


async def put(office: Office, text: str) -> Sequence[Change]:
    file = read_organisation("org.yaml", textwrap.dedent(text).encode())
    async with office.database.begin() as session:
        return await apply(session, file, office.clock(), "Asia/Shanghai", "zh")


async def days(office: Office) -> list[tuple[bool, str, DayKind, bool]]:
    async with office.database.read() as session:
        rows = await session.exec(select(OwnDay).order_by(col(OwnDay.day), col(OwnDay.listed)))
        return [(row.team_id is not None, str(row.day), row.kind, row.listed) for row in rows]


async def test_all_of_it_is_applied_and_applied_again_changes_nothing(office: Office) -> None:
    changes = await put(office, OWN)
    assert [(change.kind, change.what) for change in changes] == [
        (Kind.CHANGED, What.UNIT),
        (Kind.CHANGED, What.MEMBER),
        (Kind.CHANGED, What.PLAN),
        (Kind.CHANGED, What.TEAM),
    ]
    shown = diff(Voice("zh"), changes)
    assert "放假 无 → 2026-12-03, 2026-12-24~2026-12-26" in shown
    assert "前一晚推送 no → yes" in shown
    assert "轮班组 无 → 甲: 0; 乙: 4" in shown
    assert await put(office, OWN) == []
    async with office.database.read() as session:
        plan = (await session.exec(select(Plan))).one()
        assert (plan.eve, plan.cycle, plan.cycle_from) == (True, "6 on 2 off", date(2026, 11, 23))
        assert (plan.crews, plan.weekdays) == ({"甲": 0, "乙": 4}, {"mon": ["safety"]})
        assert plan.days == "daily"
        assert (await session.get_one(Member, office.members[ZHANG].id)).crew == "乙"
        own = await plans.own_days(
            session, [office.teams[ONE].id], date(2026, 12, 1), date(2026, 12, 31)
        )
    assert own[office.teams[ONE].id] == {
        date(2026, 12, 3): DayKind.OFF,
        date(2026, 12, 6): DayKind.WORK,
        **{date(2026, 12, day): DayKind.OFF for day in (24, 25, 26)},
    }


async def test_days_that_the_file_no_longer_lists_are_gone_and_those_of_the_chat_stay(
    office: Office,
) -> None:
    await put(office, OWN)
    async with office.database.begin() as session:
        day = [date(2026, 12, 3)]
        team = office.teams[ONE].id
        await plans.say_days(session, day, DayKind.WORK, office.clock(), team_id=team)
    await put(office, OFFICE)
    assert await days(office) == [(True, "2026-12-03", DayKind.WORK, False)]
    await put(office, OWN)
    assert (True, "2026-12-03", DayKind.WORK, False) in await days(office)
    assert (True, "2026-12-03", DayKind.OFF, True) in await days(office)
    assert await put(office, OWN) == []


async def test_a_pack_that_only_a_weekday_names_has_to_be_imported_too(office: Office) -> None:
    with pytest.raises(Faults) as caught:
        await put(office, OWN.replace("mon: [safety]", "mon: [office-101]"))
    assert [fault.values["pack"] for fault in caught.value.faults] == ["office-101"]
