"""Who there is when it is measured: many teams of one size, each in its group, and one pack."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.sandbox.cast import Cast, Group, Person, Robot
from handlers.packs import import_pack
from handlers.reading.packs import read_pack
from storage import tables
from storage.database import Database, add_all
from storage.kinds import ChatKind

TEAMS, SIZE = 300, 30
ROBOT = Robot()
TOKEN = f"{ROBOT.id}:measured-on-loopback-only"
OWNER = 900_001
PACK = Path(__file__).parents[2] / "storage" / "library" / "safety-101.yaml"
OPEN_FOR = timedelta(hours=2)


def group(team: int) -> int:
    """The chat of a team, by Telegram's id; teams are counted from 0."""
    return -1_001_000_000_001 - team


def user(place: int) -> int:
    """A member, by Telegram's id; counted from 0, and member n sits in team n % TEAMS."""
    return 1_000_001 + place


def cast() -> Cast:
    """Everybody, for the sandbox."""
    everybody = range(TEAMS * SIZE)
    people = tuple(Person(user(place), f"P{place}") for place in everybody)
    groups = tuple(
        Group(group(team), f"T{team}", members=tuple(map(user, everybody[team::TEAMS])))
        for team in range(TEAMS)
    )
    return Cast(people, groups, ROBOT)


def noon(now: datetime) -> str:
    """A time zone in which it is about noon, so that no measurement runs over midnight."""
    return f"Etc/GMT{now.hour - 12:+d}"  # their signs are the other way round


async def furnish(database: Database, due: datetime) -> None:
    """Put everybody into an empty database: the card of every team is due at `due`."""
    zone = noon(due)
    wall = due.astimezone(ZoneInfo(zone))
    joined = due - timedelta(days=30)
    pack = read_pack(PACK.name, PACK.read_bytes())
    teams = range(1, TEAMS + 1)
    places = range(1, TEAMS * SIZE + 1)
    async with database.begin() as session:
        await import_pack(session, pack, due)
        await add_all(session, tables.Unit, [{"id": 1, "name": "U"}])
        await add_all(
            session,
            tables.Chat,
            [
                {
                    "id": n,
                    "telegram_id": group(n - 1),
                    "kind": ChatKind.SUPERGROUP,
                    "title": f"T{n - 1}",
                    "trouble": "",
                }
                for n in teams
            ],
        )
        home = {"unit_id": 1, "topic_id": 0, "timezone": zone, "locale": "zh"}
        await add_all(
            session,
            tables.Team,
            [{"id": n, "name": f"T{n - 1}", "chat_id": n, **home} for n in teams],
        )
        await add_all(
            session,
            tables.Person,
            [{"id": n, "telegram_id": user(n - 1), "name": f"P{n - 1}"} for n in places],
        )
        seat = {"tags": [], "joined_at": joined}
        await add_all(
            session,
            tables.Member,
            [{"id": n, "team_id": (n - 1) % TEAMS + 1, "person_id": n, **seat} for n in places],
        )
        plan = {
            "packs": [pack.slug],
            "at": wall.time(),
            "closes": (wall + OPEN_FOR).time(),
            "days": "daily",
            "next_at": due,
        }
        await add_all(session, tables.Plan, [{"id": n, "team_id": n, **plan} for n in teams])
