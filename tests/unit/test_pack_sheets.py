from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from handlers.reading import plain, tables
from handlers.reading.faults import Faults
from handlers.reading.pack_sheets import BITES, PACK
from handlers.reading.packs import BiteFile, PackFile, QuestionFile, read_pack
from handlers.words import pack_sheets
from handlers.words.voice import LOCALES, Voice

HEAD: list[list[Any]] = [
    ["编号", "标题", "语言", "版本", "出处"],
    ["safety-101", "班组安全", "zh", 1, None],
]
COLUMNS = ["编号", "标题", "正文", "标签", "承诺1", "承诺2", "问题", "答案1", "答案2", "答案3"]
COLUMNS += ["正确答案", "解析"]
HOT = ["hot-work", "动火", "先检查。\n\n- 票", "电工、焊工", "今天检查", None]
FIRST = ["先做什么？", "检查", "动手", None, 1, "先检查。"]
SECOND = ["谁批准？", "本人", "班长", "门卫", 2, None]
NONE = [None] * 6


def book(
    *rows: Sequence[Any],
    head: Sequence[Sequence[Any]] = HEAD,
    columns: Sequence[str] = COLUMNS,
    merged: Sequence[str] = (),
    formats: dict[str, str] | None = None,
) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    first, second = workbook.create_sheet("课程包"), workbook.create_sheet("内容")
    for row in head:
        first.append(list(row))
    for row in (columns, *rows):
        second.append(list(row))
    for cells in merged:
        second.merge_cells(cells)
    for cell, number_format in (formats or {}).items():
        second[cell].number_format = number_format
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(data: bytes) -> PackFile:
    return read_pack("p.xlsx", data)


def faults_of(data: bytes, name: str = "p.xlsx") -> list[tuple[str, str]]:
    with pytest.raises(Faults) as caught:
        read_pack(name, data)
    return [(fault.place, fault.key) for fault in caught.value.faults]


def test_a_row_is_a_bite_and_the_next_may_ask_one_question_more() -> None:
    data = book([*HOT, *FIRST], [*NONE, *SECOND], ["shock", "触电", "先断电。", *[None] * 9])
    assert read(data) == PackFile(
        "safety-101",
        "班组安全",
        "zh",
        1,
        "",
        (
            BiteFile(
                "hot-work",
                "动火",
                "先检查。\n\n- 票",
                tags=("电工", "焊工"),
                questions=(
                    QuestionFile("先做什么？", ("检查", "动手"), 1, "先检查。"),
                    QuestionFile("谁批准？", ("本人", "班长", "门卫"), 2),
                ),
                pledges=("今天检查",),
            ),
            BiteFile("shock", "触电", "先断电。"),
        ),
    )


def test_english_headings_do_as_well_in_any_order() -> None:
    columns = ["Right answer", "ID*", "Answer 2", "answer_1", "Body", "TITLE", "Question", "Notes"]
    (bite,) = read(book([2, "a", "no", "yes", "…", "T", "?", "x"], columns=columns)).bites
    assert bite == BiteFile("a", "T", "…", questions=(QuestionFile("?", ("yes", "no"), 2),))


def test_cells_merged_over_two_questions_are_one_bite() -> None:
    merged = [f"{letter}2:{letter}3" for letter in "ABCD"]
    (bite,) = read(book([*HOT, *FIRST], [*NONE, *SECOND], merged=merged)).bites
    assert [question.ask for question in bite.questions] == ["先做什么？", "谁批准？"]


def test_a_row_that_names_its_bite_again_goes_on_with_it() -> None:
    (bite,) = read(book([*HOT, *FIRST], ["hot-work", *[None] * 5, *SECOND])).bites
    assert len(bite.questions) == 2


def test_rows_with_nothing_but_numbers_of_their_own_are_passed_over() -> None:
    data = book([1, "a", "T", "…"], [2], [3], columns=["序号", "编号", "标题", "正文"])
    assert len(read(data).bites) == 1


def test_a_tag_of_several_words_stands_on_a_line_of_its_own() -> None:
    (bite,) = read(book(["a", "T", "…", "fork lift\ncrane, big\n"])).bites
    assert bite.tags == ("fork lift", "crane, big")


def test_line_breaks_as_excel_writes_them_leave_nothing_behind() -> None:
    (bite,) = read(book(["a", "T", "一_x000D_\n二_X000D_"])).bites
    assert bite.body == "一\n二_X000D_"


def test_numbers_shares_and_yes_are_read_as_they_are_seen() -> None:
    row = [*HOT, "几成？", 18, 0.18, True, 1, "null"]
    (bite,) = read(book(row, formats={"I2": "0%"})).bites
    assert bite.questions == (QuestionFile("几成？", ("18", "18%", "TRUE"), 1, "null"),)


