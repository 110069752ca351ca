"""The command menu in a private chat of whoever has a right: what they can do beyond a member.

It is told when rights change, when somebody begins, and at the program's start. What was told is
the call in the outbox, so that nothing is told twice.
"""

from collections.abc import Collection
from datetime import datetime

from handlers.rules.menu import offered
from handlers.rules.permissions import Standing, Surface, standings
from handlers.words import menus as words
from handlers.words.message import Call
from handlers.words.voice import Voice
from storage import menus
from storage.database import Session

# The scopes that are everybody's: whom Telegram shows each to, and where that is.
WIDE = {
    "default": (frozenset({Standing.ANYONE, Standing.MEMBER}), Surface.GROUP),
    "all_private_chats": (frozenset({Standing.ANYONE, Standing.MEMBER}), Surface.PRIVATE),
    "all_group_chats": (frozenset({Standing.ANYONE, Standing.MEMBER}), Surface.GROUP),
    "all_chat_administrators": (
        frozenset({Standing.ANYONE, Standing.MEMBER, Standing.LEADER}),
        Surface.GROUP,
    ),
}


def wide(voice: Voice, scope: str, code: str = "") -> Call:
    """The menu of one of those."""
    return words.menu(voice, offered(*WIDE[scope]), {"type": scope}, code)


async def renew(
    session: Session, now: datetime, locale: str, people: Collection[int] | None = None
) -> None:
    """Let the menus of these people be what they may; of everybody with a right, if none named."""
    calls: dict[str, tuple[int, Call]] = {}
    for one in await menus.desks(session, people):
        scope = {"type": "chat", "chat_id": one.chat.telegram_id}
        held = standings(one.roles, member=one.member)
        voice = Voice(one.person.locale or locale)
        shown = words.menu(voice, offered(held, Surface.PRIVATE), scope)
        calls[f"menu:{one.chat.id}"] = one.chat.id, shown if one.roles else words.no_menu(scope)
    await menus.renew(session, calls, now)
