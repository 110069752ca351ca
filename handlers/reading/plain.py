"""Text as people send it, made plain: nothing invisible in it, no stray space around it."""

import re
import unicodedata

JOINER = "\u200d"  # holds families of emoji together: the one invisible character we keep
UNSEEN = frozenset({"Cc", "Cf", "Cs"})  # controls, formats (zero width, bidi), halves of pairs
NO_CHARACTER = 0xFFFE  # the last two of every plane are none, and no .xlsx file can hold them
BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
EMPTY_LINES = re.compile(r"\n{3,}")


def visible(text: str) -> str:
    """The text without control, zero-width and bidi characters; line breaks become newlines."""
    return "".join(char for char in BREAKS.sub("\n", text) if kept(char))


def kept(char: str) -> bool:
    """Whether a character may stay: it can be seen, or it is needed to lay out what can."""
    if char in ("\n", "\t", JOINER):
        return True
    return unicodedata.category(char) not in UNSEEN and ord(char) & NO_CHARACTER != NO_CHARACTER


def line(text: str) -> str:
    """The text as one line, runs of space as one space."""
    return " ".join(visible(text).strip(JOINER).split())


def paragraphs(text: str) -> str:
    """The text over several lines: no space at the ends of lines, no run of empty lines."""
    text = visible(text).replace("\t", "    ").strip(JOINER)
    lines = (part.rstrip() for part in text.split("\n"))  # a pattern would try every space anew
    return EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
