"""Pictures as SVG: boxes and lines of text, in the one font that we carry along.

What that font cannot show stands as a printer's geta mark, and an emoji as nothing: a picture
never has empty boxes.
A text takes only so much room; how wide it is, is estimated from its characters.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from unicodedata import category, normalize

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
FAMILY = "Noto Sans SC"
MORE = FONT.with_name("more.txt")  # signs, and what names of people and places have besides
STAND_IN = "\u3013"  # printers' own sign for a character that is not at hand
LATIN = range(0x20, 0x100)
WIDTHS = {  # of Latin letters and signs, about, in parts of their size; others are as USUAL says
    char: width
    for width, chars in (
        (0.32, " |!',.:;Ifijl()-[]{}"),
        (0.43, "/\\rt"),
        (0.5, '"*?szcvxy'),
        (0.7, "&DGNUBCKPRHOQ"),
        (0.95, "%W@mMw"),
    )
    for char in chars
}
USUAL = 0.6
WHOLE = frozenset(map(chr, (0x2014, 0x2026, 0xB7, 0x201C, 0x201D, 0x2018, 0x2019)))  # one each
SQUEEZED = 0.78  # of its size, if need be, before a text is cut


@cache
def characters() -> frozenset[str]:
    """All that the font can show: GB 2312, the national standard of 1980, Latin, and more."""
    places = range(0xA1, 0xFF)
    rows = (bytes([row, cell]) for row in places for cell in places)
    chinese = (pair.decode("gb2312", "ignore") for pair in rows)
    latin = (chr(code) for code in LATIN if not 0x7F <= code <= 0xA0)
    more = "".join(MORE.read_text("utf-8").split())
    return frozenset("".join([*chinese, *latin, more]))


def shown(text: str) -> str:
    """A text in one line, as the font can show it."""
    return " ".join("".join(map(_shown, normalize("NFC", text))).split())


def _shown(char: str) -> str:
    if char in characters():
        return char
    if char.isspace():
        return " "
    if (bare := normalize("NFD", char)[0]) in characters():
        return bare  # without its accent
    # Emoji and other signs, what joins or colours them, and what nobody sees anyway.
    return "" if category(char)[0] in "SMC" or category(char) == "Cn" else STAND_IN


def width(text: str) -> float:
    """About how wide a text is, in parts of its size."""
    return sum(map(_width, text))


def _width(char: str) -> float:
    if ord(char) > 0x2E80:
        return 1.0
    return 1.0 if char in WHOLE else WIDTHS.get(char, USUAL)


def fitted(text: str, room: float) -> str:
    """A text, or as much of it as has room, in parts of its size."""
    if width(text) <= room:
        return text
    while text and width(text) + 1 > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def abridged(text: str, room: float) -> str:
    """A text, or its beginning and its end: names of one place often differ at their ends."""
    if width(text) <= room:
        return text
    head = fitted(text, room * 0.6)
    tail = ""
    for char in reversed(text):
        if width(head) + width(char + tail) > room:
            break
        tail = char + tail
    return head + tail


def lines(text: str, room: float, most: int) -> list[str]:
    """A text in lines, so many at most; the last one ends with … where there is more."""
    found: list[str] = []
    rest = shown(text)
    while rest and len(found) < most:
        if len(found) == most - 1:
            found.append(fitted(rest, room))
            break
        end = len(rest)
        while width(rest[:end]) > room:
            end -= 1
        space = rest.rfind(" ", 0, end)
        if end < len(rest) and rest[end - 1 : end + 1].isascii() and space > 0:
            end = space  # not within a word
        found.append(rest[:end].strip())
        rest = rest[end:].strip()
    return found


@dataclass
class Canvas:
    """A picture while it is drawn; it is as high as it has become in the end."""

    across: float
    ground: str
    parts: list[str] = field(default_factory=list)

    def box(
        self, x: float, y: float, wide: float, high: float, fill: str, round: float = 0
    ) -> None:
        """A filled box."""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{max(wide, 0):g}" height="{high:g}" '
            f'rx="{round:g}" fill="{fill}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        said: str,
        size: float,
        fill: str,
        *,
        room: float = 0,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """A line of text that stands on `y`. `room`: no wider than that; it shrinks, or is cut."""
        said = shown(said)
        if room and said:
            size *= max(SQUEEZED, min(1, room / (size * width(said))))
            said = fitted(said, room / size + 0.01)
        heavy = f' stroke="{fill}" stroke-width="{size / 32:g}"' if bold else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}" '
            f'text-anchor="{anchor}"{heavy}>{escape(said)}</text>'
        )

    def svg(self, high: float) -> str:
        """All of it."""
        return "".join(_svg(self, high))


def _svg(canvas: Canvas, high: float) -> Iterable[str]:
    wide = canvas.across
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" '
    yield f'viewBox="0 0 {wide:g} {high:g}" font-family="{FAMILY}">'
    yield f'<rect width="{wide:g}" height="{high:g}" fill="{canvas.ground}"/>'
    yield from canvas.parts
    yield "</svg>"
