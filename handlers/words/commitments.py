"""What we say of promises: made, moved, kept, and what is still open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers.rules.calendar import Calendar
from handlers.rules.dues import Lag, days_over, lag, offers
from handlers.taps.asks import HelpTap
from handlers.taps.commitments import (
    DoneTap,
    ListedDoneTap,
    MoveTap,
    PickedTap,
    PickTap,
    ReadyPledgeTap,
    TransferTap,
    ViewAct,
    ViewTap,
    WithdrawTap,
)
from handlers.words import dates, tasks
from handlers.words.announcements import MEDIA
from handlers.words.message import Button, Message, Rows
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.commitments import Occasion, Promise
from storage.kinds import Media, Plea
from storage.pending import Late
from storage.tables import Commitment, Person, Team

BRIEF = 40  # characters of a promise in a line of the card
LISTED = 80  # characters of a promise in a list
LONGEST = 20  # lines of a list, so that it fits one message with the longest texts and names
BESIDE = 14  # columns of a promise on a button that has another beside it
TOAST = 60  # characters of a promise in a toast or on a button
NO_NOTE = Html()
NO_PLEAS: Mapping[int, Plea] = {}


def promise(
    voice: Voice,
    what: Promise,
    calendar: Calendar,
    now: datetime,
    *,
    private: bool,
    assumed: bool = False,
    others: Sequence[Team] = (),
    plea: Plea | None = None,
) -> Message:
    """A promise as it stands; its owner's buttons while it is open.

    calendar  its team's workdays
    private  without the owner's name, which only a group needs
    assumed  nobody said when: it says so
    others   the owner's other teams, to choose from where it was not clear which was meant
    plea     what its owner has asked for
    """
    if what.task:
        return tasks.own(voice, what, now, private=private)
    commitment = what.commitment
    head = voice(
        "commitment.own" if private else "commitment.head",
        number=commitment.number,
        text=commitment.text,
        name=what.owner.name,
        team=what.team.name,
    )
    if commitment.state.ended:
        return Message(Html(f"{head}\n{voice(f'commitment.is_{commitment.state}')}"))
    when = voice.when(commitment.due_at, calendar.zone, now)
    due = voice("commitment.assumed" if assumed else "commitment.due", when=when)
    if plea is not None:
        due = Html(f"{due}\n{voice(f'commitment.plea_{plea}')}")
    return Message(
        Html(f"{head}\n{due}"), _buttons(voice, commitment, calendar, now, others, plea)
    )


def picking(
    voice: Voice, shown: Message, what: Promise, calendar: Calendar, now: datetime
) -> Message:
    """The same promise, with the days to choose from."""
    of = what.commitment.id
    here, back = PickTap(of), PickedTap(of)
    rows = dates.days(voice, calendar, now, lambda day: MoveTap(of, day), here, back)
    return replace(shown, buttons=rows)


def usage(voice: Voice) -> Message:
    """How to promise something."""
    return Message(voice("commitment.usage"))


def too_long(voice: Voice, length: int, limit: int) -> Message:
    """That text does not fit a line."""
    return Message(voice("commitment.too_long", length=length, limit=limit))


def past(voice: Voice, at: datetime, zone: ZoneInfo) -> Message:
    """That time is over."""
    when = f"{voice.day(at.astimezone(zone).date())} {voice.moment(at, zone)}"
    return Message(voice("commitment.past", when=when))


def pledges(voice: Voice, occasion: Occasion) -> Message:
    """The ready pledges of a morning's bite, to choose one with a tap, or how to write one."""
    ready = occasion.bite.pledges
    rows = tuple(
        (Button(text, ReadyPledgeTap(occasion.morning.id, index)),)
        for index, text in enumerate(ready)
    )
    body = voice("commitment.choose" if ready else "commitment.write", team=occasion.team.name)
    return Message(body, rows)


def in_private(voice: Voice) -> str:
    """Look into the private chat."""
    return voice.plain("commitment.in_private")


def repeated(voice: Voice, commitment: Commitment) -> str:
    """You have promised that already."""
    return voice.plain("commitment.repeated", number=commitment.number)


def moved(voice: Voice, commitment: Commitment, zone: ZoneInfo) -> str:
    """It has another date."""
    day = voice.day(commitment.due_at.astimezone(zone).date())
    return voice.plain("commitment.moved", number=commitment.number, day=day)


def unreachable(voice: Voice) -> str:
    """It cannot be moved to that day."""
    return voice.plain("commitment.unreachable")


def transferred(voice: Voice, what: Promise) -> str:
    """It is another team's now."""
    return voice.plain(
        "commitment.transferred", number=what.commitment.number, team=what.team.name
    )


