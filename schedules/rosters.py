"""A roster that stands in a private chat: shown as it is now, once the group was counted."""

from datetime import datetime

from handlers.rules.permissions import Action, may, standings
from handlers.words import rosters as words
from handlers.words.message import Message
from handlers.words.voice import LOCALES, Voice
from storage import chats, grants, people, rosters, teams
from storage.database import Session
from storage.kinds import Role
from storage.rosters import ROSTER
from storage.tables import Chat, Outgoing

PREFIX = ROSTER


async def again(session: Session, standing: Outgoing, _: datetime) -> Message | None:
    """The first page, for who may still see it."""
    team = await teams.live(session, int(standing.key.split(":")[1]))
    chat = await session.get(Chat, standing.chat_id)
    person = await people.by_telegram(session, chat.telegram_id) if chat else None
    if team is None or chat is None or person is None:
        return None
    held = standings(await grants.roles(session, person.id, team.id), member=False)
    if not may(held, Action.ADMIT):
        return None
    run = await grants.teams(session, person.id, tuple(Role))
    locale = await chats.locale(session, chat)
    return words.roster(
        Voice(locale or LOCALES[0]),
        team,
        (await rosters.figures(session, [team.id]))[team.id],
        await rosters.places(session, team.id),
        0,
        former=await rosters.former(session, team.id),
        several=len(run) > 1,
        files=may(held, Action.ROSTER),
    )
