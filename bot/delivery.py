"""The postman: carries the outbox to Telegram, waits, retries, gives up loudly.

It alone makes calls that post. A message is marked as on its way, and that is committed, before
its first byte leaves; what became of it is written down after. Edits may be repeated, so they
are simply made again when their fate is not known.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from structlog.contextvars import bind_contextvars

from bot import metrics
from bot.clock import Clock
from bot.freight import Busy, Freight, Load
from bot.line import Failure, Line, Lost, NotSent, Refused
from bot.pacing import Pacing, Shares
from bot.redaction import wordless
from handlers.words import deliveries as words
from handlers.words.message import bare, plainly
from handlers.words.voice import LOCALES, Voice
from schedules import pictures
from storage import carriage, chats, dispatches, doubts, outbox, supergroups
from storage.database import Database, Session, Unavailable
from storage.kinds import Delivery
from storage.tables import Chat, Outgoing

log = logging.getLogger(__name__)

IN_FLIGHT = 16
BREATH = 0.1  # seconds: while calls are on their way, we look only so often what to carry next
SWEEP = timedelta(seconds=1)  # between looks at what is too late, in doubt or nobody's
STUMBLE = 1.0  # seconds until the database is asked again to write down what became of a call
BUSY = timedelta(seconds=2)  # until a call asks anew whether another has uploaded its file
GRACE = 0.5  # seconds more than Telegram asks us to wait
MAX_BACK_OFF = 60
TRIES_TO_SAY = 3
Spawn = Callable[[Coroutine[Any, Any, None]], None]

SAME = ("message is not modified",)
VANISHED = (
    "message to edit not found",
    "message to delete not found",
    "message can't be edited",
    "message_id_invalid",
)
TOPIC_CLOSED = ("topic_closed", "topic_deleted", "message thread not found")
CLOSED = (
    *TOPIC_CLOSED,
    "chat not found",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "group chat was deactivated",
    "bot is not a member",
    "user is deactivated",
    "peer_id_invalid",
)
UNREADABLE = "can't parse entities"
PINS = {"pinChatMessage", "unpinChatMessage"}  # may be refused where messages are taken
DELETES = {"deleteMessage", "deleteMessages"}  # the same, of what is too old


def closed(refusal: Refused) -> bool:
    """Whether a refusal means that the chat takes nothing from us until something changes."""
    text = refusal.description.lower()
    return refusal.code == 403 or (refusal.code == 400 and any(part in text for part in CLOSED))


def of_topic(refusal: Refused) -> bool:
    """Whether it is one topic that takes nothing, while the rest of its chat goes on."""
    text = refusal.description.lower()
    return refusal.code == 400 and any(part in text for part in TOPIC_CLOSED)


class Postman:
    """Carries what is owed, and says what is answered."""

    def __init__(
        self,
        database: Database,
        line: Line,
        pacing: Pacing,
        clock: Clock,
        spawn: Spawn,
        *,
        probing: bool = False,
        bot_id: int = 0,
    ) -> None:
        """With `probing`, what became of a lost message is for the probe to find out."""
        self._database = database
        self._freight = Freight(database, bot_id)
        self._shares = Shares()
        self._probing = probing
        self._line = line
        self._pacing = pacing
        self._clock = clock
        self._spawn = spawn
        self._flying: set[int] = set()
        self._landed: list[Outgoing] = []  # edits that were made, and are not written down yet
        self._swept = datetime.min.replace(tzinfo=UTC)
        self._bell = asyncio.Event()
        self.trouble = ""

    def ring(self) -> None:
        """There may be something to carry."""
        self._bell.set()

    async def run(self) -> None:
        """Carry for as long as the program runs. Only one may carry at a time."""
        while True:
            if self._flying:
                await asyncio.sleep(BREATH)
            self._bell.clear()
            # The crew does it: were it cut off here, calls would be claimed that nobody makes.
            carried = asyncio.Event()
            self._spawn(self._look(carried))
            await carried.wait()
            await self._bell.wait()

    async def _look(self, carried: asyncio.Event) -> None:
        try:
            await self._carry()
        except Unavailable as fault:
            log.warning("the post waits: %s", fault)
        except Exception:
            log.exception("the outbox cannot be read")
        finally:
            carried.set()

    async def _carry(self) -> None:
        """Take as many calls as may fly, and let them fly."""
        room = IN_FLIGHT - len(self._flying)
        if room <= 0:
            return
        again: dict[int, str] = {}
        async with self._database.begin() as session:
            now = self._clock()
            if sweeping := abs(now - self._swept) >= SWEEP:
                await self._sweep(session, now)
            barred = await chats.ours(session, self._pacing.closed())
            shares = self._shares.deal(room)
            taken = await carriage.claim(session, now, room, barred, shares)
            for outgoing, chat in taken:
                if outgoing.resent:
                    voice = Voice(await chats.locale(session, chat) or LOCALES[0])
                    again[outgoing.id] = words.again(voice)
        if sweeping:
            self._swept = now
        for outgoing, chat in taken:
            self._flying.add(outgoing.id)
            self._spawn(self._fly(outgoing, chat, again.get(outgoing.id, "")))

    async def _sweep(self, session: Session, now: datetime) -> None:
        """Let go of what is too late, and see to what nobody carries or is in doubt."""
        if orphans := await carriage.orphans(session, self._flying):
            log.warning("%d messages were on their way, and nobody carries them", orphans)
        await carriage.expire(session, now)
        if not self._probing:
            await doubts.settle(session, now)

    async def _fly(self, outgoing: Outgoing, chat: Chat, mark: str) -> None:
        bind_contextvars(chat=chat.telegram_id, call=outgoing.key)  # of this task alone
        done = [outgoing]
        try:
            outcome = await self._call(outgoing, chat, mark)
            write = partial(self._write, outgoing, chat, outcome)
            if outgoing.repeatable and not isinstance(outcome, Failure):
                done = await self._gathered(outgoing)
                write = partial(self._made, done)
            while True:
                if await self._written(outgoing, write):
                    break
                await asyncio.sleep(STUMBLE)
        except Exception:
            log.exception("call %s (%s) is not settled", outgoing.id, outgoing.key)
        finally:
            self._flying -= {one.id for one in done}
            self.ring()

    async def _gathered(self, outgoing: Outgoing) -> list[Outgoing]:
        """Edits that were made at about the same time, for one of them to write down.

        Each alone would cost a commit. That it was made may be forgotten: it would be repeated.
        """
        self._landed.append(outgoing)
        if len(self._landed) > 1:
            return []
        await asyncio.sleep(BREATH)
        gathered, self._landed = self._landed, []
        return gathered

    async def _call(self, outgoing: Outgoing, chat: Chat, mark: str) -> Any:
        """Make the call; its result, or the Failure. `mark`: what says that it is a second one."""

        async def post(load: Load) -> Any:
            params = {"chat_id": chat.telegram_id, **load.params}
            for name in ("text", "caption"):
                if mark and name in params:
                    params[name] = mark + params[name]
            if outgoing.topic_id and not outgoing.repeatable:
                params["message_thread_id"] = outgoing.topic_id
            async with self._pacing.turn(chat.telegram_id, outgoing.priority):
                if load.parts:
                    return await self._line.upload(outgoing.method, params, load.parts)
                return await self._line.call(load.method or outgoing.method, params)

        try:
            return await self._freight.carry(outgoing.params, post)
        except Unavailable as fault:
            return NotSent(str(fault))
        except Failure as failure:
            return failure

    async def _written(self, outgoing: Outgoing, write: Callable[[], Awaitable[None]]) -> bool:
        """Write down what became of a call; False while the database takes nothing."""
        try:
            await write()
        except Unavailable as fault:
            log.warning("what became of call %s is not written down yet: %s", outgoing.id, fault)
            return False
        return True

    async def _made(self, edits: Sequence[Outgoing]) -> None:
        if edits:
            self.trouble = ""
            async with self._database.begin() as session:
                for one in edits:
                    await self._settled(session, one, Delivery.SENT)

    async def _write(self, outgoing: Outgoing, chat: Chat, outcome: Any) -> None:
        if isinstance(outcome, Failure):
            log.info("%s did not get through: %s", outgoing.method, outcome)
        match outcome:
            case Refused():
                await self._refused(outgoing, chat, outcome)
            case Busy():
                await self._wait(outgoing, str(outcome), BUSY)
            case Lost() if not outgoing.repeatable:
                await self._settle(outgoing, Delivery.UNKNOWN, error=str(outcome))
            case Failure():
                await self._wait(outgoing, str(outcome), self._back_off(outgoing))
            case _:
                self.trouble = ""
                await self._arrived(outgoing, outcome)

    async def _arrived(self, outgoing: Outgoing, result: Any) -> None:
        further = result[1:] if isinstance(result, list) else []
        async with self._database.begin() as session:
            found = message_id(result)
            await self._settled(session, outgoing, Delivery.SENT, message_id=found)
            ids = [int(one["message_id"]) for one in further]
            await dispatches.arrived_together(session, outgoing.id, ids)

    async def _refused(self, outgoing: Outgoing, chat: Chat, refusal: Refused) -> None:
        text = refusal.description.lower()
        if refusal.migrate_to:
            async with self._database.begin() as session:
                await supergroups.migrate(
                    session, chat.telegram_id, refusal.migrate_to, self._clock()
                )
            await self._wait(outgoing, str(refusal), timedelta())
        elif refusal.code == 429:
            self._pacing.shut(chat.telegram_id, refusal.retry_after + GRACE)
            await self._wait(outgoing, str(refusal), timedelta())
        elif refusal.code in {401, 404}:
            self.trouble = "Telegram does not know the token: check ZAOHUI_TOKEN"
            await self._wait(outgoing, str(refusal), timedelta(seconds=MAX_BACK_OFF))
        elif outgoing.repeatable and any(part in text for part in SAME):
            await self._settle(outgoing, Delivery.SENT)
        elif outgoing.repeatable and any(part in text for part in VANISHED):
            await self._settle(outgoing, Delivery.SENT, error=str(refusal))
        elif outgoing.method in PINS or (outgoing.method in DELETES and refusal.code == 400):
            await self._settle(outgoing, Delivery.FAILED, error=str(refusal))
        elif closed(refusal):
            await self._hold(outgoing, chat, refusal)
        elif await self._without_file(outgoing, refusal):
            pass
        elif UNREADABLE in text and "parse_mode" in outgoing.params:
            log.error("our HTML was refused (%s): %s", outgoing.key, wordless(refusal))
            async with self._database.begin() as session:
                await carriage.rewrite(session, outgoing.id, bare(outgoing.params), self._clock())
        else:
            log.error("%s was refused: %s", outgoing.key, refusal)
            await self._settle(outgoing, Delivery.FAILED, error=str(refusal))

    async def _without_file(self, outgoing: Outgoing, refusal: Refused) -> bool:
        """Whether it was a card's picture or file that was refused: the words go without it."""
        if refusal.code not in {400, 413} or UNREADABLE in refusal.description.lower():
            return False
        async with self._database.begin() as session:
            return await pictures.refused(session, outgoing, refusal.description, self._clock())

    async def _hold(self, outgoing: Outgoing, chat: Chat, refusal: Refused) -> None:
        now, said = self._clock(), refusal.description
        topic = outgoing.topic_id if of_topic(refusal) else None
        async with self._database.begin() as session:
            fresh = await chats.hold(session, chat.id, said, now, topic)
            await self._settled(session, outgoing, Delivery.HELD, error=said)
        if fresh:
            where = "all of it" if topic is None else f"topic {topic}"
            log.warning("chat %s takes no messages (%s): %s", chat.telegram_id, where, said)

    async def _wait(self, outgoing: Outgoing, error: str, pause: timedelta) -> None:
        async with self._database.begin() as session:
            await carriage.wait(session, outgoing.id, self._clock() + pause, error)

    async def _settle(self, outgoing: Outgoing, state: Delivery, **more: Any) -> None:
        async with self._database.begin() as session:
            await self._settled(session, outgoing, state, **more)

    async def _settled(
        self, session: Session, outgoing: Outgoing, state: Delivery, **more: Any
    ) -> None:
        """`more`: the message_id that it has, the error that it met."""
        now, tried = self._clock(), outgoing.tried_at
        await carriage.settled(session, outgoing.id, state, now, tried_at=tried, **more)
        failed = state is Delivery.FAILED
        concerned = outbox.watchers(outgoing.key)
        concerned += outbox.remains(outgoing.key) if failed else []
        await outbox.touch(session, concerned, now)

    @staticmethod
    def _back_off(outgoing: Outgoing) -> timedelta:
        """Longer each time, and not all at once when Telegram is back."""
        return timedelta(seconds=min(2**outgoing.attempts, MAX_BACK_OFF) * random.uniform(0.5, 1))

    async def say(self, chat_id: int, method: str, params: dict[str, Any]) -> Any:
        """Make one call at once, before all pushes: an answer to a person. Its result, or None.

        Nothing is repeated whose fate is not known: a person who misses an answer asks again.
        """
        for attempt in range(TRIES_TO_SAY):
            try:
                async with self._pacing.turn(chat_id, outbox.URGENT):
                    return await self._line.call(method, {"chat_id": chat_id, **params})
            except NotSent:
                await asyncio.sleep(2**attempt)
            except Refused as refusal:
                if refusal.code == 429:
                    self._pacing.shut(chat_id, refusal.retry_after + GRACE)
                if refusal.code == 429 and refusal.retry_after <= MAX_BACK_OFF:
                    await asyncio.sleep(refusal.retry_after + GRACE)
                elif UNREADABLE in refusal.description.lower() and "parse_mode" in params:
                    log.error("our HTML was refused: %s", wordless(refusal))
                    params = bare(params)
                elif (plain := plainly((method, params))) and not closed(refusal):
                    log.error("a picture or file was refused: %s", refusal)
                    method, params = plain
                else:
                    await self._could_not_say(chat_id, method, params, refusal)
                    return None
            except Lost as fault:
                log.warning("an answer may not have arrived (%s: %s)", method, fault)
                return None
        return None

    async def toast(self, query_id: str, text: str, *, alert: bool = False, url: str = "") -> None:
        """Answer a tap. That it comes too late to be seen harms nothing: the tap counts."""
        params: dict[str, Any] = {"callback_query_id": query_id}
        if text:
            params |= {"text": text, "show_alert": alert}
        if url:
            params["url"] = url
        try:
            await self._line.call("answerCallbackQuery", params)
            metrics.answered(query_id)
        except (Refused, NotSent, Lost) as fault:
            log.info("a toast was not shown: %s", fault)

    async def react(self, chat_id: int, message_id: int, emoji: str) -> None:
        """Put an emoji on somebody's message."""
        reaction = [{"type": "emoji", "emoji": emoji}]
        await self.say(
            chat_id, "setMessageReaction", {"message_id": message_id, "reaction": reaction}
        )

    async def _could_not_say(
        self, chat_id: int, method: str, params: Mapping[str, Any], refusal: Refused
    ) -> None:
        text = refusal.description.lower()
        if any(part in text for part in SAME):
            return
        log.warning("%s was refused: %s", method, refusal)
        topic = int(params.get("message_thread_id", 0)) if of_topic(refusal) else None
        # An edit or a reaction names its message, not the topic that this stands in.
        if not closed(refusal) or (topic is not None and "message_id" in params):
            return
        async with self._database.begin() as session:
            chat = await chats.by_telegram(session, chat_id)
            if chat is not None:
                await chats.hold(session, chat.id, refusal.description, self._clock(), topic)


def message_id(result: Any) -> int | None:
    """The id of the message that a call posted, or the first of several; None if none."""
    if isinstance(result, list) and result:
        result = result[0]
    return int(result["message_id"]) if isinstance(result, dict) else None
