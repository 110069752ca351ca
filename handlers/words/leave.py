"""What we say of leave."""

from collections.abc import Sequence
from datetime import date

from handlers.taps.leave import LeaveReasonTap, LeaveUndoTap, LeaveUntilTap
from handlers.words.message import Button, Message
from handlers.words.voice import Voice
from storage.kinds import LeaveReason
from storage.tables import Leave


def taken(voice: Voice, leave: Leave) -> str:
    """A short word that leave is recorded."""
    return voice.plain("leave.taken", reason=_reason(voice, leave), span=_span(voice, leave))


def known(voice: Voice, leave: Leave) -> str:
    """You were excused already."""
    return voice.plain("leave.known", reason=_reason(voice, leave), span=_span(voice, leave))


def choices(voice: Voice, leave: Leave, teams: Sequence[str], untils: Sequence[date]) -> Message:
    """What is recorded, and a tap to change the reason, the end, or all of it."""
    reasons = tuple(
        Button(_mark(voice, reason, leave.reason), LeaveReasonTap(leave.id, reason))
        for reason in LeaveReason
    )
    ends = tuple(
        Button(voice.plain("leave.until", day=voice.day(day)), LeaveUntilTap(leave.id, day))
        for day in untils
        if day != leave.last
    )
    undo = (Button(voice.plain("leave.undo"), LeaveUndoTap(leave.id)),)
    rows = tuple(row for row in (reasons, ends[:2], ends[2:], undo) if row)
    text = voice(
        "leave.recorded",
        team=voice.plain("format.comma").join(teams),
        reason=_reason(voice, leave),
        span=_span(voice, leave),
    )
    return Message(text, rows)


def past(voice: Voice, day: date) -> str:
    """The card is of another day; how to take leave now."""
    return voice.plain("leave.past", day=voice.day(day))


def for_other(voice: Voice, team: str, name: str, leave: Leave) -> Message:
    """A leader excused somebody."""
    return Message(
        voice(
            "leave.for_other",
            team=team,
            name=name,
            reason=_reason(voice, leave),
            span=_span(voice, leave),
        )
    )


def withdrawn(voice: Voice) -> Message:
    """The leave is taken back."""
    return Message(voice("leave.withdrawn"))


def none(voice: Voice) -> Message:
    """There is no leave to take back."""
    return Message(voice("leave.none"))


def withdrawn_for(voice: Voice, team: str, name: str) -> Message:
    """A leader took somebody's leave back."""
    return Message(voice("leave.withdrawn_for", team=team, name=name))


def none_for(voice: Voice, team: str, name: str) -> Message:
    """That somebody has no leave to take back."""
    return Message(voice("leave.none_for", team=team, name=name))


def how(voice: Voice) -> Message:
    """How to say it in a line."""
    return Message(voice("leave.how"))


def nobody(voice: Voice, name: str) -> Message:
    """No member of that name where the sender may excuse people."""
    return Message(voice("leave.nobody", name=name))


def several(voice: Voice, name: str, teams: Sequence[str]) -> Message:
    """Several people have that name."""
    where = voice.plain("format.comma").join(teams)
    return Message(voice("leave.several", name=name, teams=where))


def backwards(voice: Voice) -> Message:
    """The days lie in the past, or end before they begin, or are too many."""
    return Message(voice("leave.backwards"))


def _reason(voice: Voice, leave: Leave) -> str:
    return voice.plain(f"reason.{leave.reason}")


def _mark(voice: Voice, reason: LeaveReason, chosen: LeaveReason) -> str:
    label = voice.plain(f"reason.{reason}")
    return voice.plain("leave.chosen", label=label) if reason is chosen else label


def _span(voice: Voice, leave: Leave) -> str:
    if leave.first == leave.last:
        return voice.day(leave.first)
    return voice.plain("leave.span", first=voice.day(leave.first), last=voice.day(leave.last))
