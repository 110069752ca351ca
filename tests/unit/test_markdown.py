from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.markdown import not_shown, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("先通风，再检测。", "先通风，再检测。"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("一段\n\n\n二段", "一段\n\n二段"),
        ("**粗** *斜* _斜_ ***都***", "<b>粗</b> <i>斜</i> <i>斜</i> <i><b>都</b></i>"),
        ("作业前**先通风，**再检测", "作业前<b>先通风，</b>再检测"),
        ("坚持**“三不动火”**原则", "坚持<b>“三不动火”</b>原则"),
        ("2 * 3 * 4, a_b_c", "2 * 3 * 4, a_b_c"),
        ("# 要点\n正文", "<b>要点</b>\n正文"),
        ("## 一个**词**", "<b>一个词</b>"),
        ("做到：\n- 一\n- 二\n\n完", "做到：\n• 一\n• 二\n\n完"),
        ("1. 一\n2. 二", "1. 一\n2. 二"),
        ("3. 三\n4. 四", "3. 三\n4. 四"),
        ("- 一\n  续\n  - 甲", "• 一\n  续\n  • 甲"),
        ("[文](https://a.b/?c=1&d=2)", '<a href="https://a.b/?c=1&amp;d=2">文</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("<b>x</b> & <script>", "&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;"),
        ("&lt;i&gt;", "&lt;i&gt;"),
        (r"\*不是\*", "*不是*"),
        ("    缩进不是代码", "缩进不是代码"),
        ("`code` ~~x~~ > y", "`code` ~~x~~ &gt; y"),
        ("", ""),
    ],
)
def test_simple_markdown_becomes_telegrams_html(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("[a](http://b.c) <https://d.e>", []),
        ("![a](https://b.c/d.png)", ["fault.image"]),
        ("[a](/b) [c](mailto:d@e)", ["fault.link", "fault.link"]),
        ("数组[1](见下)", ["fault.link"]),
    ],
)
def test_what_a_card_cannot_show_is_named(text: str, keys: list[str]) -> None:
    assert [key for key, _ in not_shown(text)] == keys


class Tags(HTMLParser):
    """Notes the tags that are open, and refuses any but ours."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("b", "i", "a")
        for name, value in attrs:
            assert name == "href"
            assert value is not None
            assert value.lower().startswith(("http://", "https://"))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(st.text(alphabet="ab中，*_#-1.[](): \n<>&\"'`\\!http/", max_size=80) | st.text(max_size=60))
def test_no_text_makes_a_tag_of_its_own_or_leaves_one_open(text: str) -> None:
    tags = Tags()
    tags.feed(to_html(text))
    tags.close()
    assert tags.open == []
