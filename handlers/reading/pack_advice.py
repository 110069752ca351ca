"""What is not wrong with a course pack, but could be better: told before the pack is imported."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from handlers.reading.faults import Fault, in_order
from handlers.reading.packs import PackFile
from handlers.reading.raw import Listing, Raw, Record

FEW = 5  # questions, of which the places say nothing yet
MOST_AT_ONE_PLACE = 0.6
LONG = 400  # Chinese characters of a body, or what is as wide: more than a phone shows at once
SOURCE = re.compile(r"(依据|出处|来源|\bsources?)[*_]{0,3} ?[:：]", re.IGNORECASE)
UNSHOWN = re.compile(r"\]\([^)]*\)|[*\[]")


def advice(pack: PackFile, raw: Raw) -> list[Fault]:
    """What could be better in a sound pack that was read from `raw`, in the order of the file."""
    bites = records(raw, "bites")
    asked = [question for bite in bites for question in records(bite, "questions")]
    found = [
        *unsourced(pack, bites),
        *long(pack, bites),
        *unexplained(pack, asked),
        *repeated(pack, asked),
        *at_one_place(pack, asked),
    ]
    return sorted(found, key=lambda fault: in_order(fault.place))


def unsourced(pack: PackFile, bites: list[Record]) -> Iterator[Fault]:
    """Bites of which nobody can say what they rest on."""
    if pack.source:
        return
    for bite, record in zip(pack.bites, bites, strict=True):
        if not SOURCE.search(bite.body):
            yield Fault(place(record, "body"), "advice.no_source", {"bite": bite.title})


def long(pack: PackFile, bites: list[Record]) -> Iterator[Fault]:
    """Bites that take more than a look."""
    for bite, record in zip(pack.bites, bites, strict=True):
        length = width(bite.body)
        if length > LONG:
            values = {"bite": bite.title, "length": length, "limit": LONG}
            yield Fault(place(record, "body"), "advice.long_body", values)


def unexplained(pack: PackFile, asked: list[Record]) -> Iterator[Fault]:
    """Questions that say only whether an answer is right."""
    questions = (question for bite in pack.bites for question in bite.questions)
    for question, record in zip(questions, asked, strict=True):
        if not question.why:
            yield Fault(place(record, "why"), "advice.no_why", {"ask": question.ask})


def repeated(pack: PackFile, asked: list[Record]) -> Iterator[Fault]:
    """Questions that were asked before, whatever their case, space and punctuation."""
    first: dict[str, str] = {}
    questions = (question for bite in pack.bites for question in bite.questions)
    for question, record in zip(questions, asked, strict=True):
        key = "".join(filter(str.isalnum, question.ask.casefold())) or question.ask
        where = place(record, "ask")
        if key in first:
            values = {"ask": question.ask, "first": first[key]}
            yield Fault(where, "advice.repeated_question", values)
        else:
            first[key] = where


def at_one_place(pack: PackFile, asked: list[Record]) -> Iterator[Fault]:
    """Right answers that can be guessed by their place."""
    rights = [question.right for bite in pack.bites for question in bite.questions]
    if len(rights) < FEW:
        return
    ((right, count),) = Counter(rights).most_common(1)
    if count / len(rights) > MOST_AT_ONE_PLACE:
        where = place(asked[rights.index(right)], "right")
        values = {"right": right, "count": count, "all": len(rights)}
        yield Fault(where, "advice.one_place", values)


def width(body: str) -> int:
    """How much of a screen a body takes, in Chinese characters; others are half as wide."""
    shown = UNSHOWN.sub("", body)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in shown)
    return (wide + len(shown)) // 2


def records(raw: Raw, key: str) -> list[Record]:
    """The records in a field."""
    field = raw.fields.get(key) if isinstance(raw, Record) else None
    items = field.items if isinstance(field, Listing) else ()
    return [item for item in items if isinstance(item, Record)]


def place(record: Record, key: str) -> str:
    """Where a field stands, or the record if it does not."""
    value = record.fields.get(key)
    return value.place if value else record.place
