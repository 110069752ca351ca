"""People, chats and messages, and how the Bot API shows each of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

GENERAL = 1  # the topic every forum has; its messages carry no thread
INSIDE = {"creator", "administrator", "member"}
RIGHTS = {
    "can_be_edited": False, "is_anonymous": False, "can_manage_chat": True,
    "can_delete_messages": True, "can_manage_video_chats": True, "can_restrict_members": True,
    "can_promote_members": False, "can_change_info": True, "can_invite_users": True,
    "can_post_stories": False, "can_edit_stories": False, "can_delete_stories": False,
    "can_pin_messages": True,
}  # fmt: skip
PERMISSIONS = dict.fromkeys(
    (
        "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
        "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls",
        "can_send_other_messages", "can_add_web_page_previews", "can_react_to_messages",
        "can_edit_tag", "can_change_info", "can_invite_users", "can_pin_messages",
        "can_manage_topics",
    ),
    True,
)  # fmt: skip
ACCEPTED_GIFTS = {
    "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False,
    "premium_subscription": False, "gifts_from_channels": False,
}  # fmt: skip


@dataclass(slots=True, eq=False)
class User:
    """Somebody with an account. `told` is how the Bot API shows them."""

    id: int
    name: str
    username: str | None
    is_bot: bool = False
    language_code: str = ""
    note: str = ""
    started: bool = False
    blocked: bool = False
    told: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.told = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        if self.username:
            self.told["username"] = self.username
        if self.language_code:
            self.told["language_code"] = self.language_code


@dataclass(slots=True, eq=False)
class Thread:
    """A topic of a forum."""

    id: int
    name: str
    closed: bool = False


@dataclass(slots=True, eq=False)
class Ballot:
    """A poll and its votes: user id -> numbers of the options, counted from 0."""

    id: str
    content: Json
    options: list[Json]
    votes: dict[int, list[int]] = field(default_factory=dict)
    closed: bool = False

    def told(self) -> Json:
        """Show it as the Bot API does."""
        options = [
            option | {"voter_count": sum(index in vote for vote in self.votes.values())}
            for index, option in enumerate(self.options)
        ]
        return self.content | {
            "id": self.id,
            "options": options,
            "total_voter_count": len(self.votes),
            "is_closed": self.closed,
        }


@dataclass(slots=True, eq=False)
class Message:
    """One message. `content` holds the fields of its kind, as the Bot API names them."""

    id: int
    chat: "Chat"
    date: int
    sender: User
    content: Json
    sender_chat: "Chat | None" = None
    thread: int | None = None
    reply_to: int | None = None
    origin: Json | None = None
    markup: Json | None = None
    album: str | None = None
    ballot: Ballot | None = None
    service: bool = False
    edited: int | None = None
    reactions: dict[int, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What is written in it, be it a text or a caption."""
        text: str = self.content.get("text") or self.content.get("caption") or ""
        return text

    @property
    def entities(self) -> list[Json]:
        """What the text or caption is made of."""
        found: list[Json] = (
            self.content.get("entities") or self.content.get("caption_entities") or []
        )
        return found

    def told(self, *, quoting: bool = True) -> Json:
        """Show it as the Bot API does; `quoting`: with the message it replies to."""
        told: Json = {"message_id": self.id, "from": self.sender.told}
        if self.sender_chat is not None:
            told["sender_chat"] = self.sender_chat.told()
        told["chat"] = self.chat.told()
        told["date"] = self.date
        if self.thread is not None:
            told["message_thread_id"] = self.thread
            if self.chat.is_forum:
                told["is_topic_message"] = True
        if quoting and (quoted := self._quoted()) is not None:
            told["reply_to_message"] = quoted.told(quoting=False)
        if self.origin is not None:
            told["forward_origin"] = self.origin
        if self.edited is not None:
            told["edit_date"] = self.edited
        if self.album is not None:
            told["media_group_id"] = self.album
        told |= self.content
        if self.ballot is not None:
            told["poll"] = self.ballot.told()
        if self.markup is not None:
            told["reply_markup"] = self.markup
        return told

    def _quoted(self) -> "Message | None":
        """Give what it replies to; in a topic that is, as on Telegram, at least its beginning."""
        target = self.reply_to
        if target is None and self.chat.is_forum and self.thread != self.id:
            target = self.thread
        return None if target is None else self.chat.messages.get(target)


@dataclass(slots=True, eq=False)
class Chat:
    """A chat, private or not. `members`: user id -> status; one who was never in it is absent."""

    id: int
    type: str
    title: str
    ids: Iterator[int]
    is_forum: bool = False
    person: User | None = None
    members: dict[int, str] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    general: Thread = field(default_factory=lambda: Thread(GENERAL, "General"))
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    moved_to: int | None = None
    read: dict[int, int] = field(default_factory=dict)
    active: float = 0.0
    _told: Json | None = None

    @property
    def private(self) -> bool:
        """Whether it is a person's chat with the bot."""
        return self.person is not None

    def told(self) -> Json:
        """Show it as the Bot API does."""
        if self._told is None:
            self._told = {"id": self.id, "type": self.type}
            if self.person is not None:
                self._told["first_name"] = self.person.name
                if self.person.username:
                    self._told["username"] = self.person.username
            else:
                self._told["title"] = self.title
            if self.is_forum:
                self._told["is_forum"] = True
        return self._told

    def topic(self, number: int) -> Thread | None:
        """Find a topic by its number, or the general one that every forum has."""
        return self.general if self.is_forum and number == GENERAL else self.threads.get(number)

    def status(self, user_id: int) -> str:
        """Tell what somebody is here: creator, administrator, member, left or kicked."""
        return self.members.get(user_id, "left")

    def holds(self, user_id: int) -> bool:
        """Tell whether somebody is in it."""
        return self.members.get(user_id) in INSIDE

    def leads(self, user_id: int) -> bool:
        """Tell whether somebody is an administrator of it."""
        return self.members.get(user_id) in {"creator", "administrator"}

    def inside(self) -> list[int]:
        """List who is in it."""
        return [user for user, status in self.members.items() if status in INSIDE]


def member(user: User, status: str, chat: Chat) -> Json:
    """Show a ChatMember as the Bot API does."""
    told: Json = {"user": user.told, "status": status}
    match status:
        case "creator":
            told["is_anonymous"] = False
        case "administrator":
            told |= RIGHTS
            if chat.is_forum:
                told["can_manage_topics"] = True
        case "kicked":
            told["until_date"] = 0
    return told
