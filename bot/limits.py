"""How much of one person, and of one group, is taken in: what is more is not even kept.

Buckets of tokens, in the memory of this process: a restart fills them, another replica has its
own. What somebody says or taps for the first time is let through a while longer, so that no
check-in, receipt or 完成 is lost in somebody's impatience.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from handlers.reading.essentials import essential
from handlers.words.parts import TEXT, units

SPAN = 10.0  # seconds that the limits speak of
RESERVE, RESERVE_SPAN = 20, 60.0  # first things of a person beyond the limit, in so many seconds
SAME, SAME_SPAN = 5, 10.0  # taps of one person on one button
TOLD = timedelta(minutes=1)  # between two words on it
AGAIN = timedelta(minutes=1)  # after which the same thing is said for the first time again
MOST = 20_000  # buckets that are remembered


class Verdict(StrEnum):
    """What becomes of an update."""

    PASS = "pass"
    SLOW = "slow"  # too many of one person
    GROUP = "group"  # too many in one group
    LONG = "long"  # longer than any message of Telegram's


@dataclass(frozen=True)
class Ruling:
    """What becomes of an update, and whether a word is said of it."""

    verdict: Verdict
    aloud: bool = False


@dataclass
class Bucket:
    """Tokens that come back with time; a moment that lies before the last brings none."""

    size: float
    span: float
    tokens: float
    at: datetime

    def take(self, now: datetime) -> bool:
        """Take a token, if there is one."""
        passed = max(0.0, (now - self.at).total_seconds())
        self.tokens = min(self.size, self.tokens + passed * self.size / self.span)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(frozen=True)
class Heard:
    """As much of an update as limits look at."""

    who: int = 0
    chat: int = 0
    text: str = ""
    tap: str = ""  # the button's data with its message; empty: it is no tap

    @classmethod
    def of(cls, update: Mapping[str, Any]) -> "Heard | None":
        """None for what is not limited: that we were added or removed, and what nobody can read.

        Who speaks as a group is not told apart from others who do.
        """
        try:
            if query := update.get("callback_query"):
                message = query.get("message") or {}
                data = str(query.get("data", ""))
                chat = int(message.get("chat", {}).get("id", 0))
                tap = f"{data}@{chat}/{message.get('message_id', 0)}"
                return cls(int(query["from"]["id"]), chat, tap=tap)
            if message := update.get("message"):
                chat = int(message["chat"]["id"])
                speaker = message.get("sender_chat") or message.get("from") or message["chat"]
                text = message.get("text") or message.get("caption") or ""
                return cls(int(speaker["id"]), chat, text if isinstance(text, str) else "")
        except (KeyError, TypeError, ValueError, AttributeError):
            pass
        return None


@dataclass
class Limits:
    """`person` and `group`: so many in ten seconds; 0 lets everything through."""

    person: int
    group: int
    _buckets: OrderedDict[tuple[str, Any], Bucket] = field(default_factory=OrderedDict)
    _said: OrderedDict[tuple[int, str], datetime] = field(default_factory=OrderedDict)
    _told: OrderedDict[tuple[Verdict, int], datetime] = field(default_factory=OrderedDict)

    def rule(self, update: Mapping[str, Any], now: datetime) -> Ruling:
        """What becomes of an update that came now."""
        heard = Heard.of(update)
        if heard is None:
            return Ruling(Verdict.PASS)
        if units(heard.text) > TEXT:
            return self._refused(Verdict.LONG, heard.chat, now)
        first = self._first(heard, now)
        same = SAME if self.person else 0
        if heard.tap and not self._take("same", (heard.who, heard.tap), same, SAME_SPAN, now):
            return Ruling(Verdict.SLOW)
        if not self._take("person", heard.who, self.person, SPAN, now):
            return self._beyond(heard, Verdict.SLOW, now, first=first)
        crowded = not heard.tap and heard.chat < 0
        if crowded and not self._take("group", heard.chat, self.group, SPAN, now):
            return self._beyond(heard, Verdict.GROUP, now, first=first)
        return Ruling(Verdict.PASS)

    def _beyond(self, heard: Heard, why: Verdict, now: datetime, *, first: bool) -> Ruling:
        """There are too many; what is essential, and new, is let through as long as that lasts."""
        wanted = first and (bool(heard.tap) or essential(heard.text))
        if wanted and self._take("reserve", heard.who, RESERVE, RESERVE_SPAN, now):
            return Ruling(Verdict.PASS)
        return self._refused(why, heard.chat if why is Verdict.GROUP else heard.who, now)

    def _refused(self, why: Verdict, whose: int, now: datetime) -> Ruling:
        last = self._told.get((why, whose))
        aloud = last is None or not timedelta() <= now - last < TOLD
        if aloud:
            _put(self._told, (why, whose), now)
        return Ruling(why, aloud)

    def _first(self, heard: Heard, now: datetime) -> bool:
        """Whether they say this, or tap there, for the first time in a while."""
        what = heard.who, heard.tap or heard.text.strip()
        last = self._said.get(what)
        _put(self._said, what, now)
        return last is None or not timedelta() <= now - last < AGAIN

    def _take(self, kind: str, whose: Any, size: int, span: float, now: datetime) -> bool:
        if not size:
            return True
        bucket = self._buckets.get((kind, whose))
        if bucket is None:
            bucket = Bucket(size, span, size, now)
        _put(self._buckets, (kind, whose), bucket)
        return bucket.take(now)


def _put(book: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    """Remember; what was not asked for longest is forgotten first."""
    book[key] = value
    book.move_to_end(key)
    if len(book) > MOST:
        book.popitem(last=False)
