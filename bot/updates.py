"""The door: an update becomes a request, one transaction later a reply goes out.

This and `messages` are the files that look like python-telegram-bot. Updates that wait are handled
together in one transaction; where one fails it is put off, and the others are handled without it.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from structlog.contextvars import bound_contextvars
from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Message,
    Update,
    User,
)

from bot import messages, metrics
from bot.clock import Clock
from bot.delivery import Postman
from bot.places import GONE, footing, inside
from bot.redaction import clean
from bot.speech import Speech, Spoken
from handlers import taps
from handlers.requests import House, Reply, Request, Sender
from handlers.routes import Switchboard
from handlers.rules.calendar import Notices
from handlers.words import plain as words
from handlers.words.voice import Voice, spoken
from storage import chats, footings, inbox, people, supergroups
from storage.database import Database, Session, Unavailable, at_fault
from storage.kinds import ChatKind, Intake
from storage.tables import Incoming

log = logging.getLogger(__name__)

PATIENCE = 0.8  # seconds that a handler may take, as long as others wait; they need a few ms
TOGETHER = 100  # updates in one transaction


class Door:
    """Handles what intake has kept."""

    def __init__(
        self,
        database: Database,
        switchboard: Switchboard,
        postman: Postman,
        house: House,
        clock: Clock,
        speech: Speech,
    ) -> None:
        self._database = database
        self._switchboard = switchboard
        self._postman = postman
        self._house = house
        self._clock = clock
        self._speech = speech
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """There may be something to handle."""
        self._bell.set()

    async def run(self) -> None:
        """Handle for as long as the program runs."""
        while True:
            self._bell.clear()
            try:
                while await self._work() == TOGETHER:
                    pass
            except Unavailable as fault:
                log.warning("updates wait: %s", fault)
            except Exception:
                log.exception("the inbox cannot be read")
            await self._bell.wait()  # somebody rings for whatever comes while we are at it

    async def _work(self) -> int:
        """Handle what waits: together, or once one failed each by itself; how many were tried."""
        tried, kept = await self._handle(apart=False)
        if not kept:
            await self._handle(apart=True)
        return tried

    async def _handle(self, *, apart: bool) -> tuple[int, bool]:
        """Take updates and handle them in one transaction: how many, and whether it was kept.

        The first that fails undoes all of them, and waits from then on. `apart`: it undoes only
        itself, at the price of a savepoint for each. That the database takes nothing is no
        update's fault.
        """
        rows: Sequence[Incoming] = []
        replies: list[tuple[int, Spoken]] = []
        done: list[int] = []
        held: set[int] = set()  # lanes in which one was put off: what follows it has to wait
        row: Incoming | None = None
        try:
            async with self._database.begin() as session:
                rows = await inbox.take(session, self._clock(), TOGETHER)
                session.expunge_all()  # they are told of even if all of this is undone
                for row in rows:
                    if row.lane in held:
                        continue
                    try:
                        async with session.begin_nested() if apart else nullcontext():
                            said = await self._answer(session, row)
                    except Exception as fault:
                        if not apart or at_fault(fault):
                            raise
                        await self._put_off(session, row, fault)
                        held.add(row.lane)
                    else:
                        replies += [(row.lane, one) for one in said]
                        done.append(row.update_id)
                row = None
                await inbox.done(session, done)
        except Unavailable:
            raise
        except Exception as fault:
            if row is None:
                raise
            async with self._database.begin() as session:
                await self._put_off(session, row, fault)
            return len(rows), False
        if done:
            metrics.handled.inc(len(done))
            self._postman.ring()
        for lane, one in replies:
            self._speech.say(lane, one)
        return len(rows), True

    def learn(self, notices: Notices) -> None:
        """The national calendars are these now."""
        self._house = replace(self._house, notices=notices)

    async def _put_off(self, session: Session, row: Incoming, fault: Exception) -> None:
        metrics.failed.inc()
        log.error("update %s was not handled", row.update_id, exc_info=fault)
        if not row.lane:  # nobody's, since it names no chat: what is like it would wait behind it
            metrics.dead.inc()
            await inbox.set_aside(session, row.update_id, _reason(fault), self._clock())
            return
        state = await inbox.fail(session, row.update_id, _reason(fault), self._clock())
        if state is Intake.DEAD:
            metrics.dead.inc()
            log.error("update %s is set aside after %d tries", row.update_id, inbox.TRIES)

    # -- understanding -----------------------------------------------------------------------

    async def _answer(self, session: Session, row: Incoming) -> list[Spoken]:
        with bound_contextvars(update=row.update_id, lane=row.lane):
            return await self._read(session, row)

    async def _read(self, session: Session, row: Incoming) -> list[Spoken]:
        try:
            update = Update.de_json(row.raw, None)
        except Exception as fault:
            # It would read no better the next time, and hold its lane back until then.
            metrics.dead.inc()
            log.error("update %s cannot be read (%s)", row.update_id, type(fault).__name__)
            await inbox.set_aside(session, row.update_id, _reason(fault), self._clock())
            return []
        async with asyncio.timeout(PATIENCE):
            said = await self._understood(session, update)
            await session.flush()  # what cannot be written is this update's fault, not the next's
            return said

    async def _understood(self, session: Session, update: Update) -> list[Spoken]:
        if update.callback_query:
            return await self._pressed(session, update.callback_query)
        if update.my_chat_member:
            return await self._happened(session, update.my_chat_member)
        if update.chat_member:
            return await self._member_changed(session, update.chat_member)
        if update.message:
            return await self._heard(session, update.message)
        return []

    async def _pressed(self, session: Session, query: CallbackQuery) -> list[Spoken]:
        message, user = query.message, query.from_user
        if message is None or user.is_bot:
            return []
        topic = message.message_thread_id if isinstance(message, Message) else None
        in_topic = isinstance(message, Message) and message.is_topic_message
        request = await self._request(
            session,
            message.chat,
            Sender(user.id, user.full_name),
            topic_id=(topic or 0) if in_topic else 0,
            language=user.language_code,
            message_id=message.message_id,
            shown=(message.text or message.caption or "") if isinstance(message, Message) else "",
        )
        reply = await self._switchboard.press(request, taps.read(query.data or ""))
        if request.chat.telegram_id != message.chat.id:
            reply = replace(reply, edit=None)  # its group is a supergroup now: nobody can edit it
        reply = await self._reachable(request, reply, tapped=True)
        return [Spoken(reply, request, query.id)]

    async def _heard(self, session: Session, message: Message) -> list[Spoken]:
        if message.migrate_to_chat_id:
            new = message.migrate_to_chat_id
            await supergroups.migrate(session, message.chat.id, new, self._clock())
            return []
        user = message.from_user
        if user is None or message.chat.type == "channel":
            return []
        if message.new_chat_members or message.left_chat_member:
            gone = message.left_chat_member
            who = [gone] if gone else message.new_chat_members
            return await self._moved(
                session, message.chat, user, who, "left" if gone else "joined"
            )
        # That one is closed proves nothing: an administrator writes there still. Posts find out.
        if (message.forum_topic_reopened or message.forum_topic_created) and (
            chat := await chats.by_telegram(session, message.chat.id)
        ):
            await chats.reopen(session, chat, message.message_thread_id or 0)
        text = message.text or message.caption or ""
        words_ = text.split(maxsplit=1)
        command = words_[0] if text.startswith("/") and words_ else ""
        request = await self._request(
            session,
            message.chat,
            Sender(user.id, user.full_name),
            topic_id=(message.message_thread_id or 0) if message.is_topic_message else 0,
            language=user.language_code,
            message_id=message.message_id,
            text=text,
            html=messages.html(message),
            replied=messages.replied(message, self._house.bot_name),
            attached=messages.attached(message),
            contact=messages.contact(message),
            album=message.media_group_id or "",
            poll=messages.poll(message),
        )
        if message.sender_chat is None and user.is_bot:
            return []  # two bots that answer each other never end
        if message.sender_chat is not None:
            # Someone speaks as the group or as a channel: nobody whose rights could be known.
            if not command or self._foreign(command):
                return []
            return [Spoken(Reply(message=words.as_yourself(request.voice)), request)]
        if message.forward_origin is not None:
            command = ""  # another's words; only as material for an announcement
            if not request.private:
                return []
        if request.private and request.chat.trouble:
            await chats.release(session, request.chat)
        reply = await self._said(request, command, forwarded=message.forward_origin is not None)
        if reply is None:
            return []
        return [Spoken(await self._reachable(request, reply), request)]

    async def _said(self, request: Request, command: str, *, forwarded: bool) -> Reply | None:
        if request.album and not request.text:
            further = await self._switchboard.further(request)
            if further is not None:
                return further
        if command:
            if self._foreign(command):
                return None
            name = command[1:].partition("@")[0].lower()
            rest = request.text[len(command) :].strip()
            addressed = request.private or "@" in command
            return await self._switchboard.command(
                replace(request, text=rest), name, addressed=addressed
            )
        if not forwarded:
            text, addressed = self._addressed(request)
            found = await self._switchboard.phrase(replace(request, text=text), addressed)
            if found is not None:
                return found
            if addressed and not request.private:
                named = text != request.text.strip()
                return await self._switchboard.addressed(replace(request, text=text), named=named)
        return await self._switchboard.otherwise(request) if request.private else None

    async def _happened(self, session: Session, change: ChatMemberUpdated) -> list[Spoken]:
        was, now = change.old_chat_member.status, change.new_chat_member.status
        user = change.from_user
        if change.chat.type == "channel":
            return []
        request = await self._request(
            session,
            change.chat,
            Sender(user.id, user.full_name),
            language=user.language_code,
        )
        if now in GONE:
            await chats.hold(session, request.chat.id, now, request.now)
            name = "removed"
        else:
            await chats.returned(session, request.chat)
            name = "added" if was in GONE else "trusted"
        if request.private:
            return []
        if name != "removed":
            rights = footing(change.new_chat_member, reads_all=self._house.reads_all)
            await footings.stand(session, request.chat.id, request.now, **rights)
        reply = await self._switchboard.happening(request, name)
        return [Spoken(await self._reachable(request, reply), request)]

    async def _member_changed(self, session: Session, change: ChatMemberUpdated) -> list[Spoken]:
        """Somebody came or went: told where we are an administrator, whatever the group's size."""
        was, now = inside(change.old_chat_member), inside(change.new_chat_member)
        if was == now or change.chat.type == "channel":
            return []
        who = [change.new_chat_member.user]
        name = "joined" if now else "left"
        return await self._moved(session, change.chat, change.from_user, who, name)

    async def _moved(
        self, session: Session, place: Chat, by: User, who: Sequence[User], name: str
    ) -> list[Spoken]:
        others = [Sender(user.id, user.full_name) for user in who if not user.is_bot]
        if not others or place.type == "private":
            return []
        sender = Sender(by.id, by.full_name)
        request = await self._request(session, place, sender, language=by.language_code)
        request = replace(request, others=others)
        reply = await self._switchboard.happening(request, name)
        return [Spoken(await self._reachable(request, reply), request)]

    async def _request(
        self,
        session: Session,
        place: Any,
        sender: Sender,
        *,
        topic_id: int = 0,
        language: str | None = None,
        **more: Any,
    ) -> Request:
        kind = ChatKind(place.type)
        seat = await people.seat(session, place.id, topic_id, sender.id)
        title = place.title or ""
        if seat is None and (home := await chats.moved(session, place.id)):
            # What stood in a group that is a supergroup by now is tapped there still.
            more["message_id"] = 0  # of another message by now
            seat = await people.seat(session, home.telegram_id, topic_id, sender.id)
        elif seat is None or seat.chat.kind is not kind or (title and seat.chat.title != title):
            await chats.seen(session, place.id, kind, title)
            seat = await people.seat(session, place.id, topic_id, sender.id)
        assert seat is not None
        if seat.team is not None:
            locale = seat.team.locale
        elif seat.person is not None and seat.person.locale:
            locale = seat.person.locale
        else:
            locale = spoken(language, self._house.locale)
        return Request(
            session=session,
            now=self._clock(),
            house=self._house,
            voice=Voice(locale),
            sender=sender,
            chat=seat.chat,
            topic_id=topic_id,
            team=seat.team,
            person=seat.person,
            member=seat.member,
            held=seat.held,
            **more,
        )

    def _foreign(self, command: str) -> bool:
        """Whether a command names another bot."""
        _, at, name = command.partition("@")
        return bool(at) and name.lower() != self._house.bot_name.lower()

    def _addressed(self, request: Request) -> tuple[str, bool]:
        """What was said, without our name; and whether it was said to us."""
        name = f"@{self._house.bot_name}"
        place = request.text.lower().find(name.lower())
        if place >= 0:
            text = request.text[:place] + request.text[place + len(name) :]
            return text.strip(), True
        return request.text.strip(), request.private or bool(
            request.replied and request.replied.ours
        )

    async def _reachable(self, request: Request, reply: Reply, *, tapped: bool = False) -> Reply:
        """What is for the asker alone stays out of groups: without a private chat, a way there."""
        if reply.private is None or request.private or await request.private_chat():
            return reply
        link = request.house.link("hello")
        if tapped:
            return replace(reply, private=None, open=link)
        return replace(reply, private=None, message=words.open_private(request.voice, link))


def _reason(fault: BaseException) -> str:
    """What went wrong, for the record. The token is in no update, but let nobody rely on it."""
    return clean(f"{type(fault).__name__}: {fault}")
