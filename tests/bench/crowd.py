"""Who there is when it is measured: teams of one size, each in its group, and one pack."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from bot.sandbox.cast import Cast, Group, Person, Robot
from handlers.packs import import_pack
from handlers.reading.packs import read_pack
from storage import tables
from storage.database import Database, add_all
from storage.kinds import ChatKind

TEAMS, SIZE = 300, 30  # where nothing else is said
ROBOT = Robot()
TOKEN = f"{ROBOT.id}:measured-on-loopback-only"
SECRET = "only-the-other-side-knows"
OWNER = 900_001
PACK = Path(__file__).parents[2] / "storage" / "library" / "safety-101.yaml"
OPEN_FOR = timedelta(hours=2)


def group(team: int) -> int:
    """The chat of a team, by Telegram's id; teams are counted from 0."""
    return -1_001_000_000_001 - team


def title(chat: int) -> str:
    """What a group is called."""
    return f"T{group(0) - chat}"


def user(place: int) -> int:
    """A member, by Telegram's id; counted from 0."""
    return 1_000_001 + place


@dataclass(frozen=True)
class Crowd:
    """So many teams of so many members. Member n sits in team n % teams."""

    teams: int = TEAMS
    size: int = SIZE

    @property
    def members(self) -> int:
        """How many there are in all."""
        return self.teams * self.size

    def home(self, place: int) -> int:
        """The group of a member."""
        return group(place % self.teams)


USUAL = Crowd()


def cast(crowd: Crowd = USUAL) -> Cast:
    """Everybody, for the sandbox."""
    everybody = range(crowd.members)
    people = tuple(Person(user(place), f"P{place}") for place in everybody)
    groups = tuple(
        Group(
            group(team),
            title(group(team)),
            members=tuple(map(user, everybody[team :: crowd.teams])),
        )
        for team in range(crowd.teams)
    )
    return Cast(people, groups, ROBOT)


def zone(now: datetime) -> str:
    """A time zone in which it is about noon, so that no measurement runs over midnight."""
    return f"Etc/GMT{now.hour - 12:+d}"  # their signs are the other way round


async def furnish(database: Database, due: datetime, crowd: Crowd = USUAL) -> None:
    """Put everybody into an empty database: the card of every team is due at `due`."""
    await seat(database, due, crowd)
    await plan(database, due, crowd)


async def seat(database: Database, now: datetime, crowd: Crowd) -> None:
    """Put everybody into an empty database, and the pack; no team has a plan yet."""
    pack = read_pack(PACK.name, PACK.read_bytes())
    teams = range(crowd.teams)
    places = range(crowd.members)
    chat = {"kind": ChatKind.SUPERGROUP, "trouble": ""}
    home = {"unit_id": 1, "topic_id": 0, "timezone": zone(now), "locale": "zh"}
    place = {"tags": [], "joined_at": now - timedelta(days=30)}
    rows: dict[
        type[SQLModel], list[dict[str, Any]]
    ] = {  # numbered by the database, from 1 on, in this order
        tables.Unit: [{"name": "U"}],
        tables.Chat: [{"telegram_id": group(n), "title": title(group(n)), **chat} for n in teams],
        tables.Team: [{"name": f"T{n}", "chat_id": n + 1, **home} for n in teams],
        tables.Person: [{"telegram_id": user(n), "name": f"P{n}"} for n in places],
        tables.Member: [
            {"team_id": n % crowd.teams + 1, "person_id": n + 1, **place} for n in places
        ],
    }
    async with database.begin() as session:
        await import_pack(session, pack, now)
        for table, found in rows.items():
            await add_all(session, table, found)


async def plan(database: Database, due: datetime, crowd: Crowd) -> None:
    """Give every team a plan: all cards are due at one moment."""
    wall = due.astimezone(ZoneInfo(zone(due)))
    words = {
        "packs": [PACK.stem],
        "at": wall.time(),
        "closes": (wall + OPEN_FOR).time(),
        "days": "daily",
        "next_at": due,
    }
    async with database.begin() as session:
        rows = [{"team_id": n + 1, **words} for n in range(crowd.teams)]
        await add_all(session, tables.Plan, rows)
