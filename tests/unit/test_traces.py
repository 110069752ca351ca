"""Finding a name in what others wrote, and putting something else in its place."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.traces import mentions, replaced

BLANK = "已注销成员"


@pytest.mark.parametrize(
    ("said", "name", "after"),
    [
        ("和张三一起", "张三", f"和{BLANK}一起"),
        ("张三、张三", "张三", f"{BLANK}、{BLANK}"),
        ("Ask Ana, not Anabel or Diana", "Ana", f"Ask {BLANK}, not Anabel or Diana"),
        ("Ana Silva's pump", "Ana Silva", f"{BLANK}'s pump"),
        ("<b>&lt;i&gt; &amp; 三</b>", "<i> & 三", f"<b>{BLANK}</b>"),
        (r"50%_三\ 和 (a+)+$", r"(a+)+$", rf"50%_三\ 和 {BLANK}"),
        ("李四", "张三", "李四"),
    ],
)
def test_a_name_is_replaced_where_it_stands(said: str, name: str, after: str) -> None:
    assert replaced(said, [name], BLANK) == after


@given(st.text(min_size=2, max_size=12), st.text(max_size=20), st.text(max_size=20))
def test_no_name_of_whole_words_is_left(name: str, before: str, behind: str) -> None:
    said = replaced(f"{before} {name} {behind}", [name], "")
    assert f" {name} " not in said
    html = replaced(f"<b>{escape(name, quote=False)}</b>", [name], BLANK)
    assert BLANK in html


def test_a_number_or_a_name_anywhere_in_a_message_is_found() -> None:
    buttons = {"reply_markup": {"inline_keyboard": [[{"callback_data": "ag:1:111:0:1"}]]}}
    assert mentions(buttons, 111, [])
    assert mentions({"from": {"id": 111}}, 111, [])
    assert mentions({"text": "和张三"}, 5, ["张三"])
    assert not mentions({"text": "1110", "n": [1, 11, 1111], "at": "11:1110"}, 111, ["张三"])
