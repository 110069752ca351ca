"""The week's picture and its lines: whatever teams are called, they can be drawn and sent."""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from html import unescape
from struct import unpack_from
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as some

from handlers.words.drawing import (
    FONT,
    STAND_IN,
    abridged,
    characters,
    fitted,
    lines,
    shown,
    width,
)
from handlers.words.message import TAG
from handlers.words.parts import CAPTION, units
from handlers.words.voice import LOCALES, Voice
from handlers.words.week_pictures import ROWS, parts, picture
from handlers.words.weeks import Column, Page, Ways, buttons, caption
from storage.flows import Flow
from storage.reviews import Missed
from storage.tables import Question
from storage.weeks import Attendance, Receipts, TeamWeek, Waiting
from tests.conftest import ZONE

MONDAY = date(2026, 11, 23)
FRIDAY = datetime(2026, 11, 27, 17, tzinfo=ZONE)
HOSTILE = "<b>&\"'</text><script/>]]>&amp;&#0;\x00\x0b😀\U00020bb7"
names = some.text(min_size=1, max_size=40)


def asked(ask: str, right: str = "30 分钟", number: int = 1) -> Question:
    return Question(
        id=number, bite_id=1, position=1, ask=ask, answers=[right, "2 小时"], right=1, why=""
    )


def week(ask: str = "动火后看守多久？", day_count: int = 5) -> TeamWeek:
    return TeamWeek(
        days={MONDAY + timedelta(n): Attendance(27 - n, 30, n) for n in range(day_count)},
        flow=Flow(read=120, made=4, due=6, kept=5, verified=2),
        late=1,
        missed=[Missed(1, asked(ask), "动火作业", 3, 20)],
        receipts=Receipts(28, 30),
        waiting=Waiting(1, 2, 3, 4),
        group=Counter(card=5, announcement=1),
        private=Counter(nudge=15),
        members=30,
    )


def page(*columns: Column, title: str = "一班", at: datetime = FRIDAY) -> Page:
    return Page(title, MONDAY, ZONE, at, columns)


def drawn(found: str) -> Element:
    """The drawing, which a strict reader takes."""
    return fromstring(found)


def said(found: Element) -> list[str]:
    return [part.text or "" for part in found if part.tag.endswith("text")]


# -- the font --------------------------------------------------------------------------------


def covered() -> set[int]:
    """The characters that the font beside us has, as its table says."""
    data = FONT.read_bytes()
    (count,) = unpack_from(">H", data, 4)
    tables = {
        data[12 + 16 * n : 16 + 16 * n]: unpack_from(">L", data, 20 + 16 * n)[0]
        for n in range(count)
    }
    start = tables[b"cmap"]
    (subtables,) = unpack_from(">H", data, start + 2)
    found: set[int] = set()
    for n in range(subtables):
        (offset,) = unpack_from(">L", data, start + 4 + 8 * n + 4)
        at = start + offset
        kind = unpack_from(">H", data, at)[0]
        if kind == 4:
            (double,) = unpack_from(">H", data, at + 6)
            ends = unpack_from(f">{double // 2}H", data, at + 14)
            starts = unpack_from(f">{double // 2}H", data, at + 16 + double)
            for first, last in zip(starts, ends, strict=True):
                found |= set(range(first, last + 1)) - {0xFFFF}
        elif kind == 12:
            (groups,) = unpack_from(">L", data, at + 12)
            for place in range(groups):
                first, last, _ = unpack_from(">LLL", data, at + 16 + 12 * place)
                found |= set(range(first, last + 1))
    return found


def test_the_font_has_all_that_is_drawn_with_it() -> None:
    assert {char for char in characters() if ord(char) not in covered()} == set()
    assert len(characters()) > 7500


def test_the_fonts_licence_stands_beside_it() -> None:
    assert "SIL Open Font License, Version 1.1" in (FONT.parent / "OFL.txt").read_text("utf-8")


def test_all_that_we_say_ourselves_can_be_drawn() -> None:
    for locale in LOCALES:
        drawing = drawn(picture(Voice(locale), page(Column("A", week()))))
        assert not [text for text in said(drawing) if STAND_IN in text]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("王玥", "王玥"),
        ("\U00020bb7野家", f"{STAND_IN}野家"),
        ("一班😀", "一班"),
        ("👨‍👩‍👧 班", "班"),
        ("a\tb\n c", "a b c"),
        ("\x00\x08一\ufffe班\ud800", "一班"),
        ("Équipe Žižkov", "Équipe Zizkov"),
        ("กลุ่ม", STAND_IN * 3),
    ],
)
def test_what_the_font_lacks_has_a_stand_in_or_is_left_out(text: str, seen: str) -> None:
    assert shown(text) == seen


# -- room ------------------------------------------------------------------------------------


@given(some.text(max_size=60), some.floats(2, 40))
def test_a_fitted_text_is_no_wider_than_its_room(text: str, room: float) -> None:
    assert width(fitted(text, room)) <= room
    assert width(abridged(text, room)) <= room + 1


@given(some.text(max_size=200), some.floats(4, 40), some.integers(1, 3))
def test_lines_are_few_and_fit(text: str, room: float, most: int) -> None:
    found = lines(text, room, most)
    assert len(found) <= most
    assert all(width(line) <= room for line in found)


def test_names_that_differ_at_their_ends_still_do_when_abridged() -> None:
    long = "第三采油厂第十二采油作业区注水泵站维护保养"
    assert abridged(f"{long}一班", 12) != abridged(f"{long}二班", 12)


