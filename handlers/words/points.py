"""What we say of points: to each of their own, and of a team's where it has a board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.rules.points import Place, Scale
from handlers.words.message import Message
from handlers.words.voice import Html, Voice
from storage.kinds import Deed

MOST = 60  # lines of a board


@dataclass(frozen=True)
class Score:
    """Somebody's points in a team: of the month, of the year; and what the month's are for."""

    team: str
    month: int
    year: int
    did: Mapping[Deed, int]
    public: bool = False  # the team has a board of them


def line(voice: Voice, score: Score) -> Html:
    """One's points in a team, in a line."""
    return voice("points.mine", team=score.team, month=score.month, year=score.year)


def own(voice: Voice, scores: Sequence[Score], scale: Scale) -> Message:
    """One's points by team, with what they are for; and what each deed is worth."""
    blocks = []
    for score in scores:
        lines = [line(voice, score)]
        did = [
            voice.plain(
                f"points.did.{deed}", n=score.did[deed], worth=scale[deed] * score.did[deed]
            )
            for deed in Deed
            if score.did.get(deed)
        ]
        if did:
            lines.append(voice("points.for", deeds=voice.plain("format.comma").join(did)))
        blocks.append("\n".join(lines))
    worth = [voice.plain(f"points.worth.{deed}", worth=scale[deed]) for deed in Deed]
    seen = voice.plain("points.public" if any(s.public for s in scores) else "points.secret")
    blocks.append(voice("points.scale", deeds=voice.plain("format.comma").join(worth), seen=seen))
    return Message(Html("\n\n".join(blocks)))


def board(voice: Voice, team: str, today: date, places: Sequence[Place]) -> Message:
    """A team's members, the most points first."""
    if not places:
        return Message(voice("points.empty", team=team))
    lines = [voice("points.board", team=team, day=voice.day(today))]
    lines += [
        voice("points.place", place=one.place, name=one.name, points=one.points)
        for one in places[:MOST]
    ]
    if len(places) > MOST:
        lines.append(voice("board.more", n=len(places) - MOST))
    lines.append(voice("points.note"))
    return Message(Html("\n".join(lines)))


def off(voice: Voice, able: Sequence[str]) -> Message:
    """They are switched off; who can switch them on."""
    if not able:
        return Message(voice("points.off"))
    return Message(voice("points.off_by", names=voice.plain("format.comma").join(able)))


def no_board(voice: Voice) -> Message:
    """To somebody without a place: this team has no board for all to see."""
    return Message(voice("points.no_board"))


def nobody(voice: Voice) -> Message:
    """Only members have points."""
    return Message(voice("points.nobody"))