@pytest.mark.parametrize(
    ("row", "place", "key"),
    [
        ([None, *HOT[1:], *FIRST], "p.xlsx 内容!A2", "fault.missing"),
        (["Hot Work", *HOT[1:], *FIRST], "p.xlsx 内容!A2", "fault.slug"),
        (["a", None, "…", None, None, None, *FIRST], "p.xlsx 内容!B2", "fault.missing"),
        (["a", "T", "长" * 601], "p.xlsx 内容!C2", "fault.too_long"),
        (["a", "T", "![图](x.png)"], "p.xlsx 内容!C2", "fault.image"),
        (["a", "T", "…", "长" * 21], "p.xlsx 内容!D2", "fault.too_long"),
        (["a", "T", "…", None, None, "长" * 41], "p.xlsx 内容!F2", "fault.too_long"),
        ([*HOT, None, "检查", "动手", None, 1], "p.xlsx 内容!G2", "fault.missing"),
        ([*HOT, "？", "检查", None, None, 1], "p.xlsx 内容!H2", "fault.too_few"),
        ([*HOT, "？", "检查", None, "动手", 1], "p.xlsx 内容!I2", "fault.empty_item"),
        ([*HOT, "？", "检查", "检查", None, 1], "p.xlsx 内容!I2", "fault.repeated_item"),
        ([*HOT, "？", "检查", "动手", None, 3], "p.xlsx 内容!K2", "fault.right"),
        ([*HOT, "？", "检查", "动手", None, "动手"], "p.xlsx 内容!K2", "fault.not_integer"),
        ([*HOT, "？", "检查", "动手"], "p.xlsx 内容!K2", "fault.missing"),
        ([*HOT, "？", "=1+1", "动手", None, 1], "p.xlsx 内容!H2", "fault.formula"),
        ([*HOT, "？", datetime(2026, 1, 2), "a", None, 1], "p.xlsx 内容!H2", "fault.date_cell"),  # noqa: DTZ001
        ([*HOT, "？", date(2026, 1, 2), "a", None, 1], "p.xlsx 内容!H2", "fault.date_cell"),
        (["a", time(7, 50), "…"], "p.xlsx 内容!B2", "fault.date_cell"),
    ],
)
def test_a_fault_is_named_by_its_cell(row: Sequence[Any], place: str, key: str) -> None:
    assert (place, key) in faults_of(book(row))


def test_a_fault_calls_a_column_as_the_sheet_does() -> None:
    with pytest.raises(Faults) as caught:
        read(book([*HOT, "？", "检查", None, None, 1], ["b", "T", "…", None, "长" * 41]))
    fields = {fault.key: fault.values["field"] for fault in caught.value.faults}
    assert fields["fault.too_few"] == "答案"
    assert fields["fault.too_long"] == "承诺"


def test_the_same_id_with_other_words_is_a_fault() -> None:
    data = book([*HOT, *FIRST], ["hot-work", "另一课", "…"])
    assert ("p.xlsx 内容!A3", "fault.repeated_id") in faults_of(data)


@pytest.mark.parametrize(
    ("head", "place", "key"),
    [
        (HEAD[:1], "p.xlsx", "fault.no_pack_row"),
        ([*HEAD, HEAD[1]], "p.xlsx 课程包!A3", "fault.several_packs"),
        ([["编号", "标题"], HEAD[1][:2]], "p.xlsx 课程包", "fault.no_heading"),
        ([HEAD[0], ["a", "T", "中文", 1]], "p.xlsx 课程包!C2", "fault.language"),
        ([HEAD[0], ["a", "T", "zh", "一"]], "p.xlsx 课程包!D2", "fault.not_integer"),
        ([HEAD[0], ["a", "T", "zh", 1.5]], "p.xlsx 课程包!D2", "fault.not_integer"),
    ],
)
def test_a_fault_of_the_pack_itself_is_named(
    head: Sequence[Sequence[Any]], place: str, key: str
) -> None:
    assert (place, key) in faults_of(book([*HOT, *FIRST], head=head))


def test_a_pack_without_bites_is_refused() -> None:
    assert faults_of(book()) == [("p.xlsx", "fault.too_few")]


def zipped(*parts: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "fault.xlsx"),
        (b"pack: safety-101\n", "fault.xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "fault.xls"),
        (b"PK" + b"\0" * (5 * 1024 * 1024), "fault.too_big"),
        (zipped(("word/document.xml", b"<a/>")), "fault.xlsx"),
        (zipped(("bomb", b"\0" * (50 * 1024 * 1024 + 1))), "fault.unpacks_too_big"),
        (zipped(("xl/sheet1.xml", b"<a/>" * 2_000_001)), "fault.too_many_values"),
    ],
    ids=["empty", "yaml", "xls", "large", "a document", "bomb", "tags"],
)
@pytest.mark.parametrize("name", ["p.xlsx", "P.XLSM", "p.xls"])
def test_what_is_no_table_is_refused_before_it_is_opened(data: bytes, key: str, name: str) -> None:
    assert faults_of(data, name) == [(name, key)]


