"""The lookout: remembers until when Telegram could reach us, so that a gap is noticed.

It is written down at most once a minute, and outlives the program.
"""

from datetime import UTC, datetime, timedelta

from storage import watches
from storage.database import Database

NOTE_EVERY = timedelta(minutes=1)


class Lookout:
    """Keeps the watches of one program."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watch: int | None = None
        self._seen = self._noted = datetime.min.replace(tzinfo=UTC)

    def leave(self) -> None:
        """Somebody else may have kept watch since: look it up the next time."""
        self._watch = None

    async def reached(self, asked: datetime, now: datetime, *, broken: bool) -> None:
        """Telegram answered what was asked at `asked`; `broken`: the time before, it did not.

        Only then is there a gap, if it was longer than a tap lives: a clock that somebody sets
        makes none.
        """
        if self._watch is None:
            broken = True
            async with self._database.read() as session:
                last = await watches.last(session)
            if last is not None:
                self._watch, self._seen, self._noted = last.id, last.seen_at, last.seen_at
        if self._watch is None or (broken and asked - self._seen > watches.TAP_LIFE):
            await self._anew(asked)
        self._seen = now
        if now - self._noted >= NOTE_EVERY:
            await self.note()

    async def note(self) -> None:
        """Write it down."""
        if self._watch is not None and self._seen != self._noted:
            async with self._database.begin() as session:
                await watches.go_on(session, self._watch, self._seen)
            self._noted = self._seen

    async def _anew(self, asked: datetime) -> None:
        await self.note()
        async with self._database.begin() as session:
            self._watch = (await watches.begin(session, asked)).id
        self._seen = self._noted = asked
