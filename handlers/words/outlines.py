"""What we say to a leader before a meeting, and of meetings that were held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.taps.outlines import HeldTap
from handlers.words.message import Button, Message
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.outlines import Absent, Held
from storage.reviews import Missed
from storage.tables import Bite, Commitment, Person, Question, Team

NAMES, LISTED, BRIEF = 8, 5, 40  # people, promises, and characters of one


@dataclass(frozen=True)
class Outline:
    """What there is to say at a team's meeting.

    due      promises whose time is up that day
    overdue  how many are past it already
    held     who said that it was held, if somebody did
    over     whether its day is, so that nobody can say so any more
    """

    team: Team
    day: date
    bite: Bite
    ask: Question | None = None
    missed: Missed | None = None
    away: Sequence[Absent] = ()
    due: Sequence[tuple[Commitment, Person]] = ()
    overdue: int = 0
    held: Held | None = None
    over: bool = False


def outline(voice: Voice, found: Outline) -> Message:
    """The talking outline, to be read at a glance: what there is nothing of is not in it."""
    parts = [
        voice("outline.head", team=found.team.name, day=voice.day(found.day)),
        _point(voice, found.bite),
        _missed(voice, found.missed),
        _away(voice, found.away),
        _promises(voice, found),
        _ask(voice, found.ask),
    ]
    button = Button(voice.plain("outline.button.held"), HeldTap(found.team.id, found.day))
    if found.held:
        at = voice.moment(found.held.at, ZoneInfo(found.team.timezone))
        parts.append(voice("outline.held", at=at, name=found.held.name))
    rows = () if found.held or found.over else ((button,),)
    return Message(Html("\n\n".join(part for part in parts if part)), rows)


def recorded(voice: Voice, at: datetime, zone: ZoneInfo) -> str:
    """You said that it was held."""
    return voice.plain("outline.recorded", at=voice.moment(at, zone))


def known(voice: Voice, held: Held, zone: ZoneInfo) -> str:
    """Somebody had said so before."""
    return voice.plain("outline.known", at=voice.moment(held.at, zone), name=held.name)


def early(voice: Voice, day: date) -> str:
    """That day is still to come."""
    return voice.plain("outline.early", day=voice.day(day))


def past(voice: Voice, day: date) -> str:
    """That day is over."""
    return voice.plain("outline.past", day=voice.day(day))


def _point(voice: Voice, bite: Bite) -> Html:
    title = voice("outline.point", title=bite.title)
    return (
        Html(f"{title}\n{voice('outline.remember', text=bite.remember)}")
        if bite.remember
        else title
    )


def _missed(voice: Voice, missed: Missed | None) -> Html:
    if missed is None:
        return Html()
    return voice(
        "outline.missed",
        ask=missed.question.ask,
        right=_right(missed.question),
        wrong=missed.wrong,
        answers=missed.answers,
    )


def _away(voice: Voice, away: Sequence[Absent]) -> Html:
    if not away:
        return Html()
    names = [
        voice("closing.excused_one", name=one.name, reason=voice.plain(f"reason.{one.reason}"))
        for one in away[:NAMES]
    ]
    joined = Html(voice.plain("format.comma").join(names))
    key = "outline.away" if len(away) <= NAMES else "outline.away_more"
    return voice(key, count=len(away), names=joined)


def _promises(voice: Voice, found: Outline) -> Html:
    lines = []
    if found.due:
        lines.append(voice("outline.due"))
        lines += [
            voice(
                "outline.due_one",
                number=row.number,
                text=short(row.text, BRIEF),
                name=owner.name,
            )
            for row, owner in found.due[:LISTED]
        ]
        if len(found.due) > LISTED:
            lines.append(voice("outline.due_more", n=len(found.due) - LISTED))
    if found.overdue:
        key = "outline.overdue_too" if found.due else "outline.overdue"
        lines.append(voice(key, n=found.overdue))
    return Html("\n".join(lines))


def _ask(voice: Voice, ask: Question | None) -> Html:
    return voice("outline.ask", ask=ask.ask, right=_right(ask)) if ask else Html()


def _right(question: Question) -> str:
    return question.answers[question.right - 1]
