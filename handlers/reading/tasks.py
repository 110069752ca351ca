"""What somebody has others do, as it is said in a line: who, by when, what, and what of it.

`张三 李四 周五前 完成台账 标准：账物相符 协同：库房`: names come first, or behind the date; parts
with a label stand behind, in any order. Without a name, who was replied to is meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from typing import Any

from handlers.reading.dues import Due, read_due, split_promise
from handlers.reading.plain import line
from handlers.rules.calendar import Calendar

LABELS = {
    "finding": "存在问题|问题|隐患|finding|problem|issue",
    "measure": "整改措施|措施|measures?",
    "standard": "完成标准|标准|要求|standard",
    "partners": "协同|配合|协作|with|partners?",
    "result": "成果形式|成果|results?|outcome",
    "risk": "风险点|风险|risks?",
    "due": "完成时限|时限|期限|due|deadline",
}
LABEL = re.compile(
    r"(?:^|(?<=[\s,，。.;；、|]))(?:"
    + "|".join(f"(?P<{key}>{names})" for key, names in LABELS.items())
    + r")\s*[:：]\s*",
    re.IGNORECASE,
)
KEPT = ("finding", "standard", "partners", "result", "risk")
EDGES = " ,，;；、:：|。"
BETWEEN = re.compile(r"[\s,，、;；:：]+")
AND = re.compile(r"[和与及跟]")
ANDS = frozenset({"and", "&", "和", "与", "及", "跟"})
TITLE = re.compile(r"(?<=.)(?:师傅|同志|老师|同学)$")
HAN = re.compile(r"[\u3400-\u9fff·]+")
SHORT_NAME = re.compile(r"[\u3400-\u9fff]{2,3}")
MENTION = re.compile(r'<a href="tg://user\?id=(\d{1,19})">.*?</a>', re.DOTALL)
TAG = re.compile(r"<[^<>]*>")
MARK = re.compile(r"\ue000(\d+)\ue001")
MOST_WORDS, MOST_LETTERS = 4, 8  # of a name
SHOWN = 20  # characters of what is no name

# What else says the same as /assign and /rectify. An announcement may begin with either word, so
# that a label has to follow, or who it is for.
ASSIGN = re.compile(r"(?:布置任务|派任务|布置给)[\s:：,，]*(?P<what>.*)", re.DOTALL)
RECTIFY = re.compile(
    r"(?:整改|rectify)[\s:：,，]+(?P<what>.*(?:问题|隐患|措施|finding|problem|measures?)\s*[:：].*)",
    re.DOTALL | re.IGNORECASE,
)
HARD = re.compile(r"(?:困难|difficulty)\s*[:：]\s*(?P<why>.+)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """Somebody who can be meant: by which name, in which team, with which Telegram id."""

    id: int
    name: str
    team: str
    user: int | None = None


@dataclass(frozen=True)
class Order:
    """Who is to do what. `rest` has the date still in it; `parts` what has a label, by key."""

    people: tuple[int, ...]
    text: str
    due: Due | None
    rest: str
    parts: Mapping[str, str] = field(default_factory=dict)


class Unclear(ValueError):
    """Raised when a line does not say who or what: the sentence to answer it with, by its key."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def mentioned(html: str, text: str) -> str:
    """The text, with a mark in place of each person whom it mentions without a username."""
    if "tg://user?id=" not in html:
        return text
    marked = MENTION.sub(" \ue000\\1\ue001 ", html)
    return re.sub(r"^\s*/\w+(?:@\w+)?\s*", "", unescape(TAG.sub("", marked)))


def read_order(
    text: str,
    crowd: Sequence[Name],
    now: datetime,
    calendar: Calendar,
    replied_to: int | None = None,
) -> Order:
    """Read a line. `replied_to`: who is meant where it names nobody. Raises Unclear."""
    head, parts = labelled(line(text))
    people, rest = named(head, crowd, now, calendar)
    if not people:
        if replied_to is None:
            word = next(iter(BETWEEN.split(head.strip(EDGES))), "")
            raise Unclear("task.nobody", name=short(word)) if word else Unclear("task.usage")
        people = (replied_to,)
    rest = " ".join(filter(None, [rest, parts.get("due", "")]))
    what, due = split_promise(rest, now, calendar)
    if due:
        check_names(rest, due)
    what, parts = settled(what.strip(EDGES), parts)
    if not what:
        raise Unclear("task.nothing")
    return Order(people, what, due, rest, {key: parts[key] for key in KEPT if parts.get(key)})


def labelled(text: str) -> tuple[str, dict[str, str]]:
    """What stands before the first label, and what follows each. Raises Unclear."""
    found = list(LABEL.finditer(text))
    ends = [*(match.start() for match in found), len(text)][1:]
    parts: dict[str, str] = {}
    for match, end in zip(found, ends, strict=True):
        key = str(match.lastgroup)
        if key in parts:
            raise Unclear("task.twice", label=match[key])
        parts[key] = text[match.end() : end].strip(EDGES)
    return text[: found[0].start() if found else len(text)].strip(), parts


