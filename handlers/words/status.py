"""What we say of how things stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from handlers.words import flows
from handlers.words.message import Message
from handlers.words.voice import Html, Voice
from storage.checkins import Presence, Tally
from storage.flows import Flow
from storage.outlines import Held
from storage.tables import Morning

LONGEST = 3500  # characters of HTML that surely fit one message

Promised = tuple[int, int]  # open, and overdue among them


@dataclass(frozen=True)
class Meetings:
    """A team's meetings of this week, by day; None: nobody said that it was held."""

    days: dict[date, Held | None]
    zone: ZoneInfo


def standing(
    voice: Voice,
    team: str,
    morning: Morning,
    tally: Tally,
    people: Sequence[Presence],
    promised: Promised | None,
    *,
    meetings: Meetings | None = None,
    flow: Flow | None = None,
    names: bool,
) -> Message:
    """A team's morning in figures; with `names`, who is missing and excused, and what was held.

    `promised`: None where it is asked of another day than this one, and left out.
    """
    away = [p for p in people if p.reason and not p.at]
    lines = [
        voice("status.head", team=team, day=voice.day(morning.day)),
        voice("status.tally", done=tally.done, expected=tally.expected, away=len(away)),
    ]
    join = voice.plain("format.comma")
    if names:
        missing = [p.name for p in people if p.telegram_id and not p.at and not p.reason]
        if missing:
            lines.append(voice("status.missing", names=join.join(missing)))
        late = [p.name for p in people if p.at and p.at > morning.closes_at]
        if late:
            lines.append(voice("status.late", names=join.join(late)))
        if away:
            excused = [
                voice("closing.excused_one", name=p.name, reason=voice.plain(f"reason.{p.reason}"))
                for p in away
            ]
            lines.append(voice("status.excused", names=Html(join.join(excused))))
        if meetings and meetings.days:
            lines.append(_held(voice, meetings, morning.day))
    if promised is not None:
        lines.append(_promises(voice, promised))
    if flow:
        lines.append(flows.week(voice, flow))
    return Message(Html("\n".join(lines)))


def never(voice: Voice, team: str, promised: Promised) -> Message:
    """A team that has had no morning yet."""
    return Message(Html("\n".join([voice("status.never", team=team), _promises(voice, promised)])))


def together(voice: Voice, found: Sequence[Message]) -> Message:
    """Several teams, one below the other, as many as fit."""
    if not found:
        return Message(voice("status.nothing"))
    blocks: list[str] = []
    for message in found:
        if sum(map(len, blocks)) + len(message.html) > LONGEST:
            blocks.append(voice("status.more", count=len(found) - len(blocks)))
            break
        blocks.append(message.html)
    return Message(Html("\n\n".join(blocks)))


def discreet(voice: Voice, message: Message) -> Message:
    """The same, and why it holds no names."""
    return Message(Html(f"{message.html}\n{voice('status.discreet')}"))


def _held(voice: Voice, meetings: Meetings, day: date) -> Html:
    count = sum(held is not None for held in meetings.days.values())
    week = voice("status.week", held=count, count=len(meetings.days))
    if (held := meetings.days.get(day)) is None:
        return voice("status.meetings", week=week)
    at = voice.moment(held.at, meetings.zone)
    return voice("status.held", at=at, name=held.name, week=week)


def _promises(voice: Voice, promised: Promised) -> Html:
    return voice("status.promises", open=promised[0], overdue=promised[1])
