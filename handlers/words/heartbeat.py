"""The morning's one line for the owners: who has their card, who has not, and what to do."""

from collections.abc import Sequence
from datetime import date

from handlers.words.message import Message
from handlers.words.troubles import reason, remedy
from handlers.words.voice import Html, Voice
from storage.kinds import Delivery
from storage.rounds import Fate

MOST = 10  # names in a line

KEYS = {
    Delivery.PENDING: "heartbeat.waiting",
    Delivery.SENDING: "heartbeat.waiting",
    Delivery.UNKNOWN: "heartbeat.unclear",
    Delivery.NEEDS_PERSON: "heartbeat.unclear",
}


def heartbeat(voice: Voice, day: date, fates: Sequence[Fate]) -> Message:
    """How a day's cards fared. `fates`: of the teams that were to have one."""
    got = sum(fate.card is Delivery.SENT for fate in fates)
    if got == len(fates):
        return Message(voice("heartbeat.all", day=voice.day(day), n=got))
    wrong: dict[Html, list[str]] = {}
    for fate in fates:
        if fate.card is not Delivery.SENT:
            wrong.setdefault(_why(voice, fate), []).append(fate.team.name)
    lines = [
        voice("heartbeat.line", why=why, teams=_names(voice, teams))
        for why, teams in wrong.items()
    ]
    head = voice("heartbeat.some", day=voice.day(day), got=got, all=len(fates))
    return Message(Html("\n".join([head, *lines])))


def _why(voice: Voice, fate: Fate) -> Html:
    if fate.trouble:
        why, how = reason(voice, fate.trouble), remedy(voice, fate.trouble)
        return voice("heartbeat.troubled", reason=why, remedy=how)
    return voice(KEYS.get(fate.card, "heartbeat.missing") if fate.card else "heartbeat.missing")


def _names(voice: Voice, teams: Sequence[str]) -> str:
    shown = voice.plain("heartbeat.and").join(teams[:MOST])
    if len(teams) <= MOST:
        return shown
    return voice.plain("heartbeat.more", teams=shown, count=len(teams))
