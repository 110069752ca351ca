"""What we say to the owners of promises before they are late, and to those who can help."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.rules.calendar import Calendar
from handlers.rules.dues import Offer, due_day
from handlers.taps.asks import (
    AskedDoneTap,
    HandledTap,
    HelpTap,
    LaterDayTap,
    LaterTap,
    NeverMindTap,
    NoReasonTap,
    SureTap,
)
from handlers.words.message import Button, Message, Rows
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.asks import Item
from storage.calls import Call
from storage.commitments import Promise
from storage.kinds import Plea
from storage.tables import Commitment

LISTED = 10  # promises of one message: each has a row of buttons
BRIEF = 80  # characters of a promise in a list
PAIR = 2  # days in a row of buttons


# -- asked -----------------------------------------------------------------------------------


def ask(voice: Voice, items: Sequence[Item], day: date, now: datetime) -> Message:
    """Will these be in time? What is overdue comes first; what was answered says how."""
    listed = items[:LISTED]
    late = [item for item in listed if _late(item, day)]
    due = [item for item in listed if not _late(item, day)]
    several = len({item.what.team.id for item in listed}) > 1
    lines: list[Html] = []
    for head, some in (("ask.late", late), ("ask.due", due)):
        if some:
            lines += [Html(), voice(head, n=len(some))] if lines else [voice(head, n=len(some))]
            lines += [_line(voice, item, day, now, several, len(listed)) for item in some]
    if len(items) > LISTED:
        lines.append(voice("ask.rest", n=len(items) - LISTED))
    open_ = [item for item in (*late, *due) if not _answer(voice, item, day)]
    rows = tuple(_row(voice, item, _late(item, day), len(listed) > 1) for item in open_)
    return Message(Html("\n".join(lines)), rows)


def _line(voice: Voice, item: Item, day: date, now: datetime, several: bool, count: int) -> Html:
    commitment, zone = item.what.commitment, ZoneInfo(item.what.team.timezone)
    line = voice(
        "ask.line",
        number=commitment.number,
        text=commitment.text if count == 1 else short(commitment.text, BRIEF),
        stands=_answer(voice, item, day)
        or voice("ask.until", when=voice.when(commitment.due_at, zone, now)),
    )
    return Html(f"{line}{voice('ask.team', team=item.what.team.name)}") if several else line


def _answer(voice: Voice, item: Item, day: date) -> Html | None:
    """What has come of it since it was asked on that day; None: nothing yet."""
    commitment, calendar = item.what.commitment, _calendar(item.what)
    if commitment.state.ended:
        return voice(f"commitment.is_{commitment.state}")
    if calendar.today(item.since) >= day:
        return voice("ask.is_moved", day=_day(voice, item.what))
    if item.plea is Plea.HELP:
        return voice("ask.is_helped")
    return voice("ask.is_sure", day=_day(voice, item.what)) if item.sure else None


def _row(voice: Voice, item: Item, late: bool, numbered: bool) -> tuple[Button, ...]:
    number = item.what.commitment.id
    first = ("done", AskedDoneTap(number)) if late else ("sure", SureTap(number))
    return tuple(
        Button(
            voice.plain(
                "ask.numbered" if numbered else "ask.alone",
                number=item.what.commitment.number,
                label=voice.plain(f"ask.button.{name}"),
            ),
            tap,
        )
        for name, tap in (first, ("later", LaterTap(number)), ("help", HelpTap(number)))
    )


def _late(item: Item, day: date) -> bool:
    return due_day(item.what.commitment.due_at, _calendar(item.what)) < day


def noted(voice: Voice, commitment: Commitment) -> str:
    """You expect to be in time."""
    return voice.plain("ask.noted", number=commitment.number)


def known(voice: Voice, commitment: Commitment) -> str:
    """You said so already."""
    return voice.plain("ask.known", number=commitment.number)


# -- more time -------------------------------------------------------------------------------


def later(voice: Voice, what: Promise, offers: Sequence[Offer]) -> Message:
    """Until when? A tap, or a date in one's own words."""
    days = [
        Button(voice.plain("ask.to_day", day=voice.day(offer.day)), _to(what, offer))
        for offer in offers
    ]
    rows: Rows = tuple(tuple(days[start : start + PAIR]) for start in range(0, len(days), PAIR))
    return Message(_about(voice, what, voice("ask.which_day")), (*rows, _never_mind(voice, what)))


def _to(what: Promise, offer: Offer) -> LaterDayTap:
    return LaterDayTap(what.commitment.id, offer.day)


def reason(voice: Voice, what: Promise, now: datetime) -> Message:
    """It has a later date. Why?"""
    said = Html(f"{_moved(voice, what, now)}\n{voice('ask.why')}")
    button = Button(voice.plain("ask.button.no_reason"), NoReasonTap(what.commitment.id))
    return Message(_about(voice, what, said), ((button,),))


def moved(voice: Voice, what: Promise, now: datetime, why: str = "") -> Message:
    """It has a later date, and this is why."""
    said = _moved(voice, what, now)
    if why:
        said = Html(f"{said}\n{voice('ask.because', text=why)}")
    return Message(_about(voice, what, said))


