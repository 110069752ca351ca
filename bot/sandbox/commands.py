"""The lists of commands a bot gave, and which of them a person sees ("BotCommandScope")."""

from bot.sandbox.chats import Chat, User

Scope = tuple[str, int, int]  # type, chat, user; 0 where the scope names none
Listed = list[dict[str, str]]

DEFAULT: Scope = ("default", 0, 0)


class Commands:
    """All lists, by scope and two-letter language ("" for everybody else)."""

    def __init__(self) -> None:
        self._lists: dict[tuple[Scope, str], Listed] = {}

    def put(self, scope: Scope, language: str, commands: Listed) -> None:
        """Replace a list; an empty one is none."""
        if commands:
            self._lists[scope, language] = commands
        else:
            self._lists.pop((scope, language), None)

    def listed(self, scope: Scope, language: str) -> Listed:
        """Give exactly the list of a scope and language."""
        return self._lists.get((scope, language), [])

    def seen(self, chat: Chat, person: User) -> Listed:
        """Give the list a person sees in a chat: the first there is, from narrow to wide."""
        language = person.language_code.partition("-")[0].lower()
        for scope in _scopes(chat, person):
            for wanted in (language, ""):
                if found := self._lists.get((scope, wanted)):
                    return found
        return []


def _scopes(chat: Chat, person: User) -> list[Scope]:
    if chat.private:
        return [("chat", chat.id, 0), ("all_private_chats", 0, 0), DEFAULT]
    leads = chat.leads(person.id)
    return [
        ("chat_member", chat.id, person.id),
        *([("chat_administrators", chat.id, 0)] if leads else []),
        ("chat", chat.id, 0),
        *([("all_chat_administrators", 0, 0)] if leads else []),
        ("all_group_chats", 0, 0),
        DEFAULT,
    ]
