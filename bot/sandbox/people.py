"""What people do in the chats: say, press, vote, come and go."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.chats import GENERAL, INSIDE, Ballot, Chat, Json, Message, Thread, User
from bot.sandbox.entities import found, given, trimmed, units
from bot.sandbox.files import size
from bot.sandbox.forms import Params, Upload
from bot.sandbox.methods import media, sending, texts
from bot.sandbox.methods.reactions import ALLOWED, plain
from bot.sandbox.taps import Answer
from bot.sandbox.world import News, World

PRESS_PATIENCE = 10.0  # real seconds a press waits for its answer


class Wrong(Exception):
    """A person cannot do this: an HTTP status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody says. `forward`: the message that is passed on; `anonymous`: as the group.

    `entities`: how the text looks. `poll`: a question and its options, instead of a text.
    """

    text: str = ""
    topic: int | None = None
    reply_to: int | None = None
    forward: Message | None = None
    anonymous: bool = False
    files: Sequence[Upload] = ()
    as_document: bool = False
    entities: Sequence[Json] = ()
    poll: Json | None = None


def message_in(chat: Chat, message_id: int) -> Message:
    """Find a message. Raises Wrong if it is gone."""
    if message_id not in chat.messages:
        raise Wrong(404, "No such message.")
    return chat.messages[message_id]


def present(chat: Chat, who: User) -> None:
    """See that somebody is in a chat. Raises Wrong."""
    if chat.moved_to is not None:
        raise Wrong(403, "This group was upgraded to a supergroup.")
    if not chat.holds(who.id):
        raise Wrong(403, "You are not in this chat.")


def say(world: World, who: User, chat: Chat, saying: Saying) -> list[Message]:
    """Say a text, send files or pass a message on. Raises Wrong."""
    present(chat, who)
    if who.blocked and chat.private:
        raise Wrong(403, "You blocked the bot.")
    if saying.anonymous and not chat.leads(who.id):
        raise Wrong(403, "Only an administrator may speak as the group.")
    thread = _thread(chat, who, saying.topic)
    reply_to = saying.reply_to and message_in(chat, saying.reply_to).id
    who.started = who.started or chat.private
    source = saying.forward
    album = str(13_900_000_000_000_000 + next(world.serial)) if len(saying.files) > 1 else None
    asked = _ballot(world, saying.poll) if saying.poll else None
    contents = [source.content] if source else [{}] if asked else _contents(world, saying)
    speaker = world.anonymous if saying.anonymous else who
    return [
        world.post(
            chat,
            speaker,
            content,
            sender_chat=chat if saying.anonymous else None,
            thread=thread,
            reply_to=reply_to,
            album=album,
            origin=source and sending.origin(source),
            ballot=asked or (source and source.ballot),
        )
        for content in contents
    ]


def _thread(chat: Chat, who: User, topic: int | None) -> int | None:
    thread = chat.topic(topic or GENERAL)
    if thread is None:
        if (topic or GENERAL) == GENERAL:
            return None
        raise Wrong(404, "No such topic.")
    if thread.closed and not chat.leads(who.id):
        raise Wrong(403, "This topic is closed.")
    return None if thread is chat.general else thread.id


def _ballot(world: World, poll: Json) -> Ballot:
    question, options = str(poll.get("question") or "").strip(), poll.get("options")
    if not question or not isinstance(options, list) or not options:
        raise Wrong(400, "A poll has a question and options.")
    right = poll.get("correct_option_ids")
    content: Json = {
        "question": question,
        "type": "quiz" if right else "regular",
        "is_anonymous": bool(poll.get("is_anonymous", True)),
        "allows_multiple_answers": bool(poll.get("allows_multiple_answers")),
        "allows_revoting": not right,
        "members_only": False,
    } | ({"correct_option_ids": right} if right else {})
    told = [{"persistent_id": str(n), "text": str(one)} for n, one in enumerate(options, 1)]
    return world.ballot(content, told)


def _contents(world: World, saying: Saying) -> list[Json]:
    text = saying.text.strip()
    known: list[Json] = []
    if saying.entities:
        text, known = trimmed(saying.text, given(list(saying.entities), saying.text))
    limit = texts.CAPTION_LIMIT if saying.files else texts.TEXT_LIMIT
    if units(text) > limit:
        raise Wrong(400, f"A text has at most {limit} characters here.")
    if not text and not saying.files:
        raise Wrong(400, "There is nothing to say.")
    contents = []
    for upload in saying.files:
        picture = not saying.as_document and size(upload.data) != (0, 0)
        kind = "photo" if picture else "document"
        contents.append(media.shown(world.files, kind, upload, Params({})))
    if not text:
        return contents
    entities = found(text, known)
    name, field = ("caption", "caption_entities") if contents else ("text", "entities")
    worded: Json = {name: text} | ({field: entities} if entities else {})
    return [contents[0] | worded, *contents[1:]] if contents else [worded]


def edit(world: World, who: User, message: Message, text: str) -> None:
    """Change one's own message. Raises Wrong."""
    present(message.chat, who)
    if message.sender is not who or message.origin is not None or message.service:
        raise Wrong(403, "Only your own message can be edited.")
    text = text.strip()
    caption = "text" not in message.content
    if not text and not caption:
        raise Wrong(400, "There is nothing to say.")
    if units(text) > (texts.CAPTION_LIMIT if caption else texts.TEXT_LIMIT):
        raise Wrong(400, "The text is too long.")
    name, field = ("caption", "caption_entities") if caption else ("text", "entities")
    if text == message.content.get(name, ""):
        return
    content = {k: v for k, v in message.content.items() if k not in {name, field}}
    entities = found(text, [])
    content |= ({name: text} if text else {}) | ({field: entities} if entities else {})
    message.content = content
    world.changed(message)


