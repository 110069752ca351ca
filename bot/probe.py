"""The probe: looks whether a message is there whose answer was lost.

The Bot API has no way to read a chat. But who puts the very same buttons under a message again is
told that it "is not modified" where that message is the one, and that there is none to edit where
it is not. So the ids that it could have are tried, one after another.

That alone would not do: a try may meet another message of ours, put its buttons there, and be cut
off before it took them away. So where they are, their last row is doubled for a moment: the answer
to an edit that changes something is the message itself, and its words say which one it is.
"""

import asyncio
import logging
from enum import Enum
from typing import Any

from bot.clock import Clock
from bot.line import Failure, Line, Refused
from bot.pacing import Pacing
from handlers.words.message import says
from storage import doubts, outbox
from storage.database import Database, Unavailable
from storage.doubts import Surroundings
from storage.tables import Chat, Outgoing

log = logging.getLogger(__name__)

WIDTH = 60  # ids after the last one that we know of
PAUSE = 0.2  # seconds between two tries, whatever the chat
LOOK = 5.0  # seconds between looks for something to look for
AT_ONCE = 20  # messages in one look
SAME = "message is not modified"
NOT_HERE = ("message to edit not found", "message can't be edited", "message_id_invalid")


class Told(Enum):
    """What a try says."""

    HERE = "here"
    NOT_HERE = "not here"
    NOWHERE = "nowhere"  # the chat gives no answer: no other id will do better
    LATER = "later"  # the try itself failed


class Probe:
    """Settles what is in doubt: found, or sent once more."""

    def __init__(self, database: Database, line: Line, pacing: Pacing, clock: Clock) -> None:
        self._database = database
        self._line = line
        self._pacing = pacing
        self._clock = clock
        self._next: dict[int, int] = {}  # where a search that was put off goes on

    async def run(self) -> None:
        """Look for as long as the program runs. Only one may look at a time."""
        while True:
            try:
                await self.look()
            except Unavailable as fault:
                log.warning("the probe waits: %s", fault)
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Settle all that has been in doubt for long enough."""
        async with self._database.read() as session:
            rows = await doubts.lost(session, self._clock(), AT_ONCE)
        self._next = {row.id: self._next[row.id] for row, _ in rows if row.id in self._next}
        for outgoing, chat in rows:
            await self._settle(outgoing, chat)

    async def _settle(self, outgoing: Outgoing, chat: Chat) -> None:
        told, place = Told.NOWHERE, 0
        # Without buttons of its own a message cannot be told from another.
        if "reply_markup" in outgoing.params:
            async with self._database.read() as session:
                around = await doubts.surroundings(session, outgoing, chat)
            if around is not None:
                told, place = await self._search(outgoing, chat, around)
        if told is Told.LATER:
            self._next[outgoing.id] = place
            return
        async with self._database.begin() as session:
            if told is Told.HERE:
                await doubts.found(session, outgoing, place, self._clock())
            else:
                await doubts.settle(session, self._clock(), [outgoing.id])

    async def _search(
        self, outgoing: Outgoing, chat: Chat, around: Surroundings
    ) -> tuple[Told, int]:
        """What the last try said, and at which id."""
        first = around.floor + 1
        for place in range(max(first, self._next.get(outgoing.id, 0)), first + WIDTH):
            if place in around.others:
                continue
            if chat.telegram_id in self._pacing.closed():
                return Told.LATER, place
            told = await self._try(outgoing, chat, place)
            if told is not Told.NOT_HERE:
                return told, place
            await asyncio.sleep(PAUSE)
        return Told.NOWHERE, 0

    async def _try(self, outgoing: Outgoing, chat: Chat, place: int) -> Told:
        where = {"chat_id": chat.telegram_id, "message_id": place}
        buttons = outgoing.params["reply_markup"]
        try:
            found = await self._edit(chat, {**where, "reply_markup": buttons})
            if found is None:
                found = await self._edit(chat, {**where, "reply_markup": _doubled(buttons)})
            if found is None:
                return Told.LATER
            if says(_words(found), outgoing.params):
                await self._edit(chat, {**where, "reply_markup": buttons})
                return Told.HERE
            log.error("the probe changed message %d while it looked for %s", place, outgoing.key)
            await self._edit(chat, where)
        except Refused as refusal:
            if refusal.code == 429:
                self._pacing.shut(chat.telegram_id, refusal.retry_after)
            return _said(refusal)
        except Failure as fault:
            log.info("the probe is put off: %s", fault)
            return Told.LATER
        return Told.NOT_HERE

    async def _edit(self, chat: Chat, params: dict[str, Any]) -> dict[str, Any] | None:
        """The message as it is now; None where nothing was to be changed."""
        try:
            async with self._pacing.turn(chat.telegram_id, outbox.EDITS):
                return dict(await self._line.call("editMessageReplyMarkup", params))
        except Refused as refusal:
            if SAME in refusal.description.lower():
                return None
            raise


def _words(message: dict[str, Any]) -> str:
    asked = message.get("poll") or {}
    return str(message.get("text") or message.get("caption") or asked.get("question") or "")


def _doubled(buttons: dict[str, Any]) -> dict[str, Any]:
    rows = buttons["inline_keyboard"]
    return {**buttons, "inline_keyboard": [*rows, rows[-1]]}


def _said(refusal: Refused) -> Told:
    text = refusal.description.lower()
    if any(part in text for part in NOT_HERE):
        return Told.NOT_HERE
    return Told.LATER if refusal.code in {401, 404, 429} else Told.NOWHERE
