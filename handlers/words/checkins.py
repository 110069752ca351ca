"""What we say of check-ins: to the one who taps, and to the leader when time is up."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.rules.streaks import Record
from handlers.words.message import Message
from handlers.words.voice import Html, Voice
from storage.checkins import Presence, Tally


def recorded(voice: Voice, place: int, at: datetime, zone: ZoneInfo) -> str:
    """You checked in, in time."""
    return voice.plain("checkin.recorded", place=place, at=voice.moment(at, zone))


def late(voice: Voice, place: int, at: datetime, zone: ZoneInfo) -> str:
    """You checked in after closing time, on the day."""
    return voice.plain("checkin.late", place=place, at=voice.moment(at, zone))


def made_up(voice: Voice, day: date) -> str:
    """You made up for a morning of an earlier day."""
    return voice.plain("checkin.made_up", day=voice.day(day))


def known(voice: Voice, place: int, at: datetime, zone: ZoneInfo) -> str:
    """You had checked in already."""
    return voice.plain("checkin.known", place=place, at=voice.moment(at, zone))


def over(voice: Voice, day: date, days: int) -> str:
    """That card is too old to be made up for."""
    return voice.plain("checkin.over", day=voice.day(day), days=days)


def elsewhere(voice: Voice) -> str:
    """That card is another team's."""
    return voice.plain("checkin.elsewhere")


def mine(voice: Voice, team: str, found: Record) -> Html:
    """How my last mornings in a team went."""
    return voice(
        "checkin.mine", team=team, done=found.done, expected=found.expected, streak=found.streak
    )


def closed(
    voice: Voice, team: str, day: date, tally: Tally, people: Sequence[Presence], *, right: str
) -> Message:
    """For the leader alone: who is missing, who is excused, who never enrolled."""
    missing = [p.name for p in people if p.telegram_id and not p.at and not p.reason]
    away = [
        voice("closing.excused_one", name=p.name, reason=voice.plain(f"reason.{p.reason}"))
        for p in people
        if p.reason and not p.at
    ]
    unseen = [p.name for p in people if p.telegram_id is None]
    lines = [
        voice("closing.head", team=team, day=voice.day(day)),
        voice("closing.tally", done=tally.done, expected=tally.expected),
    ]
    join = voice.plain("format.comma")
    if missing:
        lines.append(voice("closing.missing", names=join.join(missing), count=len(missing)))
    elif tally.expected:
        lines.append(voice("closing.complete"))
    if away:
        lines.append(voice("closing.excused", names=Html(join.join(away)), count=len(away)))
    if unseen:
        lines.append(voice("closing.unseen", names=join.join(unseen), count=len(unseen)))
    if right:
        lines.append(voice("closing.answers", right=right))
    return Message(Html("\n".join(lines)))
