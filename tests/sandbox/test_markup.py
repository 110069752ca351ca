import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import cut, units
from bot.sandbox.markup import parse
from bot.sandbox.refusals import Refusal

TAGS = ["b", "i", "u", "s", "tg-spoiler", "blockquote", "code"]


def html(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tagged = st.tuples(st.sampled_from(TAGS), inner).map(lambda t: f"<{t[0]}>{t[1]}</{t[0]}>")
    return st.lists(tagged | inner, max_size=4).map("".join)


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<&"), max_size=8)


@given(st.recursive(WORDS, html, max_leaves=8))
def test_every_entity_lies_within_the_text(source: str) -> None:
    text, entities = parse(source)
    assert all(
        one["offset"] >= 0 and one["offset"] + one["length"] <= units(text) for one in entities
    )
    for tag in TAGS:
        source = source.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert text == source


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("&lt;b&gt; &amp; &quot; &#23383; &#x5b57;", '<b> & " 字 字', []),
        ("&nbsp; &copy &", "&nbsp; &copy &", []),
        ("<strong>a</strong><em>b</em><ins>c</ins><del>d</del>", "abcd",
         ["bold", "italic", "underline", "strikethrough"]),
        ('<span class="tg-spoiler">a</span>', "a", ["spoiler"]),
        ("<blockquote expandable>a</blockquote>", "a", ["expandable_blockquote"]),
        ('<tg-emoji emoji-id="5368">x</tg-emoji>', "x", ["custom_emoji"]),
        ("<pre>a</pre><code>b</code>", "ab", ["pre", "code"]),
        ("<a href='no link'>a</a>", "a", []),
        ("<b></b>a", "a", []),
        ("<b>a</>", "a", ["bold"]),
    ],
)  # fmt: skip
def test_html_is_read_as_telegram_reads_it(source: str, text: str, kinds: list[str]) -> None:
    said, entities = parse(source)
    assert (said, [entity["type"] for entity in entities]) == (text, kinds)


def test_offsets_count_utf_16_units() -> None:
    text, (entity,) = parse("\U0001f600字<b>早\U0001f600</b>")
    assert (entity["offset"], entity["length"]) == (3, 3)
    assert cut(text, 3, 3) == "早\U0001f600"


def test_code_in_pre_names_its_language() -> None:
    _, entities = parse('<pre><code class="language-python">x</code></pre>')
    assert entities == [{"offset": 0, "length": 1, "type": "pre", "language": "python"}]


def test_a_link_keeps_its_address() -> None:
    _, (entity,) = parse('<a href="https://t.me/x?start=1&amp;b=2">a</a>')
    assert entity["url"] == "https://t.me/x?start=1&b=2"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("字<b>a</i>", 'Unmatched end tag at byte offset 7, expected "</b>", found "</i>"'),
        ("字<x>a</x>", 'Unsupported start tag "x" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a ", 'Unclosed start tag "a" at byte offset 0'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<a =1>a</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 8"),
        ("<a href>a</a>",
         'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)  # fmt: skip
def test_bad_html_is_refused_with_the_place_in_bytes(source: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {why}"
