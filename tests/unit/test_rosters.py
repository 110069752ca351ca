"""What rosters are asked in, what we say of rights, and a roster as a file: no IO."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from handlers.reading.enrolments import ROSTER
from handlers.reading.inspections import heard, inspect, told
from handlers.reading.plain import line
from handlers.taps import read
from handlers.taps.groups import AttachPageTap, CreateTap
from handlers.taps.rosters import MemberAct, MemberTap, MoveToTap, RosterTap
from handlers.taps.team import AdmitAllTap, AdmitTap, ClaimPageTap, WaitingTap
from handlers.words import groups, roster_sheets
from handlers.words.voice import LOCALES, Voice
from storage.kinds import ChatKind
from storage.rosters import Place
from storage.tables import Chat, Footing, Member, Person, Team

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FAR = 2**53


@pytest.mark.parametrize(
    "text",
    [
        "名册",
        "花名册？",
        "看名册",
        "名册：一班",
        "roster",
        "The roster of Team One?",
        "show me the roster",
    ],
)
def test_a_question_for_the_roster_is_known(text: str) -> None:
    assert ROSTER.fullmatch(text)


@pytest.mark.parametrize("text", ["名册不对", "我把名册发你了", "rosters", "点名", "", "名"])
def test_other_words_are_not(text: str) -> None:
    assert not ROSTER.fullmatch(text)


@pytest.mark.parametrize(
    "tap",
    [
        AttachPageTap(FAR, 99),
        CreateTap(FAR, FAR),
        ClaimPageTap(FAR, 99, "0123456789ab"),
        AdmitTap(FAR, FAR, FAR, 1),
        AdmitAllTap(FAR),
        WaitingTap(FAR, FAR),
        RosterTap(FAR, 99),
        MemberTap(FAR, MemberAct.RETIRED),
        MoveToTap(FAR, FAR, 1),
    ],
)
def test_the_longest_tap_fits_and_comes_back(tap: RosterTap) -> None:
    assert read(tap.pack()) == tap


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("given_", list(product((False, True), repeat=4)))
def test_what_is_lacking_is_said_and_nothing_else(locale: str, given_: tuple[bool, ...]) -> None:
    voice = Voice(locale)
    posts, pins, admin, reads = given_
    footing = Footing(chat_id=1, posts=posts, pins=pins, admin=admin, reads=reads)
    chat = Chat(id=1, telegram_id=-1, kind=ChatKind.GROUP, title="<b>&")
    text = groups.rights(voice, chat, footing).html
    assert "&lt;b&gt;&amp;" in text
    lacks = groups.lacking(footing)
    for right in ("posts", "pins", "members", "reads"):
        assert (voice(f"rights.{right}") in text) == (right in lacks)
    assert (voice("rights.fine", title=chat.title) == text) == (not lacks)
    steps = [voice("rights.steps_admin") in text, voice("rights.steps_pin") in text]
    assert sum(steps) == bool(lacks)
    assert steps[1] == (bool(lacks) and footing.admin)


TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20
)
PEOPLE = st.lists(
    st.tuples(TEXT.map(line).filter(bool), st.none() | st.integers(1, FAR)), max_size=4
)


@settings(max_examples=25)
@given(PEOPLE)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_roster_that_went_out_is_read_as_it_was(
    locale: str, people: list[tuple[str, int | None]]
) -> None:
    team = Team(id=1, unit_id=1, name="一班", timezone="UTC", locale="zh")
    places = [
        Place(
            Member(id=n, team_id=1, person_id=n, joined_at=NOW, tags=["电工", "焊工"], crew="甲"),
            Person(id=n, name=name, telegram_id=user),
            team,
            leads=n == 0,
        )
        for n, (name, user) in enumerate(people)
    ]
    data = roster_sheets.workbook(Voice(locale), [(team, places)], {1: "支部"})
    looked = heard(told(inspect("xlsx", data)))
    assert looked.roster is not None
    assert not looked.faults
    found = [(line["team"], line["name"], line["telegram_id"]) for line in looked.roster]
    assert found == [("一班", name, str(user or "")) for name, user in people]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "-2+3", "_x0041_"])
def test_a_name_is_never_a_formula(text: str) -> None:
    team = Team(id=1, unit_id=1, name=text, timezone="UTC", locale="zh")
    place = Place(Member(id=1, team_id=1, person_id=1, joined_at=NOW), Person(name=text), team)
    book = load_workbook(
        BytesIO(roster_sheets.workbook(Voice("zh"), [(team, [place])], {1: text}))
    )
    row = next(book["成员"].iter_rows(min_row=2))
    assert [cell.data_type for cell in row[:3]] == ["s", "s", "s"]
