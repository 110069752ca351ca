"""Four weeks of three teams: every sheet of the ledger against what was counted by hand."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from handlers import scores
from handlers.ledgers import ledger
from handlers.reading.spans import Span
from handlers.rules.ledgers import week
from handlers.rules.points import USUAL
from handlers.scopes import flow
from handlers.words.ledgers import workbook, workbook_of_teams
from handlers.words.voice import Voice
from storage import people, switches
from storage.flows import Flow
from storage.kinds import Deed, Switch
from tests.conftest import LI, NAMES, ONE, THREE, TWO, Office
from tests.integration.months import CREWS, FIRST, LAST, Month, Sums

ZH = Voice("zh")
SEEDS = (1, 2026)
THERE = ("on_time", "late", "made_up")
ENDS = {
    "按期完成": "kept",
    "逾期完成": "kept_late",
    "逾期未完成": "overdue",
    "已撤回": "withdrawn",
    "进行中": "open",
}
HOWS = {"按时": "on_time", "迟到": "late", "补学": "made_up", "请假": "excused", "未学": "missed"}


@pytest.fixture(params=SEEDS)
async def month(office: Office, request: pytest.FixtureRequest) -> Month:
    played = Month(office, request.param)
    await played.play()
    return played


def table(book: Workbook, sheet: str, headings: int = 1) -> list[dict[str, Any]]:
    """The rows of a sheet, by their headings."""
    rows: list[list[Any]] = [
        [cell.value for cell in row] for row in book[sheet].iter_rows(min_row=headings)
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[0] is not None]


async def one(office: Office, chat: int, first: date = FIRST, last: date = LAST) -> Workbook:
    async with office.database.read() as session:
        found = await ledger(session, office.teams[chat], "支部", first, last)
    return load_workbook(BytesIO(workbook(ZH, found, office.clock())))


async def all_of_them(office: Office) -> Workbook:
    async with office.database.read() as session:
        found = [await ledger(session, office.teams[chat], "支部", FIRST, LAST) for chat in CREWS]
    return load_workbook(BytesIO(workbook_of_teams(ZH, "林业局", found, office.clock())))


def by_hand(sums: Sums, since: date, until: date) -> dict[str, int]:
    """What the summary says of some days, by its headings."""
    attended, ended = Counter[str](), Counter[str]()
    for (day, how), count in sums.attended.items():
        attended[how] += count * (since <= day <= until)
    for (day, how), count in sums.due.items():
        ended[how] += count * (since <= day <= until)

    def within(counts: Counter[date]) -> int:
        return sum(count for day, count in counts.items() if since <= day <= until)

    return {
        "早会次数": len({day for day, _ in sums.attended if since <= day <= until}),
        "应到": sum(attended.values()) - attended["excused"],
        "已学": sum(attended[how] for how in THERE),
        "新承诺": within(sums.made),
        "到期承诺": sum(ended.values()) - ended["withdrawn"],
        "按期完成": ended["kept"],
        "按期且已验收": within(sums.kept_verified),
        "逾期完成": ended["kept_late"],
        "逾期未完成": ended["overdue"],
    }


def assert_rows(sums: Sums, mornings: Sequence[Any], checkins: Sequence[Any]) -> None:
    """The sheets of mornings and of check-ins."""
    for row in mornings:
        day = row["日期"].date()
        how = Counter({way: sums.attended[day, way] for way in HOWS.values()})
        assert row["已学"] == sum(how[way] for way in THERE)
        assert row["应到"] == row["已学"] + how["missed"]
        assert [row[name] for name in ("按时", "迟到", "补学", "请假")] == [
            how[way] for way in ("on_time", "late", "made_up", "excused")
        ]
        assert (row["答题"], row["答对"]) == (sums.answers[day], sums.right[day])
    assert len(mornings) == len({day for day, _ in sums.attended})
    assert Counter((row["姓名"], HOWS[row["状态"]]) for row in checkins) == sums.people


def assert_promises(sums: Sums, rows: Sequence[Any]) -> None:
    assert Counter(ENDS[row["结果"]] for row in rows) == +sums.outcomes
    assert sum(row["延期次数"] for row in rows) == sums.moved
    assert sum(bool(row["验收人"]) for row in rows) == sums.verified
    assert sum(bool(row["佐证"]) for row in rows) == sums.shown
    for row in rows:
        assert len(row["经过"].splitlines()) >= 1 + row["延期次数"] + bool(row["验收人"])


def assert_notices(sums: Sums, notices: Sequence[Any], receipts: Sequence[Any]) -> None:
    assert [(row["应到"], row["已回执"]) for row in notices] == sums.notices
    assert Counter(row["姓名"] for row in receipts) == sums.confirmed
    for row in notices:
        missing = row["未回执"].split("、") if row["未回执"] else []
        assert len(missing) == row["应到"] - row["已回执"]


async def test_every_sheet_of_a_team_adds_up_to_what_happened(
    office: Office, month: Month
) -> None:
    for chat in CREWS:
        sums, book = month.sums[chat], await one(office, chat)
        assert_rows(sums, table(book, "早会"), table(book, "打卡"))
        assert_promises(sums, table(book, "承诺"))
        assert_notices(sums, table(book, "公告"), table(book, "回执"))
        *weeks, total = table(book, "汇总", 4)
        assert total["周（周一）"] == "合计"
        for row in weeks:
            monday = row["周（周一）"].date()
            counted = by_hand(sums, monday, date.fromordinal(monday.toordinal() + 6))
            assert {name: row[name] for name in counted} == counted
        counted = by_hand(sums, FIRST, LAST)
        assert {name: total[name] for name in counted} == counted
        assert total["应回执"] == sum(expected for expected, _ in sums.notices)
        assert total["已回执"] == sum(done for _, done in sums.notices)
        right = sum(sums.right.values()) / sum(sums.answers.values())
        assert total["答对率"] == pytest.approx(right)
        assert [row["周（周一）"].date() for row in weeks] == sorted(
            {week(day) for day, _ in sums.attended}
        )


async def test_the_file_of_all_teams_says_the_same_of_each(office: Office, month: Month) -> None:
    book = await all_of_them(office)
    *teams, total = table(book, "汇总", 4)
    assert [row["班组"] for row in teams] == ["一班", "二班", "三班"]
    counted = {chat: by_hand(sums, FIRST, LAST) for chat, sums in month.sums.items()}
    for row, chat in zip(teams, CREWS, strict=True):
        assert {name: row[name] for name in counted[chat]} == counted[chat]
        own = [[r for r in table(book, sheet) if r["班组"] == row["班组"]] for sheet in SHEETS]
        assert_rows(month.sums[chat], own[0], own[1])
        assert_promises(month.sums[chat], own[2])
        assert_notices(month.sums[chat], own[3], own[4])
    whole = sum((Counter(one) for one in counted.values()), Counter[str]())
    assert {name: total[name] for name in whole} == whole
    weeks = table(book, "按周")
    assert len(weeks) == 12
    (chart,) = book["汇总"]._charts  # type: ignore[attr-defined]
    assert chart.series[0].val.numRef.f == "'汇总'!$E$5:$E$7", "the share of each, not their sum"
    for page in book.worksheets:
        assert page.page_setup.orientation == "landscape"
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
        assert page.print_title_rows == ("$1:$4" if page.title == "汇总" else "$1:$1")
        assert page.freeze_panes == ("A5" if page.title == "汇总" else "A2")
    assert sum(row["已学"] for row in weeks) == total["已学"]


SHEETS = ("早会", "打卡", "承诺", "公告", "回执")


async def test_the_flow_says_the_same_as_the_ledger_and_the_hand(
    office: Office, month: Month
) -> None:
    spans = [Span(FIRST, LAST), Span(FIRST, date(2026, 11, 8)), Span(date(2026, 11, 23), LAST)]
    for span in spans:
        async with office.database.read() as session:
            found = await flow(session, list(office.teams.values()), span)
        for chat, sums in month.sums.items():
            counted = by_hand(sums, span.first, span.last)
            names = ("已学", "新承诺", "到期承诺", "按期完成", "按期且已验收")
            told = found[office.teams[chat].id]
            assert told == Flow(*(counted[name] for name in names))
            *_, total = table(await one(office, chat, span.first, span.last), "汇总", 4)
            assert [total[name] for name in names] == [counted[name] for name in names]


async def test_points_are_what_was_done(office: Office, month: Month) -> None:
    async with office.database.begin() as session:
        for team in office.teams.values():
            li = office.people[LI].id
            await switches.turn(session, team.id, Switch.POINTS, True, li, office.clock())
    for user, deeds in month.deeds.items():
        async with office.database.read() as session:
            chat = next(chat for chat, crew in CREWS.items() if user in crew)
            request = await office.ask(session, user, chat=chat)
            places = await people.memberships(session, office.people[user].id)
            (score,) = await scores.own(request, places)
        assert Counter({str(deed): count for deed, count in score.did.items()}) == +deeds
        worth = sum(USUAL[Deed(deed)] * count for deed, count in deeds.items())
        assert score.month == score.year == worth
    async with office.database.read() as session:
        request = await office.ask(session, LI)
        day, places_ = await scores.board(request, office.teams[ONE])
    assert day == date(2026, 11, 30)
    assert {one.name for one in places_} == {NAMES[user] for user in CREWS[ONE]}


async def test_nothing_of_it_is_a_formula(office: Office, month: Month) -> None:
    for book in (await one(office, TWO), await all_of_them(office), await one(office, THREE)):
        for page in book.worksheets:
            for row in page.iter_rows():
                assert {cell.data_type for cell in row} <= {"s", "n", "d"}
    assert isinstance(office.clock(), datetime)
