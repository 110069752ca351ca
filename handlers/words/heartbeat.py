"""The morning's one line for the owners: who has their card, who has not, and what to do."""

from collections.abc import Sequence
from datetime import date

from handlers.words.audits import state
from handlers.words.message import Message
from handlers.words.troubles import reason, remedy
from handlers.words.voice import Html, Voice
from storage.audits import Chain
from storage.kinds import Delivery
from storage.rounds import Fate

MOST = 10  # names in a line

KEYS = {
    Delivery.PENDING: "heartbeat.waiting",
    Delivery.SENDING: "heartbeat.waiting",
    Delivery.UNKNOWN: "heartbeat.unclear",
    Delivery.NEEDS_PERSON: "heartbeat.unclear",
}


def heartbeat(voice: Voice, day: date, fates: Sequence[Fate], chain: Chain) -> Message:
    """How a day's cards fared. `fates`: of the teams that were to have one.

    The end of the audit log stands there too, out of reach of whoever has the database.
    """
    told = _cards(voice, day, fates)
    if not chain.count and chain.broken is None:
        return Message(told)
    shown = {"count": chain.count, "sign": chain.sign}
    log = voice("audit.heartbeat", **shown) if chain.broken is None else state(voice, chain)
    return Message(Html(f"{told}\n{log}"))


def _cards(voice: Voice, day: date, fates: Sequence[Fate]) -> Html:
    got = sum(fate.card is Delivery.SENT for fate in fates)
    if got == len(fates):
        return voice("heartbeat.all", day=voice.day(day), n=got)
    wrong: dict[Html, list[str]] = {}
    for fate in fates:
        if fate.card is not Delivery.SENT:
            wrong.setdefault(_why(voice, fate), []).append(fate.team.name)
    lines = [
        voice("heartbeat.line", why=why, teams=_names(voice, teams))
        for why, teams in wrong.items()
    ]
    head = voice("heartbeat.some", day=voice.day(day), got=got, all=len(fates))
    return Html("\n".join([head, *lines]))


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