def became(voice: Voice, commitment: Commitment) -> str:
    """What has just become of it: kept or withdrawn."""
    return voice.plain(f"commitment.became_{commitment.state}", number=commitment.number)


def ended(voice: Voice, commitment: Commitment) -> str:
    """It was over already."""
    return voice.plain(f"commitment.ended_{commitment.state}", number=commitment.number)


# -- kept ------------------------------------------------------------------------------------


def kept(
    voice: Voice, what: Promise, media: Media | None, *, private: bool, note: Html = NO_NOTE
) -> Message:
    """The one line on a promise that is kept, and what was shown, where somebody wrote so.

    note  what became of the witness who was named
    """
    key = "commitment.kept_own" if private else "commitment.kept"
    commitment = what.commitment
    body = voice(key, number=commitment.number, text=commitment.text, name=what.owner.name)
    if media:
        body = voice("commitment.evidence", line=body, kind=voice(MEDIA[media]))
    return Message(Html(f"{body}\n{note}") if note else body, silent=True)


def witness(voice: Voice, fate: str, name: str, number: int) -> Html:
    """Whether somebody was asked to verify it: `asked`, or why not and how to say it."""
    return voice(f"commitment.witness_{fate}", name=short(name, BRIEF), number=number)


def applause(voice: Voice) -> str:
    """The emoji put on the message that says so."""
    return voice.plain("commitment.applause")


def no_such(voice: Voice, number: int) -> str:
    """No promise has that number here."""
    return voice.plain("commitment.no_such", number=number)


def not_yours(voice: Voice, number: int) -> str:
    """Only its owner can say that it is kept."""
    return voice.plain("commitment.not_yours", number=number)


def which(voice: Voice, rows: Sequence[tuple[Commitment, Team]]) -> Message:
    """Which one is done? One button for each; none where nothing is open."""
    if not rows:
        return Message(voice("commitment.none_open"))
    several = _several(rows)
    return Message(
        voice("commitment.which"),
        tuple(
            (Button(_label(voice, commitment, team, several), DoneTap(commitment.id)),)
            for commitment, team in rows[:LONGEST]
        ),
    )


# -- what is open ----------------------------------------------------------------------------


def mine(
    voice: Voice,
    rows: Sequence[tuple[Commitment, Team]],
    calendar: Calendar,
    now: datetime,
    pleas: Mapping[int, Plea] = NO_PLEAS,
) -> Html:
    """My open promises, a line each, with its colour. `pleas`: what I have asked for, by id."""
    if not rows:
        return voice("commitment.none_mine")
    several = _several(rows)
    lines = [voice("commitment.mine", n=len(rows))]
    for commitment, team in rows[:LONGEST]:
        line = voice(
            "commitment.mine_line",
            number=commitment.number,
            text=short(commitment.text, LISTED),
            due=standing(voice, commitment, calendar, now),
        )
        colour = lag(commitment.due_at, now, calendar, pleas.get(commitment.id))
        line = Html(f"{voice(f'commitment.mark_{colour}')} {line}")
        if several:
            line = Html(f"{line}{voice('commitment.in_team', team=team.name)}")
        lines.append(line)
    return Html("\n".join([*lines, *_rest(voice, len(rows), LONGEST)]))


def mine_buttons(voice: Voice, rows: Sequence[tuple[Commitment, Team]], count: int = 5) -> Rows:
    """The most pressing ones: done, or looked at by itself; of the others the latter."""
    pressing = tuple(
        (
            Button(
                voice.plain(
                    "commitment.done_number",
                    number=commitment.number,
                    text=dates.beside(commitment.text, BESIDE),
                ),
                ListedDoneTap(commitment.id),
            ),
            _look(voice, commitment),
        )
        for commitment, _ in rows[:count]
    )
    others = [_look(voice, commitment) for commitment, _ in rows[count:LONGEST]]
    return (*pressing, *(tuple(others[n : n + 5]) for n in range(0, len(others), 5)))


def _look(voice: Voice, commitment: Commitment) -> Button:
    label = voice.plain("commitment.look", number=commitment.number)
    return Button(label, ViewTap(commitment.id, ViewAct.SHOW))


def due_lines(
    voice: Voice,
    rows: Sequence[tuple[Commitment, Person]],
    zone: ZoneInfo,
    now: datetime,
    limit: int = 6,
    pleas: Mapping[int, Plea] = NO_PLEAS,
    *,
    names: bool = True,
) -> Html:
    """A team's promises that are due, a line each and without blame; empty where none is."""
    if not rows:
        return Html()
    lines = [voice("commitment.due_head")]
    lines += [
        listed(voice, row, owner if names else None, zone, now, pleas.get(row.id))
        for row, owner in rows[:limit]
    ]
    return Html("\n".join([*lines, *_rest(voice, len(rows), limit)]))


