"""What a message of Telegram's holds, in our own words."""

from html import escape
from typing import Any

from telegram import Message, MessageEntity, Poll

from handlers.requests import Attached, Replied, Sender
from storage.kinds import Media

UNSAFE = set("&<>\"'")  # in what HTML holds between quotes


def replied(message: Message, bot_name: str) -> Replied | None:
    """The message that it replies to."""
    to = message.reply_to_message
    if to is None or to.forum_topic_created is not None:
        return None  # in a topic every message replies to the one that opened it
    ours = to.from_user is not None and to.from_user.username == bot_name
    user = to.from_user if to.sender_chat is None else None
    author = Sender(user.id, user.full_name) if user else None
    return Replied(to.message_id, ours, to.text or to.caption or "", author)


def html(message: Message) -> str:
    """The words with all their formatting. What a link or a code's language holds is escaped."""
    entities = message.entities or message.caption_entities
    if any(set(f"{one.url}{one.language}") & UNSAFE for one in entities):
        told = [one.to_dict() for one in entities]
        for one in told:
            one |= {name: escape(one[name]) for name in ("url", "language") if name in one}
        safe = [MessageEntity.de_json(one, None) for one in told]
        text = message.text or message.caption
        return Message(0, message.date, message.chat, text=text, entities=safe).text_html
    return (message.text_html if message.text else message.caption_html) or ""


def poll(message: Message) -> dict[str, Any] | None:
    """A poll as we would ask it: its votes stay where they are."""
    asked = message.poll
    if asked is None:
        return None
    found: dict[str, Any] = {
        "question": asked.question,
        "options": [{"text": option.text} for option in asked.options],
        "is_anonymous": asked.is_anonymous,
        "allows_multiple_answers": asked.allows_multiple_answers,
    }
    right = list(asked.correct_option_ids or ())
    if asked.type == Poll.QUIZ and right:  # else Telegram does not tell us which is right
        found |= {"type": Poll.QUIZ, "correct_option_ids": right}
        found |= {"explanation": asked.explanation} if asked.explanation else {}
    return found


def contact(message: Message) -> Sender | None:
    """Whose contact was sent; id 0: somebody without an account."""
    found = message.contact
    if found is None:
        return None
    name = " ".join(part for part in (found.first_name, found.last_name) if part)
    return Sender(found.user_id or 0, name)


def attached(message: Message) -> Attached | None:
    """The picture or file that came with it."""
    if message.photo:
        photo = message.photo[-1]
        return Attached(Media.PHOTO, photo.file_id, size=photo.file_size or 0)
    for media, file in ((Media.DOCUMENT, message.document), (Media.VIDEO, message.video)):
        if file:
            return Attached(media, file.file_id, file.file_name or "", file.file_size or 0)
    return None
