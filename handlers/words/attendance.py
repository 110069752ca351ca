"""What we say of how teams attended on some days: in figures, and by right with names."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from handlers.reading.spans import Span
from handlers.words.message import Message
from handlers.words.questions import days as on
from handlers.words.questions import named
from handlers.words.status import together
from handlers.words.voice import Html, Voice
from storage.attendance import Absence, Days
from storage.checkins import Presence
from storage.tables import Team

MOST = 40  # names in a line
LONGEST = 3500  # characters of HTML that surely fit one message
ALL = 100  # per cent, which only those have of whom nobody is missing


def share(done: int, expected: int) -> int:
    """Per cent, in whole numbers."""
    return min(round(ALL * done / expected), ALL - (done < expected)) if expected else 0


def rates(
    voice: Voice, span: Span, today: date, teams: Sequence[Team], found: Mapping[int, Days]
) -> Message:
    """The share of check-ins, by team, and of all of them where there are several."""
    lines = [voice("answer.rate_head", days=named(voice, span, today))]
    every = [found[team.id] for team in teams]
    if len(teams) > 1:
        lines.append(_rate(voice, voice.plain("answer.all_teams", n=len(teams)), _sum(every)))
    room = LONGEST
    for place, team in enumerate(teams):
        line = _rate(voice, team.name, found[team.id])
        room -= len(line)
        if room < 0:
            lines.append(voice("answer.more_teams", n=len(teams) - place))
            break
        lines.append(line)
    return Message(Html("\n".join(lines)))


def _rate(voice: Voice, name: str, of: Days) -> Html:
    if not of.mornings:
        return voice("answer.no_rate", team=name)
    return voice(
        "answer.rate",
        team=name,
        done=of.done,
        expected=of.expected,
        share=share(of.done, of.expected),
        away=of.away,
        mornings=of.mornings,
    )


def _sum(every: Sequence[Days]) -> Days:
    people = [one for days in every for one in days.people]
    return Days(sum(days.mornings for days in every), people)


def missing(
    voice: Voice, span: Span, today: date, team: Team, found: Days, *, names: bool
) -> Message:
    """Who missed how many mornings of several days; without `names`, how many people did."""
    when = named(voice, span, today)
    if not found.mornings:
        return none(voice, team, span, today)
    missed = found.missing
    lines = [
        voice("answer.missing_head", team=team.name, days=when),
        voice(
            "answer.missing_sum",
            mornings=found.mornings,
            missed=found.expected - found.done,
            people=len(missed),
            away=found.away,
        ),
    ]
    if names and missed:
        said = [
            voice("answer.times", name=one.name, count=one.missed, away=one.away)
            if not one.away
            else voice("answer.times_away", name=one.name, count=one.missed, away=one.away)
            for one in missed[:MOST]
        ]
        lines.append(_names(voice, said, len(missed)))
    return Message(Html("\n".join(lines)))


def present(voice: Voice, shown: Message, people: Sequence[Presence]) -> Message:
    """The same morning, and who has studied, in that order."""
    there = [one.name for one in people if one.at]
    if not there:
        return shown
    line = voice(
        "answer.present",
        names=_names(voice, [Html(escape(name, quote=False)) for name in there], len(there)),
    )
    return Message(Html(f"{shown.html}\n{line}"))


def away(
    voice: Voice, span: Span, today: date, team: Team, found: Sequence[Absence], *, names: bool
) -> Message:
    """Who is on leave on these days; without `names`, how many."""
    head = voice("answer.away", team=team.name, days=named(voice, span, today), count=len(found))
    if not names or not found:
        return Message(head)
    said = [
        voice("answer.away_one", name=one.name, reason=voice.plain(f"reason.{one.reason}"))
        if span.days == 1
        else voice(
            "answer.away_days",
            name=one.name,
            reason=voice.plain(f"reason.{one.reason}"),
            days=on(voice, Span(max(one.first, span.first), min(one.last, span.last))),
        )
        for one in found[:MOST]
    ]
    return Message(Html(f"{head}\n{_names(voice, said, len(found))}"))


def none(voice: Voice, team: Team, span: Span, today: date) -> Message:
    """There was no morning then."""
    return Message(voice("answer.none", team=team.name, days=named(voice, span, today)))


def several(voice: Voice, found: Sequence[Message]) -> Message:
    """Those of several teams, as many as fit."""
    return together(voice, found)


def _names(voice: Voice, said: Sequence[Html], count: int) -> Html:
    line = voice.plain("format.comma").join(said[:MOST])
    if count > MOST:
        line += voice("answer.others", n=count - MOST)
    return Html(line)
