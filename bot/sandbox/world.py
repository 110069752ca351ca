"""Everything that is so: who is where, what was said, and who is told of it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.cast import Cast, Group, SandboxClock
from bot.sandbox.chats import INSIDE, Ballot, Chat, Json, Message, Thread, User, member
from bot.sandbox.commands import Commands
from bot.sandbox.entities import cut
from bot.sandbox.files import Files
from bot.sandbox.queue import Queue
from bot.sandbox.refusals import bad
from bot.sandbox.taps import Taps

ANONYMOUS = 1087968824  # the account Telegram puts before an administrator who hides


@dataclass(frozen=True, slots=True)
class News:
    """Something people may see happen. `people`: who; None is everybody in the chat."""

    event: str
    chat: Chat | None = None
    message: Message | None = None
    people: tuple[int, ...] | None = None
    more: Json = field(default_factory=dict)


class World:
    """The chats and everybody in them."""

    def __init__(self, cast: Cast, clock: SandboxClock, *, privacy: bool = True) -> None:
        self.clock = clock
        self.privacy = privacy
        self.queue = Queue(self.now)
        self.files = Files()
        self.taps = Taps()
        self.watchers: list[Callable[[News], None]] = []
        self.commands = Commands()
        self.profile: dict[tuple[str, str], str] = {}
        self.serial = itertools.count(1)
        robot = cast.bot
        self.bot = User(robot.id, robot.name, robot.username, is_bot=True)
        self.anonymous = User(ANONYMOUS, "Group", "GroupAnonymousBot", is_bot=True)
        self.people = {
            one.id: User(
                one.id,
                one.name,
                one.username,
                language_code=one.language_code,
                note=one.note,
                started=one.started,
            )
            for one in cast.people
        }
        self.users = {user.id: user for user in (self.bot, *self.people.values())}
        self._own_ids = itertools.count(1)  # one sequence for private chats and basic groups
        self.chats: dict[int, Chat] = {}
        for person in self.people.values():
            chat = Chat(person.id, "private", person.name, self._own_ids, person=person)
            chat.members = {person.id: "member", self.bot.id: "member"}
            self.chats[chat.id] = chat
        for group in cast.groups:
            self._found(group)
        self.queue.clear()  # what was before the play began is no news

    def _found(self, group: Group) -> None:
        """Put a group of the cast in its place."""
        chat = self.group(group.id, group.title, group.type, is_forum=group.is_forum)
        chat.members = dict.fromkeys(group.members, "member")
        chat.members |= dict.fromkeys(group.admins, "administrator")
        if group.admins:
            chat.members[group.admins[0]] = "creator"
        chat.members[self.bot.id] = group.bot
        author = self.users.get(group.admins[0]) if group.admins else None
        for topic in sorted(group.topics, key=lambda topic: topic.id):
            chat.ids = itertools.count(topic.id)
            self.open_topic(chat, author or self.anonymous, topic.name)

    def now(self) -> float:
        """Tell the time in seconds since 1970."""
        return self.clock().timestamp()

    def date(self) -> int:
        """Tell the time as messages bear it."""
        return int(self.now())

    def tell(self, news: News) -> None:
        """Let everybody who watches know."""
        for watcher in self.watchers:
            watcher(news)

    # Chats

    def group(self, chat_id: int, title: str, kind: str, *, is_forum: bool = False) -> Chat:
        """Make a group, with nobody in it yet. Each supergroup counts its own messages."""
        ids = itertools.count(1) if kind == "supergroup" else self._own_ids
        chat = Chat(chat_id, kind, title, ids, is_forum=is_forum, active=self.now())
        self.chats[chat_id] = chat
        return chat

    def open_topic(self, chat: Chat, author: User, name: str) -> Thread:
        """Begin a topic in a forum; its id is the id of the message that says so."""
        content = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        message = self._message(chat, author, content, service=True)
        message.thread = message.id
        thread = chat.threads[message.id] = Thread(message.id, name)
        self._publish(message)
        return thread

    def close_topic(self, chat: Chat, thread: Thread, by: User, *, closed: bool) -> None:
        """Close a topic or open it again. Raises Refusal if it is so already."""
        if thread.closed == closed:
            raise bad("TOPIC_NOT_MODIFIED")
        thread.closed = closed
        kind = "forum_topic_closed" if closed else "forum_topic_reopened"
        place = None if thread is chat.general else thread.id
        self.post(chat, by, {kind: {}}, service=True, thread=place)
        self.tell(News("chat", chat))

    def delete_topic(self, chat: Chat, thread: Thread) -> None:
        """Take a topic away, with all that was said in it; Telegram tells no bot."""
        del chat.threads[thread.id]
        self.delete(chat, [one.id for one in chat.messages.values() if one.thread == thread.id])
        self.tell(News("chat", chat))

    def migrate(self, old: Chat, by: User) -> Chat:
        """Turn a basic group into a supergroup: both say so, and the old id is no more."""
        number = next(n for n in itertools.count(1) if -1_009_000_000_000 - n not in self.chats)
        new = self.group(-1_009_000_000_000 - number, old.title, "supergroup")
        new.members = dict(old.members)
        self.tell(News("chat", new))
        self.post(old, by, {"migrate_to_chat_id": new.id}, service=True)
        self.post(new, by, {"migrate_from_chat_id": old.id}, service=True)
        old.moved_to = new.id
        self.tell(News("gone", old))
        return new

    # Messages

    def _message(self, chat: Chat, sender: User, content: Json, **more: Any) -> Message:
        message = Message(next(chat.ids), chat, self.date(), sender, content, **more)
        chat.messages[message.id] = message
        chat.active = self.now()
        return message

    def _publish(self, message: Message) -> None:
        if message.sender is not self.bot and self.bot_sees(message):
            self.queue.add("message", message.told(), message.chat.id)
        self.tell(News("message", message.chat, message))

    def post(self, chat: Chat, sender: User, content: Json, **more: Any) -> Message:
        """Say something in a chat; `more`: further fields of Message. The bot learns if it may."""
        message = self._message(chat, sender, content, **more)
        if message.thread is None and message.reply_to is not None and chat.type == "supergroup":
            quoted = chat.messages.get(message.reply_to)
            if quoted is not None:
                message.thread = quoted.thread or (None if chat.is_forum else quoted.id)
        self._publish(message)
        return message

    def ballot(self, content: Json, options: list[Json]) -> Ballot:
        """Make a poll nobody voted in yet."""
        return Ballot(f"51{next(self.serial):016d}", content, options)

    def changed(self, message: Message, *, hidden: bool = False) -> None:
        """Mark a message as edited; `hidden`: only its buttons, votes or reactions changed."""
        if not hidden:
            message.edited = self.date()
            if message.sender is not self.bot and self.bot_sees(message):
                self.queue.add("edited_message", message.told(), message.chat.id)
        self.tell(News("edited", message.chat, message))

    def delete(self, chat: Chat, ids: list[int]) -> None:
        """Take messages away; Telegram tells no bot."""
        for message_id in ids:
            del chat.messages[message_id]
        if any(message_id in chat.pinned for message_id in ids):
            chat.pinned = [one for one in chat.pinned if one not in ids]
            self.tell(News("chat", chat))
        self.tell(News("deleted", chat, more={"message_ids": ids}))

    def bot_sees(self, message: Message) -> bool:
        """Tell whether Telegram shows a message to the bot (privacy mode; bot features page)."""
        chat = message.chat
        if not chat.holds(self.bot.id):
            return False
        if chat.private or message.service or not self.privacy or chat.leads(self.bot.id):
            return True
        quoted = chat.messages.get(message.reply_to or 0)
        if quoted is not None and quoted.sender is self.bot:
            return True
        own = f"@{self.bot.username}".lower()
        for entity in message.entities:
            shown = cut(message.text, entity["offset"], entity["length"]).lower()
            if entity["type"] == "mention" and shown == own:
                return True
            if entity["type"] == "bot_command" and (
                shown.endswith(own) or (entity["offset"] == 0 and "@" not in shown)
            ):
                return True
        return False

    # Members

    def enrol(self, chat: Chat, user: User, status: str, by: User) -> None:
        """Change what somebody is in a chat, with the service message and update it brings."""
        before = chat.status(user.id)
        if before == status:
            return
        was_in, is_in = before in INSIDE, status in INSIDE
        old = member(user, before, chat)
        chat.members[user.id] = status
        kind = "my_chat_member" if user is self.bot else "chat_member"
        if user is self.bot or chat.leads(self.bot.id):
            told = {"chat": chat.told(), "from": by.told, "date": self.date()}
            told |= {"old_chat_member": old, "new_chat_member": member(user, status, chat)}
            self.queue.add(kind, told, chat.id)
        if is_in != was_in and not chat.private:
            notice = (
                {"new_chat_members": [user.told]} if is_in else {"left_chat_member": user.told}
            )
            self.post(chat, by, notice, service=True)
        if was_in and not is_in and user is not self.bot:
            self.tell(News("gone", chat, people=(user.id,)))
        self.tell(News("chat", chat))

    def block(self, person: User, *, blocked: bool) -> None:
        """Let a person stop the bot, or take it back."""
        if person.blocked != blocked:
            person.blocked = blocked
            chat = self.chats[person.id]
            self.enrol(chat, self.bot, "kicked" if blocked else "member", person)
