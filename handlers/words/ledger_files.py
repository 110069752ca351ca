"""What we say where a ledger is asked for in a chat; the file itself is in `ledgers`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.reading.spans import Span, month, quarter, week, year
from handlers.rules.calendar import DAY
from handlers.taps import Tap
from handlers.taps.ledgers import LedgerTeamsTap
from handlers.words.message import Button, Message, Ours
from handlers.words.scopes import in_a_name, stamp
from handlers.words.scopes import span as named
from handlers.words.voice import Html, Voice
from storage.kinds import Media

PAGE = 8  # teams and units


@dataclass(frozen=True)
class Choice:
    """A team, or a unit with so many of them."""

    name: str
    tap: Tap
    teams: int = 0  # of a unit


def when(voice: Voice, whose: str, today: date, tap: Callable[[Span], Tap]) -> Message:
    """Of which days? `whose`: the team or unit that was named, if one was."""
    spans = {
        "this_week": week(today),
        "last_week": week(today - 7 * DAY),
        "this_month": month(today),
        "last_month": month(today, 1),
        "this_quarter": quarter(today),
        "last_quarter": quarter(today, 1),
        "this_year": year(today.year),
        "last_year": year(today.year - 1),
    }
    buttons = [Button(voice.plain(f"span.{key}"), tap(span)) for key, span in spans.items()]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    asks = voice("ledgerfile.when_of", name=whose) if whose else voice("ledgerfile.when")
    return Message(Html(f"{asks}\n{voice('ledgerfile.how')}"), rows)


def whose(voice: Voice, span: Span, choices: Sequence[Choice], page: int) -> Message:
    """Of which teams?"""
    last = max(0, (len(choices) - 1) // PAGE)
    page = min(max(page, 0), last)
    rows = []
    for one in choices[page * PAGE :][:PAGE]:
        label = one.name
        if one.teams:
            label = voice.plain("ledgerfile.unit", unit=one.name, n=one.teams)
        rows.append((Button(label, one.tap),))
    ends = {"announcement.before": page - 1, "announcement.after": page + 1}
    turning = tuple(
        Button(
            voice.plain(key, page=to + 1, pages=last + 1),
            LedgerTeamsTap(to, span.first, span.last),
        )
        for key, to in ends.items()
        if 0 <= to <= last
    )
    text = voice("ledgerfile.whose", span=named(voice, span))
    return Message(text, (*rows, turning) if turning else tuple(rows))


def file(voice: Voice, name: str, span: Span, teams: int, wanted: str) -> Message:
    """The file, which is made when it is sent."""
    title = voice.plain("ledgerfile.name", name=in_a_name(name), span=stamp(span))
    ours = Ours("ledger", title, wanted, voice.locale)
    days = named(voice, span)
    if teams > 1:
        text = voice("ledgerfile.sent_teams", name=name, span=days, n=teams)
    else:
        text = voice("ledgerfile.sent", name=name, span=days)
    return Message(text, media=Media.DOCUMENT, ours=ours)


def coming(voice: Voice, name: str, span: Span) -> str:
    """It is being made."""
    return voice.plain("ledgerfile.coming", name=_short(name), span=named(voice, span))


def busy(voice: Voice) -> str:
    """Another is being made for you."""
    return voice.plain("ledgerfile.busy")


def nothing(voice: Voice, name: str, span: Span) -> str:
    """Nothing happened on these days."""
    return voice.plain("ledgerfile.nothing", name=_short(name), span=named(voice, span))


def too_much(voice: Voice, teams: int, days: int, most: int) -> str:
    """So many teams for so many days are too much for one file."""
    return voice.plain("ledgerfile.too_much", teams=teams, days=days, most=most // teams)


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:39] + "…"


def nobody(voice: Voice) -> Message:
    """You look after no team."""
    return Message(voice("ledgerfile.nobody"))