# -- the picture -----------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_of_one_team_shows_its_days_and_figures(locale: str) -> None:
    found = said(drawn(picture(Voice(locale), page(Column("一班", week())))))
    assert [text for text in found if text in {"27/30", "26/30", "23/30", "125/150", "28/30"}]
    assert {"4", "6", "5", "1"} <= set(found)
    assert "动火后看守多久？" in found


@given(names, names, some.sampled_from(LOCALES))
def test_no_name_breaks_the_drawing(team: str, ask: str, locale: str) -> None:
    columns = [Column(team, week(ask)), Column(HOSTILE, week(HOSTILE))]
    for found in (page(*columns, title=team), page(columns[1], title=HOSTILE)):
        drawn(picture(Voice(locale), found))


def test_nothing_in_a_name_becomes_a_part_of_the_drawing() -> None:
    found = drawn(picture(Voice("zh"), page(Column(HOSTILE, week(HOSTILE)), title=HOSTILE)))
    assert {part.tag.rpartition("}")[2] for part in found} == {"rect", "text"}


def test_forty_teams_are_two_pictures_and_each_team_is_in_one() -> None:
    many = page(*(Column(f"{n}班", week()) for n in range(2 * ROWS)))
    assert parts(many) == 2
    both = [said(drawn(picture(Voice("zh"), many, number))) for number in (0, 1)]
    for n in range(2 * ROWS):
        assert [f"{n}班" in one for one in both].count(True) == 1
    assert all("合计 40 个班组" in one for one in both)


def test_nothing_is_drawn_beyond_the_edges() -> None:
    many = page(*(Column(f"{n}班", week(day_count=7)) for n in range(2 * ROWS)))
    for found in (many, page(Column("一班", week(day_count=7)))):
        drawing = drawn(picture(Voice("en"), found))
        wide, high = float(drawing.attrib["width"]), float(drawing.attrib["height"])
        assert high <= 1707  # with half as many pixels more, what Telegram shows uncut: 2560
        for part in drawing:
            assert 0 <= float(part.attrib.get("y", 0)) <= high
            assert float(part.attrib.get("x", 0)) <= wide


def test_a_week_in_which_nothing_was_is_said_so() -> None:
    empty = page(Column("一班", TeamWeek()))
    found = said(drawn(picture(Voice("zh"), empty)))
    assert {"这周没有早会", "这周没有答错的题", "没有", "机器人这周没有主动发过消息"} <= set(found)
    assert caption(Voice("zh"), empty).count("\n") == 6


def test_a_day_on_which_nobody_was_expected_is_no_failure() -> None:
    away = TeamWeek(days={MONDAY: Attendance(0, 0, 5)}, members=5)
    found = picture(Voice("zh"), page(Column("一班", away)))
    assert "请假 5" in found
    assert "0/0" not in found


# -- the lines -------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_there_are_six_lines_beneath_the_head(locale: str) -> None:
    text = caption(Voice(locale), page(Column("一班", week())))
    assert text.count("\n") == 6


@given(names, some.text(min_size=1, max_size=300), some.sampled_from(LOCALES))
def test_the_lines_fit_beneath_a_picture_and_hold_no_tags_of_others(
    title: str, ask: str, locale: str
) -> None:
    found = caption(Voice(locale), page(Column(title, week(ask, 7)), title=title))
    assert units(unescape(TAG.sub("", found))) <= CAPTION
    assert set(re.findall(r"<[^<>]*>", found)) <= {"<b>", "</b>"}


def test_a_unit_says_what_all_its_teams_come_to() -> None:
    both = page(Column("一班", week()), Column("二班", week()))
    assert both.flow == Flow(240, 8, 12, 10, 4)
    assert both.days[MONDAY] == Attendance(54, 60)
    assert both.receipts == Receipts(56, 60)
    assert both.waiting == Waiting(2, 4, 6, 8)
    assert both.missed is not None
    assert both.missed[1] == 6
    assert both.cost == page(Column("一班", week())).cost


def test_what_several_teams_miss_together_is_the_units_most_missed_point() -> None:
    mine, both = asked("甲", number=1), asked("乙", number=2)
    one = TeamWeek(missed=[Missed(1, mine, "", 3, 9), Missed(1, both, "", 2, 9)])
    other = TeamWeek(missed=[Missed(2, both, "", 2, 9)])
    found = page(Column("一班", one), Column("二班", other)).missed
    assert found is not None
    assert (found[0].question.ask, found[1]) == ("乙", 4)


def test_a_member_of_a_large_team_weighs_as_much_as_one_of_a_small_team() -> None:
    small = TeamWeek(group=Counter(card=10), members=1)
    large = TeamWeek(group=Counter(card=5), members=9)
    assert page(Column("一班", small), Column("二班", large)).cost.messages == 5.5


# -- the buttons -----------------------------------------------------------------------------


def test_the_newest_week_has_no_way_ahead() -> None:
    rows = buttons(Voice("zh"), MONDAY, Ways(team=1, newest=MONDAY))
    assert [button.label for row in rows for button in row] == ["◀ 11.16—11.22"]


def test_an_older_one_has_both_and_the_ways_to_the_other_teams() -> None:
    ways = Ways(unit=1, page=1, pages=3, newest=MONDAY, own=True, runs=True)
    rows = buttons(Voice("zh"), MONDAY - timedelta(7), ways)
    assert [len(row) for row in rows] == [2, 2, 2]
    assert all(len(button.params()["callback_data"]) <= 64 for row in rows for button in row)
