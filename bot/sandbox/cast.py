"""Who is in the play: the people, groups and bot a sandbox starts with, and the clock it obeys."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class SandboxClock(Protocol):
    """The clock of the sandbox, turned by its page: the bot's own clock object fits."""

    @property
    def rate(self) -> float:
        """How many seconds pass in one real second."""

    @property
    def zone(self) -> ZoneInfo:
        """Whose local time the page shows."""

    @property
    def morning(self) -> Callable[[], datetime]:
        """When the next morning worth seeing begins, as an aware datetime."""

    def __call__(self) -> datetime:
        """Tell the time, as an aware UTC datetime."""

    def set(self, now: datetime, /) -> None:
        """Go on from `now`, an aware datetime."""

    def run(self, rate: float, /) -> None:
        """Go on `rate` times as fast as real time."""


@dataclass(frozen=True, slots=True)
class Robot:
    """The bot whose token the sandbox honours."""

    id: int = 4_200_000_001
    name: str = "zaohui"
    username: str = "zaohui_bot"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to act as. `started`: has opened the private chat with the bot already."""

    id: int
    name: str
    username: str | None = None
    language_code: str = "zh-hans"
    note: str = ""
    started: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a forum. Its id is the id of the message that made it, so it is above 1."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group at the start. The first of `admins` made it; `bot`: administrator, member, left."""

    id: int
    title: str
    type: str = "supergroup"
    is_forum: bool = False
    topics: tuple[Topic, ...] = ()
    members: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()
    bot: str = "administrator"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody a sandbox knows at the start."""

    people: tuple[Person, ...]
    groups: tuple[Group, ...] = ()
    bot: Robot = field(default_factory=Robot)
