"""A text that is too long for one message, in parts."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from handlers.words.message import Button, Message
from handlers.words.parts import split, units
from handlers.words.voice import Html
from storage.kinds import Media

PIECES = ["词", "a", " ", "\n", "\n\n", "。", "&amp;", "&lt;", "😀", "<b>粗</b>", "<i>斜 体</i>"]


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def balanced(html: str) -> bool:
    opened: list[str] = []
    for closing, name in re.findall(r"<(/?)(\w+)[^>]*>", html):
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


@given(st.lists(st.sampled_from(PIECES), max_size=120), st.integers(8, 40), st.booleans())
def test_nothing_is_lost_nothing_is_too_long_and_each_part_is_whole(
    pieces: list[str], limit: int, bold: bool
) -> None:
    html = "".join(pieces)
    parts = split(f"<b>{html}</b>" if bold else html, limit, limit)
    assert all(units(plain(part)) <= limit and balanced(part) for part in parts)
    assert re.sub(r"\s", "", "".join(map(plain, parts))) == re.sub(r"\s", "", plain(html))


def test_a_part_ends_where_a_line_ends() -> None:
    text = "\n".join(f"{number}. 张三：清理配电房" for number in range(8))
    first, second = split(text, 64, 64)
    assert first.endswith("清理配电房")
    assert second.startswith("5. ")


def test_a_tag_that_is_open_is_closed_and_opened_again() -> None:
    assert split('<a href="x">甲乙丙丁</a>', 2, 2) == [
        '<a href="x">甲乙</a>',
        '<a href="x">丙丁</a>',
    ]


def test_a_short_message_is_one_call_with_its_buttons() -> None:
    message = Message(Html("好"), ((Button("看", url="https://t.me"),),))
    assert message.sends() == [message.send()]


def test_a_long_message_has_its_buttons_beneath_the_last_part() -> None:
    calls = Message(Html("好" * 5000), ((Button("看", url="https://t.me"),),)).sends()
    assert [len(params["text"]) for _, params in calls] == [4096, 904]
    assert ["reply_markup" in params for _, params in calls] == [False, True]


def test_what_does_not_fit_below_a_picture_follows_as_text() -> None:
    calls = Message(Html("好" * 1500), (), Media.PHOTO, "file").sends()
    assert [method for method, _ in calls] == ["sendPhoto", "sendMessage"]
    assert [len(calls[0][1]["caption"]), len(calls[1][1]["text"])] == [1024, 476]