def data_at(message: Message, row: int, col: int) -> tuple[str | None, str | None]:
    """Give the callback data and the link of a button. Raises Wrong if there is none."""
    rows = message.markup["inline_keyboard"] if message.markup else []
    if not (0 <= row < len(rows) and 0 <= col < len(rows[row])):
        raise Wrong(404, "No such button.")
    button = rows[row][col]
    return button.get("callback_data"), button.get("url")


async def press(world: World, who: User, message: Message, data: str) -> Answer | None:
    """Press a button and wait for the answer; None if it does not come in time."""
    present(message.chat, who)
    if message.sender is not world.bot:
        raise Wrong(400, "Only the bot's messages have buttons.")
    tap = world.taps.begin(who.id, message.chat.id)
    if not message.chat.holds(world.bot.id):
        return None
    told: Json = {"id": tap.id, "from": who.told, "message": message.told()}
    told |= {"chat_instance": str(message.chat.id * 7919), "data": data}
    world.queue.add("callback_query", told, who.id)
    try:
        async with asyncio.timeout(PRESS_PATIENCE):
            return await asyncio.shield(tap.answer)
    except TimeoutError:
        tap.heeded = False
        return None


def react(world: World, who: User, message: Message, emoji: str | None) -> None:
    """Put a reaction on a message, or take it back. Raises Wrong."""
    chat = message.chat
    present(chat, who)
    if emoji is not None and (emoji := plain(emoji)) not in ALLOWED:
        raise Wrong(400, "Telegram has no such reaction.")
    before = message.reactions.pop(who.id, None)
    if emoji is not None:
        message.reactions[who.id] = emoji
    if chat.private or chat.leads(world.bot.id):
        told: Json = {"chat": chat.told(), "message_id": message.id, "user": who.told}
        told |= {"date": world.date(), "old_reaction": _reaction(before)}
        world.queue.add("message_reaction", told | {"new_reaction": _reaction(emoji)}, chat.id)
    world.changed(message, hidden=True)


