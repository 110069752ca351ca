"""Who lives through the simulated days: six teams of ten, their leaders, one owner."""

import asyncio
import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from functools import cache
from pathlib import Path

from bot.sandbox.cast import Cast, Group, Person, Robot
from bot.sandbox.chats import Message
from bot.sandbox.world import World
from handlers.packs import import_pack
from handlers.reading.packs import read_pack
from handlers.taps import read
from handlers.taps.cards import StudiedTap
from storage import outbox, tables
from storage.database import Database, add_all
from storage.kinds import ChatKind, Role
from storage.migrations import upgrade
from tests.bench.crowd import PACK

TEAMS, SIZE = 6, 10
DAYS = 3
START = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # Monday in Shanghai, at four
DUE = timedelta(hours=3, minutes=50)  # after START: 07:50 in Shanghai
DAY = timedelta(days=1)
OWNER = 900
GREETING = 1  # the id of what we said on the day before, in each group and in private


def group(team: int) -> int:
    """The chat of a team."""
    return -1_001_000_000_001 - team


def user(place: int) -> int:
    """A member; number n is in team n % TEAMS, and leads it where n < TEAMS."""
    return 1001 + place


def cast() -> Cast:
    """Everybody."""
    places = range(TEAMS * SIZE)
    people = [Person(user(n), f"P{n}", started=n < TEAMS) for n in places]
    people.append(Person(OWNER, "O", started=True))
    groups = [
        Group(group(n), f"T{n}", members=tuple(map(user, places[n::TEAMS])), bot="member")
        for n in range(TEAMS)
    ]
    return Cast(tuple(people), tuple(groups), Robot())


def greeted(world: World) -> None:
    """Each group has heard of us, and the owner in private."""
    for chat in (*map(group, range(TEAMS)), OWNER):
        message = world.post(world.chats[chat], world.bot, {"text": "…"})
        assert message.id == GREETING


def morning_of(message: Message) -> int:
    """The morning whose card a message is; 0 for other messages."""
    for row in message.markup["inline_keyboard"] if message.markup else []:
        for button in row:
            tap = read(str(button.get("callback_data", "")))
            if isinstance(tap, StudiedTap):
                return tap.morning
    return 0


@cache
def furnished() -> Path:
    """A database with everybody, on the evening before; made once."""
    folder = Path(tempfile.mkdtemp(prefix="zaohui-furnished-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "week.db"
    asyncio.run(_furnish(file))
    return file


async def _furnish(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    pack = read_pack(PACK.name, PACK.read_bytes())
    teams, places = range(1, TEAMS + 1), range(1, TEAMS * SIZE + 1)
    try:
        await upgrade(database)
        async with database.begin() as session:
            await import_pack(session, pack, START)
            await add_all(session, tables.Unit, [{"id": 1, "name": "U"}])
            private = {"kind": ChatKind.PRIVATE, "title": "", "trouble": ""}
            chats = [
                {
                    "id": n,
                    "telegram_id": group(n - 1),
                    "kind": ChatKind.SUPERGROUP,
                    "title": f"T{n - 1}",
                    "trouble": "",
                }
                for n in teams
            ]
            chats += [{"id": 100 + n, "telegram_id": user(n - 1), **private} for n in teams]
            chats.append({"id": 99, "telegram_id": OWNER, **private})
            await add_all(session, tables.Chat, chats)
            home = {"unit_id": 1, "topic_id": 0, "timezone": "Asia/Shanghai", "locale": "zh"}
            await add_all(
                session,
                tables.Team,
                [{"id": n, "name": f"T{n - 1}", "chat_id": n, **home} for n in teams],
            )
            people = [{"id": n, "telegram_id": user(n - 1), "name": f"P{n}"} for n in places]
            people.append({"id": 999, "telegram_id": OWNER, "name": "O"})
            await add_all(session, tables.Person, people)
            seat = {"tags": [], "joined_at": START - 30 * DAY}
            await add_all(
                session,
                tables.Member,
                [
                    {"id": n, "team_id": (n - 1) % TEAMS + 1, "person_id": n, **seat}
                    for n in places
                ],
            )
            leads = [
                {"person_id": n, "role": Role.LEADER, "team_id": n, "at": START} for n in teams
            ]
            await add_all(session, tables.Grant, leads)
            await add_all(
                session, tables.Grant, [{"person_id": 999, "role": Role.OWNER, "at": START}]
            )
            plan = {"packs": [pack.slug], "at": wall(7, 50), "closes": wall(9, 0)}
            plan |= {"days": "daily", "next_at": START + DUE}
            await add_all(session, tables.Plan, [{"id": n, "team_id": n, **plan} for n in teams])
            for n in (*teams, 99):  # what `greeted` says
                key = outbox.said_key(n, GREETING)
                await outbox.adopt(session, key, n, GREETING, START - DAY)
    finally:
        await database.close()
