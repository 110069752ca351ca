"""May the bot? Looks up the chat and message that a call names, or says why not."""

from bot.sandbox.chats import GENERAL, Chat, Message
from bot.sandbox.forms import Params
from bot.sandbox.refusals import bad, forbidden
from bot.sandbox.world import World


def chat(world: World, params: Params, name: str = "chat_id") -> Chat:
    """Find a chat the bot may write in. Raises Refusal with Telegram's reason."""
    raw = params.text(name).strip()
    if not raw:
        raise bad(f"{name} is empty")
    try:
        found = world.chats.get(int(raw))
    except ValueError:
        found = None
    if found is None or (found.person is not None and not _met(world, found)):
        raise bad("chat not found")
    if found.person is not None:
        if found.person.blocked:
            raise forbidden("bot was blocked by the user")
        if not found.person.started:
            raise forbidden("bot can't initiate conversation with a user")
        return found
    if found.moved_to is not None:
        raise bad(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=found.moved_to
        )
    if not found.holds(world.bot.id):
        kind = "supergroup" if found.type == "supergroup" else "group"
        if found.status(world.bot.id) == "kicked":
            raise forbidden(f"bot was kicked from the {kind} chat")
        raise forbidden(f"bot is not a member of the {kind} chat")
    return found


def _met(world: World, private: Chat) -> bool:
    """Tell whether the bot ever saw somebody: Telegram gives a bot no stranger's chat."""
    if private.person is not None and (private.person.started or private.person.blocked):
        return True
    return any(
        group.holds(private.id) and group.holds(world.bot.id)
        for group in world.chats.values()
        if not group.private
    )


def message(found: Chat, params: Params, to: str, name: str = "message_id") -> Message:
    """Find the message a call names. Raises Refusal: "message `to` not found"."""
    message_id = params.number(name)
    if message_id <= 0:
        raise bad("message identifier is not specified")
    target = found.messages.get(message_id)
    if target is None:
        raise bad(f"message {to} not found")
    return target


def own(world: World, params: Params) -> Message:
    """Find a message of the bot's that may be edited. Raises Refusal."""
    if "chat_id" not in params and "inline_message_id" in params:
        raise bad("MESSAGE_ID_INVALID")
    target = message(chat(world, params), params, "to edit")
    if target.sender is not world.bot or target.service or target.origin is not None:
        raise bad("message can't be edited")
    return target


def rights(world: World, found: Chat, to: str) -> None:
    """See that the bot is an administrator. Raises Refusal: "not enough rights `to`"."""
    if not found.private and found.type == "supergroup" and not found.leads(world.bot.id):
        raise bad(f"not enough rights {to}")


def thread(world: World, found: Chat, params: Params, reply_to: int | None = None) -> int | None:
    """Find the topic a message goes to: the one it names, or that of what it replies to.

    Raises Refusal: none such, or closed to the bot.
    """
    thread_id = params.number("message_thread_id")
    if thread_id == 0 and found.is_forum:
        replied = found.messages.get(reply_to or 0)
        thread_id = (replied.thread if replied else None) or 0
    if thread_id == 0:
        if found.general.closed and not found.leads(world.bot.id):
            raise bad("TOPIC_CLOSED")
        return None
    if found.type != "supergroup" or thread_id == GENERAL:
        raise bad("message thread not found")
    if not found.is_forum:
        if thread_id not in found.messages:
            raise bad("message thread not found")
        return thread_id
    if thread_id not in found.threads:
        raise bad("message thread not found")
    if found.threads[thread_id].closed and not found.leads(world.bot.id):
        raise bad("TOPIC_CLOSED")
    return thread_id


def quoted(found: Chat, params: Params) -> int | None:
    """Find the message a new one replies to. Raises Refusal if it is gone and must be there."""
    tree = params.tree("reply_parameters", "reply parameters")
    if tree is None:
        target = params.number("reply_to_message_id")
        lenient = params.flag("allow_sending_without_reply")
    elif not isinstance(tree, dict):
        raise bad("object expected as reply parameters")
    else:
        try:
            target = int(tree.get("message_id", 0))
        except (TypeError, ValueError):
            raise bad(
                'can\'t parse reply parameters: Field "message_id" must be of type Number'
            ) from None
        lenient = tree.get("allow_sending_without_reply") is True
        if str(tree.get("chat_id", found.id)) != str(found.id):
            raise bad("message to be replied not found")
    if target == 0:
        return None
    if target in found.messages:
        return target
    if lenient:
        return None
    raise bad("message to be replied not found")
