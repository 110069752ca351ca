"""The one judge: what was owed, what people saw, and what the database believes, side by side.

LOST   owed, and neither shown nor written down as given up
DUP    shown, or done, once more than it should be
ORDER  one person's or group's words in another order than they were said
LATE   later than promised
STUCK  left in a state that nothing will ever move on from
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

GIVEN_UP = {"expired", "held", "failed", "needs_person"}  # written down, and shown to somebody
UNDER_WAY = {"pending", "sending", "unknown"}

Row = tuple[Any, ...]


@dataclass
class Verdict:
    """What was found. `figures`: what was measured on the way."""

    lost: list[str] = field(default_factory=list)
    dup: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    allowed: int = 0  # duplicates that the promise allows: messages in flight at a kill
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether the promise held."""
        faults = (self.lost, self.order, self.late, self.stuck, self.wrong)
        return not any(faults) and len(self.dup) <= self.allowed

    def add(self, other: "Verdict") -> None:
        """What another trial found, too."""
        for name in ("lost", "dup", "order", "late", "stuck", "wrong"):
            getattr(self, name).extend(getattr(other, name))
        for name, value in other.figures.items():
            self.figures[name] = self.figures.get(name, 0) + value
        self.allowed += other.allowed

    def count(self, figure: str) -> None:
        """One more of something."""
        self.figures[figure] = self.figures.get(figure, 0) + 1

    def __str__(self) -> str:
        counts = {
            "LOST": self.lost,
            "DUP": self.dup,
            "ORDER": self.order,
            "LATE": self.late,
            "STUCK": self.stuck,
        }
        told = " ".join(f"{name} {len(found)}" for name, found in counts.items())
        told += f" (of {self.allowed} allowed)" if self.allowed else ""
        figures = ", ".join(f"{name} {value:g}" for name, value in self.figures.items())
        worst = [one for found in counts.values() for one in found[:3]] if not self.good else []
        return "; ".join(filter(None, [told, figures, *worst, *self.wrong]))


def cards(
    verdict: Verdict, shown: Iterable[Row], owed: Iterable[Row], teams: Iterable[int]
) -> None:
    """Judge pushes: `shown` (chat, message, morning), `owed` (morning, chat, state, message).

    `teams`: the chats that were to have a card, as often as they were to have one.
    """
    seen = defaultdict(list)
    for chat, message, morning in shown:
        seen[morning, chat].append(message)
    due = Counter(teams)
    for morning, chat, state, message in owed:
        due[chat] -= 1
        found = seen.pop((morning, chat), [])
        name = f"card {morning} in {chat} ({state})"
        if not found and state not in GIVEN_UP | UNDER_WAY:
            verdict.lost.append(name)
        if state in UNDER_WAY:
            verdict.stuck.append(name)
        if state == "sent" and found and message not in found:
            verdict.wrong.append(f"{name}: believed to be message {message}, is {found}")
        verdict.dup += [f"{name}: also {extra}" for extra in found[1:]]
        if state == "needs_person":
            verdict.count("asked a person" if found else "asked a person, rightly")
    verdict.lost += [f"no card was owed to {chat}" for chat, left in due.items() if left > 0]
    verdict.dup += [f"a card of no morning: {key}" for key in seen]


def updates(
    verdict: Verdict,
    done: Iterable[Mapping[str, Any]],
    incoming: Iterable[Row],
    checked: Iterable[Row],
    promised: Iterable[Row],
) -> None:
    """Judge what people did: `incoming` (update, state), `checked` (user), `promised` (words).

    `promised` in the order in which they were recorded.
    """
    states: dict[Any, Any] = dict(incoming)
    users = Counter(user for (user,) in checked)
    promises = Counter(words for (words,) in promised)
    place = {words: number for number, (words,) in enumerate(promised)}
    chats: dict[int, list[str]] = defaultdict(list)
    for one in done:
        state = states.get(one["update"])
        name = f"{one['kind']} {one['update']} ({state})"
        if state is None or (state == "dead" and one["kind"] != "garbled"):
            verdict.lost.append(name)
        elif state == "new":
            verdict.stuck.append(name)
        if one["kind"] == "tap" and not users[one["user"]]:
            verdict.lost.append(f"{name}: no check-in")
        if one["kind"] == "promise":
            chats[one["chat"]].append(one["words"])
            if not promises[one["words"]]:
                verdict.lost.append(f"{name}: no promise")
    verdict.dup += [
        f"{user} checked in {times} times" for user, times in users.items() if times > 1
    ]
    verdict.dup += [
        f"{words} promised {times} times" for words, times in promises.items() if times > 1
    ]
    for chat, said in chats.items():
        kept = [place[words] for words in said if words in place]
        if any(later < earlier for earlier, later in pairwise(kept)):
            verdict.order.append(f"promises in {chat}")
