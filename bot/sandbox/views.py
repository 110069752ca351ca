"""How the page shows chats and messages to one person."""

from typing import Any

from bot.sandbox.chats import GENERAL, Chat, Json, Message, User
from bot.sandbox.world import World

# The field that makes a message a service message -> the page's word for it.
SERVICES = {
    "new_chat_members": "joined",
    "left_chat_member": "left",
    "pinned_message": "pinned",
    "migrate_to_chat_id": "migrated",
    "migrate_from_chat_id": "migrated",
    "group_chat_created": "created",
    "supergroup_chat_created": "created",
    "forum_topic_created": "topic_created",
    "forum_topic_closed": "topic_closed",
    "forum_topic_reopened": "topic_reopened",
}


def state(world: World, person: User) -> Json:
    """Show everything one person sees when they open the page."""
    mine = [chat for chat in world.chats.values() if sees(chat, person.id)]
    mine.sort(key=lambda chat: chat.active, reverse=True)
    return {
        "clock": {
            "now": world.now(),
            "rate": world.clock.rate,
            "zone": str(world.clock.zone),
        },
        "bot": {"id": world.bot.id, "name": world.bot.name, "username": world.bot.username},
        "me": person.id,
        "people": [
            {
                "id": one.id,
                "name": one.name,
                "username": one.username,
                "language_code": one.language_code,
                "note": one.note,
            }
            for one in world.people.values()
        ],
        "chats": [chat(world, one, person) for one in mine],
    }


def sees(chat: Chat, person_id: int) -> bool:
    """Tell whether a chat is in a person's list."""
    if chat.person is not None:
        return chat.id == person_id
    return chat.moved_to is None and chat.holds(person_id)


def chat(world: World, one: Chat, person: User) -> Json:
    """Show a chat to a person."""
    last = one.messages[next(reversed(one.messages))] if one.messages else None
    read = one.read.get(person.id, 0)
    unread = 0
    for message in reversed(one.messages.values()):
        if message.id <= read:
            break
        unread += message.sender is not person
    return {
        "id": one.id,
        "type": one.type,
        "title": world.bot.name if one.private else one.title,
        "is_forum": one.is_forum,
        "topics": [
            {"id": thread.id, "name": thread.name, "closed": thread.closed}
            for thread in one.threads.values()
        ],
        "members": len(one.inside()),
        "bot": one.status(world.bot.id),
        "my_status": one.status(person.id),
        "pinned": one.pinned,
        "last": last and message_to(last, person.id),
        "unread": unread,
        "commands": world.commands.seen(one, person),
    }


def members(world: World, one: Chat) -> list[Json]:
    """Show who is in a chat, those who lead it first."""
    ranks = {"creator": 0, "administrator": 1}
    inside = sorted(one.inside(), key=lambda user_id: ranks.get(one.status(user_id), 2))
    return [
        {"id": user_id, "name": world.users[user_id].name, "status": one.status(user_id)}
        for user_id in inside
    ]


def message_to(message: Message, person_id: int) -> Json:
    """Show a message to a person."""
    content = message.content
    quoted = message.chat.messages.get(message.reply_to or 0)
    speaker = message.sender_chat
    return {
        "message_id": message.id,
        "date": message.date,
        "edit_date": message.edited,
        "from": None if speaker else _name(message.sender),
        "sender_chat": speaker and {"id": speaker.id, "title": speaker.title},
        "topic": message.thread if message.chat.is_forum else None,
        "text": content.get("text"),
        "entities": content.get("entities", []),
        "caption": content.get("caption"),
        "caption_entities": content.get("caption_entities", []),
        "photo": _photo(content),
        "document": _document(content),
        "media_group_id": message.album,
        "poll": message.ballot
        and message.ballot.told() | {"chosen": message.ballot.votes.get(person_id, [])},
        "reply_to": quoted and _quote(quoted),
        "forward": message.origin and {"name": _author(message.origin)},
        "buttons": _buttons(message),
        "reactions": _reactions(message, person_id),
        **_service(message),
    }


def _name(user: User) -> Json:
    return {"id": user.id, "name": user.name, "is_bot": user.is_bot}


def _photo(content: Json) -> Json | None:
    if "photo" not in content:
        return None
    best = content["photo"][-1]
    url = f"/api/file/{best['file_unique_id']}"
    return {"url": url, "width": best["width"], "height": best["height"]}


def _document(content: Json) -> Json | None:
    file = next(
        (content[kind] for kind in ("document", "video", "audio") if kind in content), None
    )
    return file and {
        "url": f"/api/file/{file['file_unique_id']}",
        "file_name": file["file_name"],
        "mime_type": file["mime_type"],
        "file_size": file["file_size"],
    }


def _quote(message: Message) -> Json:
    speaker = message.sender_chat.title if message.sender_chat else message.sender.name
    text = message.text or (message.ballot.content["question"] if message.ballot else "")
    return {"message_id": message.id, "from_name": speaker, "text": text}


def _author(origin: Json) -> str:
    by = origin.get("sender_user") or origin.get("sender_chat") or {}
    name: str = by.get("first_name") or by.get("title") or origin.get("sender_user_name", "")
    return name


def _buttons(message: Message) -> list[list[Json]] | None:
    if message.markup is None:
        return None
    return [
        [
            {"text": one["text"], "callback_data": one.get("callback_data"), "url": one.get("url")}
            for one in row
        ]
        for row in message.markup["inline_keyboard"]
    ]


def _reactions(message: Message, person_id: int) -> list[Json]:
    if not message.reactions:
        return []
    given = list(message.reactions.values())
    mine = message.reactions.get(person_id)
    return [
        {"emoji": emoji, "count": given.count(emoji), "mine": emoji == mine}
        for emoji in dict.fromkeys(given)
    ]


def _service(message: Message) -> dict[str, Any]:
    if not message.service:
        return {"service": None, "service_names": []}
    key = next(iter(message.content))
    value = message.content[key]
    names: list[str] = []
    match key:
        case "new_chat_members":
            names = [user["first_name"] for user in value]
        case "left_chat_member":
            names = [value["first_name"]]
        case "forum_topic_created":
            names = [value["name"]]
        case "forum_topic_closed" | "forum_topic_reopened":
            topic = message.chat.topic(message.thread or GENERAL)
            names = [topic.name] if topic else []
    return {"service": SERVICES.get(key, key), "service_names": names}