def settled(what: str, parts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """What is to be done, where it may be called a measure; what was found, said without label."""
    kept = dict(parts)
    measure = kept.pop("measure", "")
    if not measure:
        return what, kept
    if what and not kept.get("finding"):
        return measure, {**kept, "finding": what}
    return " ".join(filter(None, [what, measure])), kept


def named(
    head: str, crowd: Sequence[Name], now: datetime, calendar: Calendar
) -> tuple[tuple[int, ...], str]:
    """The people named at the beginning, or behind a date there; and the rest. Raises Unclear."""
    crew = Crew(crowd)
    people, rest = crew.leading(head)
    word = BETWEEN.split(rest)[0]
    for length in range(min(len(word) - 1, MOST_LETTERS), 1, -1):
        due = read_due(word[length:], now, calendar)  # 李四周五前: without a space between
        if due and due.span[0] == 0 and (more := crew.exactly(word[:length])):
            return tuple(dict.fromkeys([*people, more.id])), rest[length:]
    due = None if people else read_due(head, now, calendar)
    if due and due.span[0] == 0:
        people, rest = crew.leading(head[due.span[1] :])
        rest = f"{head[: due.span[1]]} {rest}"
    return people, rest if people else head


def check_names(rest: str, due: Due) -> None:
    """A short word between the names and the date is a name that we do not know."""
    before, after = rest[: due.span[0]].strip(EDGES), rest[due.span[1] :].strip(EDGES)
    if before and after and all(map(SHORT_NAME.fullmatch, BETWEEN.split(before))):
        raise Unclear("task.no_name", name=before)


def short(word: str) -> str:
    """A word as it can be repeated in an answer."""
    return word if len(word) <= SHOWN else f"{word[: SHOWN - 1]}…"


class Crew:
    """Those who can be meant, looked up by what they are called."""

    def __init__(self, crowd: Sequence[Name]) -> None:
        self.crowd = crowd

    def leading(self, text: str) -> tuple[tuple[int, ...], str]:
        """The people named at the beginning of a text, and what follows."""
        found: dict[int, None] = {}
        rest = text.lstrip(EDGES)
        while rest:
            taken = self._first(rest)
            if taken is None:
                break
            names, length = taken
            found.update(dict.fromkeys(name.id for name in names))
            rest = rest[length:].lstrip(EDGES)
        return tuple(found), rest

    def exactly(self, word: str) -> Name | None:
        """The one of that full name."""
        found = self._by_name(word)
        return found[0] if len(found) == 1 else None

    def meant(self, phrase: str) -> Sequence[Name]:
        """All whom a name, or a part of one, can mean."""
        whole = " ".join(phrase.split())
        return self._by_name(whole) or self._meant(whole)

    def _first(self, text: str) -> tuple[Sequence[Name], int] | None:
        """Whom the first word or words mean, and how long they are."""
        places = [match.start() for match in BETWEEN.finditer(text)][: MOST_WORDS - 1]
        for end in sorted({*places, min(len(text), 200)}, reverse=True):
            phrase = " ".join(text[:end].split())
            if " " in phrase and (found := self._by_name(phrase)):
                return [self._one(phrase, found)], end
        word = BETWEEN.split(text)[0]
        if word.casefold() in ANDS:
            following = text[len(word) :].lstrip(EDGES)
            taken = self._first(following) if following else None
            if taken is None:
                return None
            return taken[0], len(text) - len(following) + taken[1]
        if found := self._meant(word):
            return [self._one(word, found)], len(word)
        several = [self._meant(part) for part in AND.split(word)]
        if len(several) > 1 and all(several):
            words = AND.split(word)
            return [self._one(*pair) for pair in zip(words, several, strict=True)], len(word)
        return None

    def _meant(self, word: str) -> Sequence[Name]:
        if mark := MARK.fullmatch(word):
            linked = [name for name in self.crowd if name.user == int(mark[1])]
            if not linked:
                raise Unclear("task.stranger")
            return linked
        bare = word.removeprefix("@")
        if found := self._by_name(bare):
            return found
        team, slash, name = bare.replace("／", "/").partition("/")
        if slash:
            crowd = [one for one in self.crowd if one.team.casefold() == team.casefold()]
            return Crew(crowd)._meant(name) if crowd and name else ()
        return self._by_part(bare)

    def _by_name(self, word: str) -> Sequence[Name]:
        wanted = {word.casefold(), TITLE.sub("", word).casefold()}
        return [name for name in self.crowd if name.name.casefold() in wanted]

    def _by_part(self, word: str) -> Sequence[Name]:
        part = TITLE.sub("", word).casefold()
        if HAN.fullmatch(part):
            return [one for one in self.crowd if len(part) > 1 and part in one.name.casefold()]
        return [one for one in self.crowd if part in one.name.casefold().split()]

    def _one(self, word: str, found: Sequence[Name]) -> Name:
        if len(found) == 1:
            return found[0]
        names = [f"{one.team}/{one.name}" for one in found]
        raise Unclear("task.several", name=short(word), names=names)


def dated(order: Order, now: datetime, calendar: Calendar) -> Order:
    """The same order, its date read by another team's calendar."""
    _, due = split_promise(order.rest, now, calendar)
    return replace(order, due=due)


def lengths(order: Order) -> Iterator[tuple[str, int]]:
    """How long each text of an order is, by its key."""
    yield "text", len(order.text)
    for key, value in order.parts.items():
        yield key, len(value)
