"""The simple Markdown of course packs, as Telegram's HTML.

Bold, italic, headings (as bold), lists, links to the web, and line breaks as they are written.
Everything else, HTML included, is shown as it stands.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

BLOCKS = ["heading", "list"]
INLINES = ["newline", "escape", "emphasis", "link", "autolink", "entity"]
TAGS = {
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "link_close": "</a>",
}
STRONG = ("strong_open", "strong_close")
BREAKS = ("softbreak", "hardbreak")
BULLET = "• "
INDENT = "  "
WEB = re.compile(r"https?://[^/\s]", re.IGNORECASE)
IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
TARGET = re.compile(r"(?<!\\)\]\(\s*<?([^)\s>]*)")


class Subset(MarkdownIt):
    """Markdown cut down to what a card can show."""

    def __init__(self) -> None:
        super().__init__("zero")
        self.enable([*BLOCKS, *INLINES, "balance_pairs"])
        self.inline.ruler.at("emphasis", mark_emphasis)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name for it
        """Whether a link may be one; else it stays text."""
        return bool(WEB.match(url))


def mark_emphasis(state: StateInline, silent: bool) -> bool:
    """Note asterisks that may begin or end emphasis, by the space beside them alone.

    CommonMark also looks at punctuation, and so takes `**先通风，**再检测` for plain text. Chinese
    has no space between words; what matters there is only that none stands inside the asterisks.
    """
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    run = state.scanDelims(state.pos, marker == "*")
    end = state.pos + run.length
    begins, ends = run.can_open, run.can_close
    if marker == "*":
        begins = end < state.posMax and not state.src[end].isspace()
        ends = state.pos > 0 and not state.src[state.pos - 1].isspace()
    for _ in range(run.length):
        token = state.push("text", "", 0)
        token.content = marker
        position = len(state.tokens) - 1
        state.delimiters.append(
            Delimiter(ord(marker), run.length, position, -1, open=begins, close=ends)
        )
    state.pos = end
    return True


READER = Subset()


@lru_cache(maxsize=256)  # a card is shown again at every tap
def to_html(text: str) -> str:
    """The text in Telegram's HTML; every tag is closed, everything else escaped."""
    html = ""
    written = 0  # the source line up to which `html` goes
    lists: list[int | None] = []  # the next number of each open list; None: bullets
    lead = ""
    heading = False
    for token in READER.parse(text):
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                lead = INDENT * (len(lists) - 1) + bullet(lists[-1])
                lists[-1] = None if lists[-1] is None else lists[-1] + 1
            case "heading_open" | "paragraph_open":
                heading = token.type == "heading_open"
            case "inline":
                first, last = token.map or (written, written)
                if html:
                    html += "\n" if first <= written else "\n\n"
                html += lead + line(token.children or [], INDENT * len(lists), heading=heading)
                lead, written = INDENT * len(lists), last
            case "list_item_close":
                lead = ""
    return html


def bullet(number: int | None) -> str:
    """What stands before an item of a list."""
    return BULLET if number is None else f"{number}. "


def line(tokens: Sequence[Token], indent: str, *, heading: bool) -> str:
    """The HTML of one paragraph or heading; its further lines begin with `indent`."""
    html = ""
    for token in tokens:
        if token.type == "link_open":
            html += f'<a href="{escape(str(token.attrs["href"]))}">'
        elif token.type in BREAKS:
            html += "\n" + indent
        elif not (heading and token.type in STRONG):  # a heading is bold already
            html += TAGS.get(token.type) or escape(token.content, quote=False)
    return f"<b>{html}</b>" if heading else html


def not_shown(text: str) -> list[tuple[str, str]]:
    """What a card cannot show, as (key of the fault, what was written)."""
    images = [("fault.image", image) for image in IMAGE.findall(text)]
    targets = TARGET.findall(IMAGE.sub("", text))
    return images + [("fault.link", target) for target in targets if not WEB.match(target)]
