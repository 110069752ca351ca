"""Methods that look at chats, their members and files, or leave."""

from bot.sandbox.chats import ACCEPTED_GIFTS, PERMISSIONS, Chat, Json, Thread, User, member
from bot.sandbox.files import DOWNLOAD_LIMIT
from bot.sandbox.forms import Params
from bot.sandbox.methods import access
from bot.sandbox.refusals import bad
from bot.sandbox.world import World


def me(world: World, _: Params) -> Json:
    """Say who the bot is."""
    return world.bot.told | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
        "supports_join_request_queries": False,
    }


def show_chat(world: World, params: Params) -> Json:
    """Show a chat in full."""
    chat = access.chat(world, params)
    told: Json = chat.told() | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": ACCEPTED_GIFTS,
    }
    if not chat.private:
        told["permissions"] = PERMISSIONS
    if chat.person is not None and chat.person.username:
        told["active_usernames"] = [chat.person.username]
    if chat.pinned:
        told["pinned_message"] = chat.messages[chat.pinned[-1]].told(quoting=False)
    return told


def _user(world: World, params: Params) -> User:
    user_id = params.number("user_id")
    if user_id <= 0:
        raise bad("invalid user_id specified")
    if user_id not in world.users:
        raise bad("PARTICIPANT_ID_INVALID")
    return world.users[user_id]


def show_member(world: World, params: Params) -> Json:
    """Show what somebody is in a chat."""
    chat = access.chat(world, params)
    user = _user(world, params)
    return member(user, chat.status(user.id), chat)


def count_members(world: World, params: Params) -> int:
    """Count who is in a chat."""
    return len(access.chat(world, params).inside())


def list_administrators(world: World, params: Params) -> list[Json]:
    """Show the administrators of a group, without other bots."""
    chat = access.chat(world, params)
    if chat.private:
        raise bad("there are no administrators in the private chat")
    return [
        member(world.users[user_id], status, chat)
        for user_id, status in chat.members.items()
        if status in {"creator", "administrator"}
    ]


def leave(world: World, params: Params) -> bool:
    """Go out of a group."""
    chat = access.chat(world, params)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    world.enrol(chat, world.bot, "left", world.bot)
    return True


def show_file(world: World, params: Params) -> Json:
    """Tell where a file can be downloaded; Telegram lets bots have up to 20 MB."""
    file = world.files.find(params.text("file_id"))
    if file is None or file.id != params.text("file_id"):
        raise bad("invalid file_id")
    if len(file.data) > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return file.keys() | {"file_path": file.path}


def show_profile_photos(world: World, params: Params) -> Json:
    """Show pictures of a person; nobody here has one."""
    _user(world, params)
    return {"total_count": 0, "photos": []}


def _forum(world: World, params: Params, to: str) -> Chat:
    chat = access.chat(world, params)
    if not chat.is_forum:
        raise bad("the chat is not a forum")
    access.rights(world, chat, to)
    return chat


def _topic(world: World, params: Params, to: str = "to manage topics") -> tuple[Chat, Thread]:
    chat = _forum(world, params, to)
    thread = chat.threads.get(params.number("message_thread_id"))
    if thread is None:
        raise bad("TOPIC_ID_INVALID")
    return chat, thread


def create_topic(world: World, params: Params) -> Json:
    """Begin a topic in a forum."""
    chat = _forum(world, params, "to create a topic")
    name = params.text("name").strip()
    if not 1 <= len(name) <= 128:
        raise bad("topic name must be non-empty" if not name else "TOPIC_TITLE_INVALID")
    thread = world.open_topic(chat, world.bot, name)
    created: Json = chat.messages[thread.id].content["forum_topic_created"]
    return {"message_thread_id": thread.id} | created


def close_topic(world: World, params: Params) -> bool:
    """Close a topic."""
    chat, thread = _topic(world, params)
    world.close_topic(chat, thread, world.bot, closed=True)
    return True


def reopen_topic(world: World, params: Params) -> bool:
    """Open a topic again."""
    chat, thread = _topic(world, params)
    world.close_topic(chat, thread, world.bot, closed=False)
    return True


def close_general(world: World, params: Params) -> bool:
    """Close the general topic."""
    chat = _forum(world, params, "to manage topics")
    world.close_topic(chat, chat.general, world.bot, closed=True)
    return True


def reopen_general(world: World, params: Params) -> bool:
    """Open the general topic again."""
    chat = _forum(world, params, "to manage topics")
    world.close_topic(chat, chat.general, world.bot, closed=False)
    return True


def delete_topic(world: World, params: Params) -> bool:
    """Delete a topic with all its messages."""
    world.delete_topic(*_topic(world, params, "to delete a topic"))
    return True


METHODS = {
    "getMe": me,
    "getChat": show_chat,
    "getChatMember": show_member,
    "getChatMemberCount": count_members,
    "getChatAdministrators": list_administrators,
    "leaveChat": leave,
    "getFile": show_file,
    "getUserProfilePhotos": show_profile_photos,
    "createForumTopic": create_topic,
    "closeForumTopic": close_topic,
    "reopenForumTopic": reopen_topic,
    "closeGeneralForumTopic": close_general,
    "reopenGeneralForumTopic": reopen_general,
    "deleteForumTopic": delete_topic,
}