def overdue(
    voice: Voice,
    late: Late,
    now: datetime,
    *,
    private: bool,
    hidden: Collection[int] = (),
) -> Message:
    """What is past its date; in private, where it may be of several teams, team by team.

    hidden  teams whose names are not shown
    """
    if not late.rows:
        return Message(voice("commitment.none_overdue"))
    lines = [voice("commitment.overdue_head", n=late.whole)]
    for team_id, group in groupby(late.rows, key=lambda row: row.team.id):
        promises = list(group)
        if private:
            name = promises[0].team.name
            lines.append(voice("commitment.overdue_team", team=name, count=late.counts[team_id]))
        lines += [
            listed(
                voice,
                row.commitment,
                row.owner if row.team.id not in hidden else None,
                ZoneInfo(row.team.timezone),
                now,
                late.pleas.get(row.commitment.id),
            )
            for row in promises
        ]
    return Message(Html("\n".join([*lines, *_rest(voice, late.whole, LONGEST)])))


# -- parts -----------------------------------------------------------------------------------


def _buttons(
    voice: Voice,
    commitment: Commitment,
    calendar: Calendar,
    now: datetime,
    others: Sequence[Team],
    plea: Plea | None,
) -> Rows:
    today = calendar.today(now)
    later = [
        Button(dates.until(voice, offer, today), MoveTap(commitment.id, offer.day))
        for offer in offers(now, commitment.due_at, calendar)
    ]
    later.append(Button(voice.plain("commitment.pick"), PickTap(commitment.id)))
    help = Button(voice.plain("ask.button.help"), HelpTap(commitment.id))
    end = (
        Button(voice.plain("commitment.done"), DoneTap(commitment.id)),
        *([help] if plea is not Plea.HELP else []),
        Button(voice.plain("commitment.withdraw"), WithdrawTap(commitment.id)),
    )
    teams = tuple(
        (
            Button(
                voice.plain("commitment.to_team", team=team.name),
                TransferTap(commitment.id, team.id),
            ),
        )
        for team in others
    )
    return (*dates.fitting(later), end, *teams)


def standing(voice: Voice, commitment: Commitment, calendar: Calendar, now: datetime) -> Html:
    """The date, and how near it is or how long it has passed."""
    zone = calendar.zone
    day = calendar.today(commitment.due_at)
    ahead = (day - calendar.today(now)).days
    date_words = voice.day(day)
    if lag(commitment.due_at, now, calendar) is Lag.RED:
        if over := days_over(commitment.due_at, now, calendar):
            return voice("commitment.overdue_days", day=date_words, n=over)
        return voice(
            "commitment.overdue_today", day=date_words, at=voice.moment(commitment.due_at, zone)
        )
    near = {0: "commitment.due_today", 1: "commitment.due_tomorrow"}
    key = near.get(ahead)
    return voice(key, day=date_words) if key else Html(date_words)


def listed(
    voice: Voice,
    commitment: Commitment,
    owner: Person | None,
    zone: ZoneInfo,
    now: datetime,
    plea: Plea | None = None,
) -> Html:
    """One promise for everybody's eyes: what, whose (None: unsaid), when; not how late it is.

    That its owner asked for more time or for help is shown, so that who can help sees it.
    """
    day = commitment.due_at.astimezone(zone).date()
    today = day == now.astimezone(zone).date()
    what = {"number": commitment.number, "text": short(commitment.text, BRIEF)}
    if owner is None:
        said = voice(
            "nameless.line_today" if today else "nameless.line", **what, day=voice.day(day)
        )
    else:
        key = "commitment.line_today" if today else "commitment.line"
        said = voice(key, **what, name=owner.name, day=voice.day(day))
    if lag(commitment.due_at, now, Calendar(zone), plea) is not Lag.YELLOW:
        return said
    return Html(f"{voice('commitment.mark_yellow')} {said}")


def _label(voice: Voice, commitment: Commitment, team: Team, several: bool) -> str:
    key = "commitment.label_team" if several else "commitment.label"
    text = short(commitment.text, TOAST)
    return voice.plain(key, number=commitment.number, text=text, team=team.name)


def _several(rows: Sequence[tuple[Commitment, Team]]) -> bool:
    return len({team.id for _, team in rows}) > 1


def _rest(voice: Voice, count: int, limit: int) -> list[Html]:
    return [voice("commitment.rest", n=count - limit)] if count > limit else []
