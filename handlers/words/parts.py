"""A text that is too long for one message, in parts that each read as HTML by themselves."""

import re
from collections.abc import Sequence
from html import unescape

from handlers.words.voice import Html

TEXT, CAPTION = 4096, 1024  # what Telegram takes, in UTF-16 units once the HTML is read
ATOM = re.compile(r"<[^<>]*>|&[#\w]+;|.", re.DOTALL)
BREAKS = ("\n\n", "\n", "。", "；", ". ", " ")  # where a part may end, the best first
LEAST = 0.5  # of a part that is filled before we look for such a place


def units(text: str) -> int:
    """How long Telegram finds a text without HTML."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def short(text: str, limit: int) -> str:
    """A text without HTML, or so many characters that stand for all of it."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def split(html: str, first: int = TEXT, then: int = TEXT) -> list[Html]:
    """The parts of `html`: the first at most `first` units long, the others `then`.

    Tags that are open where a part ends are closed there and opened again in the next.
    """
    parts: list[Html] = []
    limit, atoms = first, ATOM.findall(html)
    while (end := _fits(atoms, limit)) < len(atoms):
        cut = _break(atoms, end)
        opened = _opened(atoms[:cut])
        closing = "".join(f"</{_name(tag)}>" for tag in reversed(opened))
        parts.append(Html("".join(atoms[:cut]).rstrip() + closing))
        rest = "".join(atoms[cut:]).lstrip()
        atoms = [*opened, *ATOM.findall(rest)]
        limit = then
    return [*parts, Html("".join(atoms))]


def _fits(atoms: Sequence[str], limit: int) -> int:
    """How many of the atoms fit."""
    size = 0
    for place, atom in enumerate(atoms):
        size += 0 if _tag(atom) else units(unescape(atom))
        if size > limit:
            return place
    return len(atoms)


def _break(atoms: Sequence[str], end: int) -> int:
    """The best place to end a part, at `end` at the latest."""
    least = int(end * LEAST)
    for mark in BREAKS:
        for place in range(end, least, -1):
            if "".join(atoms[place - len(mark) : place]) == mark:
                return place
    return end


def _opened(atoms: Sequence[str]) -> list[str]:
    """The tags that are open after these atoms."""
    found: list[str] = []
    for atom in filter(_tag, atoms):
        if atom.startswith("</"):
            found.pop()
        else:
            found.append(atom)
    return found


def _tag(atom: str) -> bool:
    return len(atom) > 1 and atom.startswith("<")


def _name(tag: str) -> str:
    return tag.strip("<>").split()[0]
