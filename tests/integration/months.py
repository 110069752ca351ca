"""Four weeks of three teams, played from a seed; what happens is also tallied by hand."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from handlers.requests import Press, Reply
from handlers.routes import ROUTES
from handlers.taps import Tap
from handlers.taps.announcements import PickUnitTap, ReceiptTap, SendTap
from handlers.taps.cards import AnswerTap, LeaveTap, StudiedTap
from storage import commitments, verifications
from storage.commitments import Evidence
from storage.kinds import Media
from storage.tables import Announcement
from tests.conftest import LI, NAMES, ONE, SI, SUN, THREE, TWO, WANG, WU, ZHANG, ZHAO, Office
from tests.integration.announcing import write
from tests.integration.promises import local

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 29)
ENDS = local("2026-11-30T20:00")
CREWS = {ONE: (ZHAO, ZHANG, SI), TWO: (SUN,), THREE: (WU,)}
DAY = timedelta(days=1)
UNITS = {LI: (2, (ONE, TWO)), WANG: (1, (ONE, TWO, THREE))}  # whose announcements go where
PRESSES = {route.tap: route.handle for route in ROUTES if isinstance(route, Press)}
LIVES = (
    "kept",
    "late",
    "verified",
    "late_verified",
    "returned",
    "given_back",
    "open",
    "withdrawn",
)

Step = Callable[[], Awaitable[None]]


@dataclass
class Sums:
    """What the script counted of one team."""

    attended: Counter[tuple[date, str]] = field(default_factory=Counter)  # by day and how
    people: Counter[tuple[str, str]] = field(default_factory=Counter)  # by name and how
    answers: Counter[date] = field(default_factory=Counter)
    right: Counter[date] = field(default_factory=Counter)
    made: Counter[date] = field(default_factory=Counter)  # by day
    due: Counter[tuple[date, str]] = field(default_factory=Counter)  # by day and how it ended
    outcomes: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    verified: int = 0
    kept_verified: Counter[date] = field(default_factory=Counter)  # by the day it was due
    shown: int = 0
    notices: list[tuple[int, int]] = field(default_factory=list)  # expected and confirmed
    confirmed: Counter[str] = field(default_factory=Counter)  # by name


class Month:
    """Plays the weeks: everything at its moment, in order."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.dice = office, Random(seed)
        self.sums = {chat: Sums() for chat in CREWS}
        self.deeds = {user: Counter[str]() for crew in CREWS.values() for user in crew}
        self.away: set[tuple[int, date]] = set()
        self._steps: list[tuple[datetime, int, Step]] = []
        self._notices = 0

    async def play(self) -> None:
        """All of it."""
        for number in range((LAST - FIRST).days + 1):
            day = FIRST + number * DAY
            if day.weekday() < 5:
                for chat, crew in CREWS.items():
                    self._morning(day, chat, crew)
                if day.weekday() in {1, 3}:
                    self._announce(day, LI if day.weekday() == 1 else WANG)
        while self._steps:
            self._steps.sort(key=lambda step: step[:2])
            at, _, step = self._steps.pop(0)
            self.office.clock.now = at
            await step()
        self.office.clock.now = ENDS

    def _at(self, day: date, hour: int, minute: int, step: Step) -> None:
        moment = local(f"{day}T{time(hour, minute)}")
        assert moment < ENDS
        self._steps.append((moment, len(self._steps), step))

    # -- mornings ------------------------------------------------------------------------

    def _morning(self, day: date, chat: int, crew: tuple[int, ...]) -> None:
        found: dict[str, int] = {}

        async def begin() -> None:
            async with self.office.database.begin() as session:
                found["id"] = (await self.office.morning(session, chat)).id

        self._at(day, 7, 50, begin)
        for user in crew:
            how = self.dice.choices(
                ("on_time", "late", "made_up", "excused", "missed"), (60, 12, 8, 12, 8)
            )[0]
            self._attend(day, chat, user, how, found)
            self._promise(day, chat, user)

    def _attend(self, day: date, chat: int, user: int, how: str, found: dict[str, int]) -> None:
        sums, name = self.sums[chat], NAMES[user]
        sums.attended[day, how] += 1
        sums.people[name, how] += 1

        async def study() -> None:
            reply = await self._press(user, StudiedTap(found["id"]), chat)
            assert reply.toast

        async def excuse() -> None:
            await self._press(user, LeaveTap(found["id"]), chat)

        if how == "on_time":
            self._at(day, 7, 51 + self.dice.randrange(8), study)
            self.deeds[user]["checkin"] += 1
        elif how == "late":
            self._at(day, 10, self.dice.randrange(60), study)
            self.deeds[user]["late"] += 1
        elif how == "made_up":
            self._at(day + DAY, 7, self.dice.randrange(40), study)
            self.deeds[user]["late"] += 1
        elif how == "excused":
            self.away.add((user, day))
            self._at(day, 7, 52, excuse)
        if how in {"on_time", "late"} and self.dice.random() < 0.6:
            choice = self.dice.choice((1, 2, 3))
            sums.answers[day] += 1
            sums.right[day] += choice == 1
            self.deeds[user]["right"] += choice == 1

            async def answer() -> None:
                await self._press(user, AnswerTap(found["id"], 1, choice), chat)
                await self._press(user, AnswerTap(found["id"], 1, 1), chat)  # counts for nothing

            self._at(day, 11, 5, answer)

    # -- promises ------------------------------------------------------------------------

    def _promise(self, day: date, chat: int, user: int) -> None:
        if self.dice.random() > 0.4:
            return
        life, moved = self.dice.choice(LIVES), self.dice.random() < 0.3
        due = day + self.dice.randrange(1, 5) * DAY
        last = due + DAY if moved else due
        if last + DAY > ENDS.date():
            life = "open"
        ids: dict[str, int] = {}
        self.sums[chat].made[day] += 1

        async def make() -> None:
            async with self.office.database.begin() as session:
                member = self.office.members[user]
                row = await commitments.make(
                    session, member, f"=1+1 第{day}项", local(f"{due}T18:00"), self._now()
                )
                ids["id"] = row.id

        async def move() -> None:
            async with self.office.database.begin() as session:
                what = await commitments.one(session, ids["id"])
                assert what
                assert await commitments.move(
                    session, what.commitment, what.owner.id, local(f"{last}T18:00"), self._now()
                )

        self._at(day, 12, 30, make)
        if moved:
            self._at(day, 13, 0, move)
            self.sums[chat].moved += 1
        self._live(chat, user, life, last, ids)

    def _live(self, chat: int, user: int, life: str, due: date, ids: dict[str, int]) -> None:
        sums, judge = self.sums[chat], WANG if chat == THREE else LI

        async def claim() -> None:
            async with self.office.database.begin() as session:
                what = await commitments.one(session, ids["id"])
                assert what
                shown = Evidence("做完了", Media.PHOTO, "file-1")
                assert await commitments.claim(
                    session, what.commitment, what.owner.id, self._now(), shown
                )

        async def withdraw() -> None:
            async with self.office.database.begin() as session:
                what = await commitments.one(session, ids["id"])
                assert what
                assert await commitments.withdraw(
                    session, what.commitment, what.owner.id, self._now()
                )

        def judged(reason: str | None) -> Step:
            async def look() -> None:
                async with self.office.database.begin() as session:
                    found = await verifications.claim(session, ids["id"])
                    assert found
                    by = self.office.people[judge].id
                    assert await verifications.judge(
                        session, found, by, self._now(), reason=reason
                    )

            return look

        late = life.startswith("late")
        back = life in {"returned", "given_back"}
        after = due + DAY if late else due
        if back:
            self._at(due, 9, 0, claim)
            self._at(due, 9, 30, judged("照片看不清"))
        if life in {"kept", "late", "verified", "late_verified", "returned"}:
            self._at(after, 15, 0, claim)
        if life in {"verified", "late_verified", "returned"}:
            self._at(after, 16, 0, judged(None))
            sums.verified += 1
            self.deeds[user]["verified"] += 1
        if life == "withdrawn":
            self._at(due, 8, 30, withdraw)
        sums.shown += life not in {"open", "withdrawn"}
        kept, overdue = not late, local(f"{due}T18:00") < ENDS
        ended = {
            "withdrawn": "withdrawn",
            "open": "overdue" if overdue else "open",
            "given_back": "overdue",
        }.get(life, "kept" if kept else "kept_late")
        if ended in {"kept", "kept_late"}:
            self.deeds[user][ended] += 1
        sums.outcomes[ended] += 1
        sums.due[due, ended] += 1
        sums.kept_verified[due] += life in {"verified", "returned"}

    # -- announcements -------------------------------------------------------------------

    def _announce(self, day: date, author: int) -> None:
        self._notices += 1
        number, (unit, chats) = self._notices, UNITS[author]

        async def send() -> None:
            await write(self.office, author, f"=通知 {number}")
            await self._press(author, PickUnitTap(number, unit))
            await self._press(author, SendTap(number))
            async with self.office.database.read() as session:
                assert (await session.get_one(Announcement, number)).sent_at

        self._at(day, 14, 0, send)
        for chat in chats:
            there = [user for user in CREWS[chat] if (user, day) not in self.away]
            given = [user for user in there if self.dice.random() < 0.7]
            self.sums[chat].notices.append((len(there), len(given)))
            for user in given:
                self.sums[chat].confirmed[NAMES[user]] += 1
                self._at(day, 14, 10, self._receipt(user, number, chat))

    def _receipt(self, user: int, number: int, chat: int) -> Step:
        async def confirm() -> None:
            assert (await self._press(user, ReceiptTap(number), chat)).toast

        return confirm

    def _now(self) -> datetime:
        return self.office.clock()

    async def _press(self, user: int, tap: Tap, chat: int | None = None) -> Reply:
        async with self.office.database.begin() as session:
            request = await self.office.ask(session, user, chat=chat, message_id=500)
            reply: Reply = await PRESSES[type(tap)](request, tap)
            return reply
