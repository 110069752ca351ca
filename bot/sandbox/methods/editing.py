"""Methods that change or take away what was said, mark it, or answer a press."""

from bot.sandbox.chats import Json, Message
from bot.sandbox.forms import Params, flat
from bot.sandbox.keyboards import Markup, buttons
from bot.sandbox.methods import access, media, texts
from bot.sandbox.methods.reactions import ALLOWED, plain
from bot.sandbox.refusals import bad
from bot.sandbox.world import News, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
DELETABLE = 48 * 3600  # seconds in which a bot may take a message back
MEDIA = ("photo", "document", "video", "audio")


def _edit(world: World, message: Message, content: Json, markup: Markup | None) -> Json:
    if content == message.content and markup == message.markup:
        raise bad(NOT_MODIFIED)
    hidden = content == message.content
    message.content, message.markup = content, markup
    world.changed(message, hidden=hidden)
    return message.told()


def edit_text(world: World, params: Params) -> Json:
    """Change the text of a message."""
    message = access.own(world, params)
    content, markup = texts.text(world, params), buttons(params)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    return _edit(world, message, content, markup)


def edit_caption(world: World, params: Params) -> Json:
    """Change what stands below a picture or file."""
    message = access.own(world, params)
    caption, markup = texts.caption(world, params), buttons(params)
    if not any(kind in message.content for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    bare = {k: v for k, v in message.content.items() if not k.startswith("caption")}
    return _edit(world, message, bare | caption, markup)


def edit_markup(world: World, params: Params) -> Json:
    """Change the buttons of a message."""
    message = access.own(world, params)
    return _edit(world, message, message.content, buttons(params))


def edit_media(world: World, params: Params) -> Json:
    """Put another picture or file in the place of one."""
    message = access.own(world, params)
    item, markup = params.tree("media", "media"), buttons(params)
    if not isinstance(item, dict):
        raise bad("can't parse media JSON object")
    if str(item.get("type")) not in MEDIA:
        raise bad("type must be one of photo, video, animation, audio or document")
    of_item = Params(flat(item), params.files)
    content = media.content(world.files, of_item, item["type"], of_item.text("media"))
    return _edit(world, message, content | texts.caption(world, of_item), markup)


def _deletable(world: World, message: Message) -> bool:
    chat = message.chat
    if world.now() - message.date > DELETABLE and not chat.leads(world.bot.id):
        return False
    return message.sender is world.bot or chat.private or chat.leads(world.bot.id)


def delete_message(world: World, params: Params) -> bool:
    """Take a message away."""
    chat = access.chat(world, params)
    message = access.message(chat, params, "to delete")
    if not _deletable(world, message):
        raise bad("message can't be deleted for everyone")
    world.delete(chat, [message.id])
    return True


def delete_messages(world: World, params: Params) -> bool:
    """Take up to 100 messages away; those that are gone already do no harm."""
    chat = access.chat(world, params)
    ids = params.tree("message_ids", "message identifiers")
    if not isinstance(ids, list) or not all(isinstance(one, int) for one in ids):
        raise bad("expected an Array of Integer as message identifiers")
    if not 1 <= len(ids) <= 100:
        raise bad("too many message identifiers specified" if ids else
                  "message identifiers are not specified")  # fmt: skip
    there = [one for one in dict.fromkeys(ids) if one in chat.messages]
    if not all(_deletable(world, chat.messages[one]) for one in there):
        raise bad("message can't be deleted for everyone")
    if there:
        world.delete(chat, there)
    return True


def pin(world: World, params: Params) -> bool:
    """Pin a message."""
    chat = access.chat(world, params)
    message = access.message(chat, params, "to pin")
    access.rights(world, chat, "to manage pinned messages in the chat")
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        service = {"pinned_message": message.told(quoting=False)}
        world.post(chat, world.bot, service, service=True, thread=message.thread)
        world.tell(News("chat", chat))
    return True


def unpin(world: World, params: Params) -> bool:
    """Unpin one message, the newest if none is named."""
    chat = access.chat(world, params)
    access.rights(world, chat, "to manage pinned messages in the chat")
    target = params.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if target not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(target)
    world.tell(News("chat", chat))
    return True


def unpin_all(world: World, params: Params) -> bool:
    """Unpin everything."""
    chat = access.chat(world, params)
    access.rights(world, chat, "to manage pinned messages in the chat")
    chat.pinned.clear()
    world.tell(News("chat", chat))
    return True


def react(world: World, params: Params) -> bool:
    """Put a reaction on a message, or take it back. A bot has one, of Telegram's set."""
    chat = access.chat(world, params)
    message = access.message(chat, params, "to react")
    reactions = params.tree("reaction", "reaction types") or []
    if not isinstance(reactions, list) or not all(isinstance(one, dict) for one in reactions):
        raise bad("expected an Array of ReactionType")
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if reactions:
        emoji = plain(str(reactions[0].get("emoji")))
        if reactions[0].get("type") != "emoji" or emoji not in ALLOWED:
            raise bad("REACTION_INVALID")
        message.reactions[world.bot.id] = emoji
    else:
        message.reactions.pop(world.bot.id, None)
    world.changed(message, hidden=True)
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    """Answer a press, within seconds and once."""
    url = params.text("url")
    if url and not url.startswith((f"https://t.me/{world.bot.username}", "tg://")):
        raise bad("URL_INVALID")
    tap = world.taps.answer(
        params.text("callback_query_id").strip(),
        params.text("text"),
        alert=params.flag("show_alert"),
        url=url,
    )
    if not tap.heeded and params.text("text"):
        late = {"text": params.text("text"), "alert": params.flag("show_alert")}
        world.tell(News("toast", world.chats[tap.chat], people=(tap.person,), more=late))
    return True


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "editMessageMedia": edit_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
    "unpinAllChatMessages": unpin_all,
    "setMessageReaction": react,
    "answerCallbackQuery": answer_callback_query,
}
