"""A line that gives a right: 张三 一班 班组长; Sam Carter, Team One, leader."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from handlers.reading.plain import line
from storage.kinds import Role

ROLES = {
    "班组长": Role.LEADER,
    "班长": Role.LEADER,
    "组长": Role.LEADER,
    "team leader": Role.LEADER,
    "leader": Role.LEADER,
    "书记": Role.SECRETARY,
    "支部书记": Role.SECRETARY,
    "联络员": Role.SECRETARY,
    "书记/联络员": Role.SECRETARY,
    "secretary": Role.SECRETARY,
    "系统管理员": Role.OWNER,
    "管理员": Role.OWNER,
    "owner": Role.OWNER,
}
FILLERS = frozenset({"as", "of", "for", "the", "to", "a", "an", "担任", "为", "的"})
BREAKS = re.compile(r"[,，、;；:：]")
LONGEST = 200  # characters of a line that is looked at


@dataclass(frozen=True)
class Wish:
    """What was read: whose right, which, and for which of the places; empty: it does not say."""

    name: str
    place: str
    role: Role | None


def read_grant(text: str, places: Collection[str]) -> Wish:
    """What a line says. `places`: the names of units and teams, as somebody may write them."""
    words = line(BREAKS.sub(" ", text[:LONGEST])).split(" ")
    role, words = _role(words)
    words = [word for word in words if word not in FILLERS]
    place, words = _place(words, places)
    return Wish(" ".join(words), place, role)


def _role(words: list[str]) -> tuple[Role | None, list[str]]:
    """The role that is named, the last if there are several, and the words without it."""
    for end in range(len(words), 0, -1):
        for length in (2, 1):
            found = ROLES.get(" ".join(words[max(0, end - length) : end]).casefold())
            if found and end >= length:
                return found, words[: end - length] + words[end:]
    return None, words


def _place(words: list[str], places: Collection[str]) -> tuple[str, list[str]]:
    """The place that is named at the end or the beginning, and the words without it.

    The longest counts: a name may hold another.
    """
    known = {line(name).casefold(): name for name in places}
    for length in range(len(words), 0, -1):
        for kept, part in ((words[:-length], words[-length:]), (words[length:], words[:length])):
            if (found := known.get(" ".join(part).casefold())) is not None:
                return found, kept
    return "", words