def postponed(voice: Voice, what: Promise, now: datetime, why: str = "") -> Message:
    """What somebody else assigned has a later date, by its owner's word."""
    said = _moved(voice, what, now)
    if why:
        said = Html(f"{said}\n{voice('ask.because', text=why)}")
    head = voice(
        "ask.postponed",
        team=what.team.name,
        number=what.commitment.number,
        name=what.owner.name,
        text=what.commitment.text,
    )
    return Message(Html(f"{head}\n{said}"))


def _moved(voice: Voice, what: Promise, now: datetime) -> Html:
    zone = ZoneInfo(what.team.timezone)
    return voice("ask.moved", when=voice.when(what.commitment.due_at, zone, now))


def no_date(voice: Voice) -> Message:
    """There was no date in that."""
    return Message(voice("ask.no_date"))


def not_later(voice: Voice, what: Promise, at: datetime, now: datetime) -> Message:
    """That is no later than what was promised."""
    zone = ZoneInfo(what.team.timezone)
    return Message(voice("ask.not_later", when=voice.when(at, zone, now)))


def too_long(voice: Voice, length: int, limit: int) -> Message:
    """That does not fit a line."""
    return Message(voice("ask.too_long", length=length, limit=limit))


def replied(voice: Voice, what: Promise) -> Message:
    """The question has its answer in words."""
    return Message(_about(voice, what, voice("ask.replied")))


def as_it_was(voice: Voice, what: Promise) -> Message:
    """Nothing was changed."""
    return Message(_about(voice, what, voice("ask.as_it_was")))


# -- help ------------------------------------------------------------------------------------


def need(voice: Voice, what: Promise) -> Message:
    """What is needed? The answer is in words."""
    return Message(_about(voice, what, voice("ask.need")), (_never_mind(voice, what),))


def called(voice: Voice, names: Sequence[str]) -> Message:
    """Who was told; nobody, where nobody can be."""
    if not names:
        return Message(voice("ask.nobody"))
    return Message(voice("ask.called", names=voice.plain("ask.comma").join(names)))


def waits(voice: Voice, commitment: Commitment) -> str:
    """You have asked for help, and it has not come yet."""
    return voice.plain("ask.waits", number=commitment.number)


def call(voice: Voice, what: Call, now: datetime) -> Message:
    """To those who can help: who needs what for which promise."""
    promise, zone = what.what, ZoneInfo(what.what.team.timezone)
    lines = [
        voice("ask.call", team=promise.team.name, name=promise.owner.name),
        voice("ask.promise", number=promise.commitment.number, text=promise.commitment.text),
        voice("commitment.due", when=voice.when(promise.commitment.due_at, zone, now)),
        voice("ask.needs", text=what.act.text),
    ]
    if what.handled is not None:
        at = voice.when(what.handled.at, zone, now)
        return _lines([*lines, voice("ask.handled", name=what.by, at=at)])
    if promise.commitment.state.ended:
        return _lines([*lines, voice(f"commitment.is_{promise.commitment.state}")])
    button = Button(voice.plain("ask.button.handled"), HandledTap(what.act.id))
    return Message(_lines(lines).html, ((button,),))


def over(voice: Voice) -> str:
    """Somebody was first, or it is not open any more."""
    return voice.plain("ask.over")


def thanks(voice: Voice) -> str:
    """Its owner hears that you see to it."""
    return voice.plain("ask.thanks")


def answered(voice: Voice, what: Call, by: str) -> Message:
    """To its owner: who saw to it."""
    number, text = what.what.commitment.number, what.what.commitment.text
    return _lines(
        [
            voice("ask.answered", name=by),
            voice("ask.promise", number=number, text=text),
            voice("ask.needs", text=what.act.text),
        ]
    )


# -- overdue ---------------------------------------------------------------------------------


def digest(voice: Voice, items: Sequence[Item]) -> Message:
    """To a leader: what became overdue in their teams, team by team."""
    teams = {item.what.team.id: item.what.team for item in items}
    most = max(1, 2 * LISTED // len(teams))
    lines = []
    for number, team in list(teams.items())[:LISTED]:
        own = [item.what for item in items if item.what.team.id == number]
        lines += [voice("ask.digest", team=team.name, n=len(own))]
        lines += [
            voice(
                "commitment.line",
                number=what.commitment.number,
                text=short(what.commitment.text, BRIEF),
                name=what.owner.name,
                day=_day(voice, what),
            )
            for what in own[:most]
        ]
        if len(own) > most:
            lines.append(voice("commitment.rest", n=len(own) - most))
    return _lines([*lines, voice("ask.digest_all")])


# -- parts -----------------------------------------------------------------------------------


def _about(voice: Voice, what: Promise, said: Html) -> Html:
    head = voice("ask.promise", number=what.commitment.number, text=what.commitment.text)
    return Html(f"{head}\n{said}")


def _never_mind(voice: Voice, what: Promise) -> tuple[Button, ...]:
    return (Button(voice.plain("ask.button.never_mind"), NeverMindTap(what.commitment.id)),)


def _day(voice: Voice, what: Promise) -> str:
    return voice.day(_calendar(what).today(what.commitment.due_at))


def _calendar(what: Promise) -> Calendar:
    return Calendar(ZoneInfo(what.team.timezone))


def _lines(lines: Sequence[Html]) -> Message:
    return Message(Html("\n".join(lines)))