def _reaction(emoji: str | None) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def vote(world: World, who: User, message: Message, options: list[int]) -> None:
    """Vote in a poll; no options take a vote back. Raises Wrong."""
    present(message.chat, who)
    ballot = message.ballot
    if ballot is None:
        raise Wrong(400, "There is no poll in this message.")
    if ballot.closed:
        raise Wrong(400, "The poll is closed.")
    if who.id in ballot.votes and not ballot.content["allows_revoting"]:
        raise Wrong(400, "A vote in this poll cannot be changed.")
    if any(not 0 <= one < len(ballot.options) for one in options):
        raise Wrong(400, "There is no such option.")
    if len(options) > 1 and not ballot.content["allows_multiple_answers"]:
        raise Wrong(400, "This poll takes one answer.")
    ballot.votes.pop(who.id, None)
    if options:
        ballot.votes[who.id] = sorted(set(options))
    if message.sender is world.bot:
        world.queue.add("poll", ballot.told(), message.chat.id)
        if not ballot.content["is_anonymous"]:
            chosen = sorted(set(options))
            told: Json = {"poll_id": ballot.id, "user": who.told, "option_ids": chosen}
            told["option_persistent_ids"] = [ballot.options[i]["persistent_id"] for i in chosen]
            world.queue.add("poll_answer", told, who.id)
    world.changed(message, hidden=True)


def enrol(world: World, who: User, chat: Chat, user: User, status: str) -> None:
    """Add, remove or promote somebody, or come and go oneself. Raises Wrong."""
    if chat.private or chat.moved_to is not None:
        raise Wrong(400, "Only a group that still is has members.")
    if status not in {"member", "administrator", "left", "kicked"}:
        raise Wrong(400, "The status is member, administrator, left or kicked.")
    if user is not who or status == "administrator":
        present(chat, who)
    if chat.status(user.id) == "creator":
        raise Wrong(403, "Who made the group stays what they are.")
    adding = status == "member" and chat.status(user.id) not in INSIDE
    if user is not who and not adding and not chat.leads(who.id):
        raise Wrong(403, "Only an administrator may do this.")
    world.enrol(chat, user, status, who)


def begin(
    world: World, who: User, title: str, kind: str, members: list[User], *, is_forum: bool
) -> Chat:
    """Make a group. Raises Wrong."""
    if not title.strip():
        raise Wrong(400, "A group needs a title.")
    if kind not in {"group", "supergroup"} or (is_forum and kind != "supergroup"):
        raise Wrong(400, "The type is group or supergroup; only the latter has topics.")
    base = -1_008_000_000_000 if kind == "supergroup" else -500_000
    number = next(n for n in range(1, 100_000) if base - n not in world.chats)
    chat = world.group(base - number, title.strip(), kind, is_forum=is_forum)
    chat.members = {who.id: "creator"} | {user.id: "member" for user in members if user is not who}
    made = "group_chat_created" if kind == "group" else "supergroup_chat_created"
    world.tell(News("chat", chat))
    world.post(chat, who, {made: True}, service=True)
    return chat


def upgrade(world: World, chat: Chat) -> Chat:
    """Turn a basic group into a supergroup, in the name of who made it. Raises Wrong."""
    if chat.type != "group" or chat.moved_to is not None:
        raise Wrong(400, "Only a basic group can be upgraded.")
    makers = [user for user, status in chat.members.items() if status == "creator"]
    return world.migrate(chat, world.users[makers[0]] if makers else world.anonymous)


def open_topic(world: World, who: User, chat: Chat, name: str) -> Thread:
    """Begin a topic. Raises Wrong."""
    present(chat, who)
    if not chat.is_forum:
        raise Wrong(400, "This chat has no topics.")
    if not 1 <= len(name.strip()) <= 128:
        raise Wrong(400, "A topic has a name of at most 128 characters.")
    thread = world.open_topic(chat, who, name.strip())
    world.tell(News("chat", chat))
    return thread


def close_topic(world: World, who: User, chat: Chat, topic: int, *, closed: bool) -> None:
    """Close a topic, or open it again. Raises Wrong."""
    thread = _managed(chat, who, topic)
    if thread.closed != closed:
        world.close_topic(chat, thread, who, closed=closed)


def delete_topic(world: World, who: User, chat: Chat, topic: int) -> None:
    """Take a topic away, with all that was said in it. Raises Wrong."""
    thread = _managed(chat, who, topic)
    if thread is chat.general:
        raise Wrong(400, "The general topic stays.")
    world.delete_topic(chat, thread)


def _managed(chat: Chat, who: User, topic: int) -> Thread:
    present(chat, who)
    thread = chat.topic(topic)
    if thread is None:
        raise Wrong(404, "No such topic.")
    if not chat.leads(who.id):
        raise Wrong(403, "Only an administrator may do this.")
    return thread
