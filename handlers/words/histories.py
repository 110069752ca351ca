"""One commitment by itself: all of its text, how it stands, and what happened to it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.rules.calendar import Calendar
from handlers.rules.dues import lag
from handlers.taps.asks import HelpTap, LaterTap
from handlers.taps.commitments import HistoryTap, ViewAct, ViewTap
from handlers.words import dates
from handlers.words.announcements import MEDIA
from handlers.words.deeds import deed
from handlers.words.message import Button, Message, Rows
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.commitments import Promise
from storage.histories import Deed
from storage.kinds import Act, Plea
from storage.tables import CommitmentAct

LINES = 8  # of a history
SAID = 60  # characters of evidence or of a reason in a line
CHOICES = 20  # teams to choose from


def usage(voice: Voice) -> Message:
    """How to ask for a history."""
    return Message(voice("history.usage"))


def which(voice: Voice, number: int, found: Sequence[Promise]) -> Message:
    """In which team?"""
    rows = tuple(
        (Button(what.team.name, HistoryTap(what.commitment.id)),) for what in found[:CHOICES]
    )
    return Message(voice("history.which", number=number), rows)


def view(
    voice: Voice,
    what: Promise,
    deeds: Sequence[Deed],
    calendar: Calendar,
    now: datetime,
    *,
    own: bool,
    plea: Plea | None = None,
) -> Message:
    """A commitment with its history.

    own   with what its owner can do to it; plea: what they asked for
    """
    commitment = what.commitment
    lines = [
        voice(
            "commitment.own" if own else "history.head",
            number=commitment.number,
            text=commitment.text,
            team=what.team.name,
            name=what.owner.name,
        )
    ]
    if commitment.state.ended:
        lines.append(voice(f"commitment.is_{commitment.state}"))
    else:
        mark = voice(f"commitment.mark_{lag(commitment.due_at, now, calendar, plea)}")
        due = voice("commitment.due", when=voice.when(commitment.due_at, calendar.zone, now))
        lines.append(Html(f"{mark} {due}"))
    lines += [Html(), voice("history.title"), *_history(voice, what, deeds, calendar.zone, now)]
    return Message(Html("\n".join(lines)), _buttons(voice, what, plea) if own else ())


def picking(
    voice: Voice, what: Promise, shown: Message, calendar: Calendar, now: datetime
) -> Message:
    """The same, with the days to choose from."""
    of = what.commitment.id
    rows = dates.days(
        voice,
        calendar,
        now,
        lambda day: ViewTap(of, ViewAct.MOVE, day),
        ViewTap(of, ViewAct.PICK),
        ViewTap(of, ViewAct.SHOW),
    )
    return Message(shown.html, rows)


def _buttons(voice: Voice, what: Promise, plea: Plea | None) -> Rows:
    of = what.commitment.id
    back = (Button(voice.plain("history.list"), ViewTap(of, ViewAct.LIST)),)
    if what.commitment.state.ended:
        return (back,)
    done = Button(voice.plain("commitment.done"), ViewTap(of, ViewAct.DONE))
    help = Button(voice.plain("ask.button.help"), HelpTap(of))
    helped = [help] if plea is not Plea.HELP else []
    if what.bound:
        later = Button(voice.plain("ask.button.later"), LaterTap(of))
        return ((done, later, *helped), back)
    move = Button(voice.plain("ask.button.later"), ViewTap(of, ViewAct.PICK))
    withdraw = Button(voice.plain("commitment.withdraw"), ViewTap(of, ViewAct.WITHDRAW))
    return ((done, move, *helped, withdraw), back)


def _history(
    voice: Voice, what: Promise, deeds: Sequence[Deed], zone: ZoneInfo, now: datetime
) -> list[Html]:
    """A line for each deed; of many, how it began and the latest."""
    told = [_deed(voice, what, act, who.name, zone, now) for act, who in deeds]
    if len(told) <= LINES:
        return told
    left = len(told) - LINES + 1
    return [told[0], voice("history.more", n=left), *told[left + 1 :]]


def _deed(
    voice: Voice, what: Promise, act: CommitmentAct, name: str, zone: ZoneInfo, now: datetime
) -> Html:
    at = act.at.astimezone(zone)
    same = at.year == now.astimezone(zone).year
    line = voice(
        deed(act, assigned=what.task is not None, own=act.person_id == what.owner.id),
        at=f"{at:%m-%d %H:%M}" if same else f"{at:%Y-%m-%d %H:%M}",
        name=name,
        due=voice.day(act.due_at.astimezone(zone).date()) if act.due_at else "",
        text=short(act.text, SAID),
    )
    if act.media:
        line = voice("history.media", line=line, kind=voice(MEDIA[act.media]))
    if act.text and act.act in {Act.CLAIMED, Act.SHOWN}:
        line = voice("history.words", line=line, text=short(act.text, SAID))
    return line