def test_an_organisation_is_not_taken_for_a_pack() -> None:
    workbook = Workbook()
    workbook.worksheets[0].title = "单位"
    out = BytesIO()
    workbook.save(out)
    assert {key for _, key in faults_of(out.getvalue())} == {"fault.no_sheet"}


# -- what is written is read again as the same -----------------------------------------------

STARTS = st.sampled_from(
    ["", "", "=", "+", "-", "@", "'", "=1+1", "#N/A", "1/2", "~", "null", "_x0041_"]
)


def texts(most: int, *, needed: bool = True) -> st.SearchStrategy[str]:
    """Texts of one line as a pack may hold them, with starts that spreadsheets take for more."""
    any_text = st.builds(
        lambda start, text: plain.line(start + text), STARTS, st.text(max_size=most)
    )
    return any_text.map(lambda text: plain.line(text[:most])).filter(
        lambda text: bool(text) or not needed
    )


SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
BODIES = (
    st.lists(texts(60, needed=False), min_size=1, max_size=9)
    .map(lambda lines: plain.paragraphs(plain.paragraphs("\n".join(lines))))
    .filter(lambda body: bool(body) and "](" not in body)
)


@st.composite
def questions(draw: st.DrawFn) -> QuestionFile:
    answers = draw(st.lists(texts(40), min_size=2, max_size=6, unique=True))
    right = draw(st.integers(1, len(answers)))
    return QuestionFile(draw(texts(150)), tuple(answers), right, draw(texts(180, needed=False)))


BITE = st.builds(
    BiteFile,
    slug=SLUGS,
    title=texts(60),
    body=BODIES,
    remember=texts(60, needed=False),
    link=st.sampled_from(["", "https://example.org/a?b=1#c"]),
    media=st.sampled_from(["", "图 1.JPG"]),
    tags=st.lists(texts(20), max_size=20, unique=True).map(tuple),
    questions=st.lists(questions(), max_size=3).map(tuple),
    pledges=st.lists(texts(40), max_size=3, unique=True).map(tuple),
)
PACKS = st.builds(
    PackFile,
    slug=SLUGS,
    title=texts(60),
    language=st.sampled_from(["zh", "en", "de-AT"]),
    version=st.integers(1, 1_000_000_000),
    source=texts(200, needed=False),
    bites=st.lists(BITE, min_size=1, max_size=4, unique_by=lambda bite: bite.slug).map(tuple),
)


@settings(deadline=None, max_examples=60)
@given(PACKS, st.sampled_from(LOCALES))
def test_what_is_written_is_read_again_as_the_same(pack: PackFile, locale: str) -> None:
    assert read(pack_sheets.workbook(Voice(locale), pack)) == pack


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "#REF!"])
def test_what_looks_like_a_formula_is_written_as_text(text: str) -> None:
    pack = PackFile("a", text, "zh", 1, "", (BiteFile("b", text, text),))
    data = pack_sheets.workbook(Voice("zh"), pack)
    cell = load_workbook(BytesIO(data))["内容"]["B2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)
    assert read(data) == pack


# -- the template ----------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_a_template_is_a_sound_pack(locale: str) -> None:
    pack = read(pack_sheets.template(Voice(locale)))
    (bite,) = pack.bites
    assert pack.language == locale
    assert bite.questions
    assert bite.pledges


@pytest.mark.parametrize("locale", LOCALES)
def test_a_template_offers_choices_and_explains_every_column(locale: str) -> None:
    workbook = load_workbook(BytesIO(pack_sheets.template(Voice(locale))))
    pack, bites, about = workbook.worksheets
    (languages,) = pack.data_validations.dataValidation
    (right,) = bites.data_validations.dataValidation
    assert (str(languages.sqref), languages.formula1) == ("C2", '"zh,en"')
    assert right.formula1 == '"1,2,3,4,5,6"'
    letter = str(right.sqref).partition(":")[0].rstrip("0123456789")
    assert bites[f"{letter}1"].value == Voice(locale).plain("sheet.column.right", place="")
    assert bites.column_dimensions["C"].number_format == "@", "so that 1/2 stays 1/2"
    assert bites.column_dimensions["C"].alignment.wrap_text
    rows = list(about.iter_rows(min_row=2, values_only=True))
    columns = {str(row[1]).rstrip("1") for row in rows if row[1]}
    headings = {str(cell.value).rstrip("123456") for page in (pack, bites) for cell in page[1]}
    assert columns == headings
    assert all(row[2] for row in rows)


def test_every_heading_of_the_catalogues_is_one_that_we_read() -> None:
    for locale in LOCALES:
        for sheet in (PACK, BITES):
            for column in sheet.columns:
                text = pack_sheets.heading(Voice(locale), column.key)
                assert tables.key_of(text, sheet.columns) == column.key
