import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from sqlmodel import SQLModel, create_engine

from handlers.requests import House, Request, Sender
from handlers.words.voice import Voice
from storage import people
from storage.database import Database, Session
from storage.kinds import ChatKind, Role
from storage.tables import (
    Bite,
    Chat,
    Grant,
    Member,
    Morning,
    Pack,
    Person,
    Plan,
    Question,
    Team,
    Unit,
)
from tests.postgres import NoServer, Postgres, serving

settings.register_profile("zaohui", deadline=None)  # a busy machine is no failure
settings.load_profile("zaohui")

Row = TypeVar("Row", bound=SQLModel)
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 7, 50, tzinfo=ZONE).astimezone(UTC)
HOUSE = House(bot_name="zaohui_bot", timezone="Asia/Shanghai", locale="zh")

WANG, LI, ZHAO, ZHANG, SI, SUN, WU = 9001, 9002, 101, 111, 112, 102, 121
NAMES = {
    WANG: "王书记",  # secretary of the root: of everything
    LI: "李书记",  # secretary of the first branch: of teams one and two
    ZHAO: "赵班长",  # leads team one
    ZHANG: "张三",
    SI: "李四",
    SUN: "孙班长",  # leads team two
    WU: "王五",  # the one member of team three, in the second branch
}
ONE, TWO, THREE = -1001, -1002, -1003


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> Hands:
    return Hands(MONDAY)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server. A machine without one skips what needs it, unless CI is set there."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serving())
        except NoServer as fault:
            if os.environ.get("CI"):
                pytest.fail(str(fault))
            pytest.skip(str(fault))
        yield server


on_sqlite = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("address", ["postgresql"], indirect=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new database is, with our tables in it."""
    if request.param == "sqlite":
        file = tmp_path / "test.db"
        file.write_bytes(_empty())
        yield f"sqlite:///{file}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database() as address:
        yield address


@cache
def _empty() -> bytes:
    """A SQLite file with our tables; made once, since making it takes longer than many a test."""
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        SQLModel.metadata.create_all(engine)
        engine.dispose()
        return Path(folder, "empty.db").read_bytes()


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    database = Database(address)
    yield database
    await database.close()


class Office:
    """A small organisation in a database, and a way to speak in it.

    林业局 (王书记) > 第一党支部 (李书记) > 一班 (赵班长, 张三, 李四), 二班 (孙班长)
                    > 第二党支部 > 三班 (王五)
    Everybody has opened a private chat but 李四. Team one has a plan, 07:50 to 09:00.
    """

    def __init__(self, database: Database, clock: Hands) -> None:
        self.database, self.clock = database, clock
        self.teams: dict[int, Team] = {}
        self.people: dict[int, Person] = {}
        self.members: dict[int, Member] = {}

    async def found(self) -> None:
        now = self.clock() - timedelta(days=30)
        async with self.database.begin() as session:
            root = await self._add(session, Unit(name="林业局"))
            first = await self._add(session, Unit(name="第一党支部", parent_id=root.id))
            second = await self._add(session, Unit(name="第二党支部", parent_id=root.id))
            for user, name in NAMES.items():
                person = await self._add(session, Person(telegram_id=user, name=name))
                self.people[user] = person
                if user != SI:
                    session.add(Chat(telegram_id=user, kind=ChatKind.PRIVATE))
            for chat_id, name, unit, at_home in (
                (ONE, "一班", first, (ZHAO, ZHANG, SI)),
                (TWO, "二班", first, (SUN,)),
                (THREE, "三班", second, (WU,)),
            ):
                chat = await self._add(
                    session, Chat(telegram_id=chat_id, kind=ChatKind.SUPERGROUP, title=name)
                )
                team = await self._add(
                    session,
                    Team(
                        unit_id=unit.id,
                        name=name,
                        chat_id=chat.id,
                        timezone="Asia/Shanghai",
                        locale="zh",
                    ),
                )
                self.teams[chat_id] = team
                for user in at_home:
                    self.members[user] = await self._add(
                        session,
                        Member(team_id=team.id, person_id=self.people[user].id, joined_at=now),
                    )
            for user, role, unit_id, team_id in (
                (WANG, Role.SECRETARY, root.id, None),
                (LI, Role.SECRETARY, first.id, None),
                (ZHAO, Role.LEADER, None, self.teams[ONE].id),
                (SUN, Role.LEADER, None, self.teams[TWO].id),
            ):
                session.add(
                    Grant(
                        person_id=self.people[user].id,
                        role=role,
                        unit_id=unit_id,
                        team_id=team_id,
                        at=now,
                    )
                )
            session.add(
                Plan(
                    team_id=self.teams[ONE].id,
                    packs=["safety"],
                    at=time(7, 50),
                    closes=time(9, 0),
                    next_at=self.clock(),
                )
            )
            pack = await self._add(
                session, Pack(slug="safety", title="安全", language="zh", version=1)
            )
            for position, title in enumerate(("动火作业", "受限空间"), start=1):
                bite = await self._add(
                    session,
                    Bite(
                        pack_id=pack.id,
                        slug=f"bite-{position}",
                        position=position,
                        title=title,
                        body="先**检查**，后作业。",
                        remember="先查后干",
                        pledges=["今天检查灭火器", "今天清理现场"],
                    ),
                )
                session.add(
                    Question(
                        bite_id=bite.id,
                        position=1,
                        ask="先做什么？",
                        answers=["检查", "作业", "吃饭"],
                        right=1,
                        why="先检查，后作业。",
                    )
                )

    async def morning(self, session: Session, chat_id: int = ONE) -> Morning:
        """Today's morning of a team, as the clock's job would have made it."""
        day = self.clock().astimezone(ZONE).date()
        due = datetime.combine(day, time(7, 50), ZONE).astimezone(UTC)
        morning = Morning(
            team_id=self.teams[chat_id].id,
            day=day,
            bite_id=1,
            due_at=due,
            closes_at=due + timedelta(minutes=70),
        )
        return await self._add(session, morning)

    async def ask(
        self, session: Session, user: int, text: str = "", chat: int | None = None, **more: object
    ) -> Request:
        """A request of `user`, said in a group or (None) in private."""
        topic = more.get("topic_id", 0)
        assert isinstance(topic, int)
        seat = await people.seat(session, chat or user, topic, user)
        assert seat is not None
        return Request(
            session=session,
            now=self.clock(),
            house=HOUSE,
            voice=Voice("zh"),
            sender=Sender(user, NAMES.get(user, "路人")),
            chat=seat.chat,
            team=seat.team,
            person=seat.person,
            member=seat.member,
            text=text,
            html=text,
            **more,  # type: ignore[arg-type]
        )

    @staticmethod
    async def _add(session: Session, row: Row) -> Row:
        session.add(row)
        await session.flush()
        return row


@pytest.fixture
async def office(database: Database, clock: Hands) -> Office:
    office = Office(database, clock)
    await office.found()
    return office
