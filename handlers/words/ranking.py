"""What we say of the month's attendance."""

from collections.abc import Sequence
from datetime import date

from handlers.rules.ranking import Place
from handlers.words.message import Message
from handlers.words.voice import Html, Voice

MOST = 60  # lines
LONGEST = 3800  # characters of several boards


def board(voice: Voice, team: str, today: date, places: Sequence[Place]) -> Html:
    """A team's members, the best first."""
    if not places:
        return voice("board.empty", team=team)
    lines = [voice("board.head", team=team, day=voice.day(today))]
    lines += [
        voice(
            "board.line",
            place=one.place,
            name=one.who.name,
            done=one.who.done,
            expected=one.who.expected,
        )
        for one in places[:MOST]
    ]
    if len(places) > MOST:
        lines.append(voice("board.more", n=len(places) - MOST))
    lines.append(voice("board.note"))
    return Html("\n".join(lines))


def together(boards: Sequence[Html]) -> Message:
    """Several, one below the other, as many as fit."""
    shown: list[str] = []
    for one in boards:
        if shown and sum(map(len, shown)) + len(one) > LONGEST:
            break
        shown.append(one)
    return Message(Html("\n\n".join(shown)))


def nameless(voice: Voice, n: int) -> Message:
    """Names are switched off in so many of your teams: there is nothing to rank."""
    return Message(voice("nameless.ranking", n=n))


def off(voice: Voice, able: Sequence[str]) -> Message:
    """It is switched off; who can switch it on."""
    if not able:
        return Message(voice("board.off"))
    return Message(voice("board.off_by", names=voice.plain("format.comma").join(able)))
