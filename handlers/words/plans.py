"""What we say of a team's plan: what comes, what can be changed of it, and what was changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from unicodedata import east_asian_width

from handlers.reading.plans import stretches
from handlers.rules.rotation import Coming
from handlers.taps import Tap
from handlers.taps.plans import (
    CoursesTap,
    PlanAct,
    PlanActTap,
    PlanBitesTap,
    PlanPauseTap,
    PlanTeamsTap,
    PlanUnitTap,
    PlanWeekTap,
)
from handlers.words import hours
from handlers.words.message import Button, Message, Rows
from handlers.words.pages import paged
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.plans import Listed

BRIEF = 14  # Chinese characters, in width, of a title on a button
LINE = 30  # and in a line
TOAST = 200  # characters that Telegram shows of an answer to a tap
MOST = 3  # stretches of days that are named
DAYS_AHEAD = 8  # that a pause is offered to last until


@dataclass(frozen=True)
class Week:
    """A team's next days.

    coming   what each brings
    following, last   the bite that comes next, and the one that came last
    paused   the days of pauses ahead
    chat     whether the team has a group at all
    """

    team_id: int
    team: str
    at: time
    eve: bool
    coming: Sequence[Coming]
    bites: Mapping[int, Listed]
    following: int | None
    last: int | None
    paused: Sequence[date]
    chat: bool = True
    several: bool = False  # there are other teams to look at
    work_ends: time | None = None  # where it is not the usual time
    later: Sequence[Coming] = ()  # days further on, of which something was changed


@dataclass(frozen=True)
class Asked:
    """What was asked, before it is known for which team."""

    act: PlanAct
    first: date | None = None
    last: date | None = None
    bite: int = 0


def week(voice: Voice, shown: Week, today: date, note: str = "", fault: str = "") -> Message:
    """What comes in the next days, and buttons to change it.

    note   what was done just now; fault: why nothing was
    """
    at = f"{shown.at:%H:%M}"
    head = voice(
        "plan.head", team=shown.team, at=voice.plain("plan.eve", at=at) if shown.eve else at
    )
    key, said = ("plan.done", note) if note else ("plan.not_done", fault)
    lines = [Html(f"{voice(key, what=said)}\n")] if said else []
    lines.append(head)
    lines += [_line(voice, one, shown.bites, today) for one in shown.coming]
    if shown.later:
        lines.append(voice("plan.then"))
        lines += [_line(voice, one, shown.bites, today) for one in shown.later]
    unsure = sorted({one.awaited for one in (*shown.coming, *shown.later) if one.awaited})
    lines += [voice("plan.provisional", year=year) for year in unsure]
    later = [day for day in shown.paused if day > shown.coming[-1].day]
    if later:
        lines.append(voice("plan.paused_later", days=spans(voice, later, today)))
    if not shown.chat:
        lines.append(voice("plan.no_chat"))
    return Message(Html("\n".join(lines)), _buttons(voice, shown))


def _line(voice: Voice, one: Coming, bites: Mapping[int, Listed], today: date) -> Html:
    day = dated(voice, one.day, today)
    key = "plan.line_unsure" if one.awaited else "plan.line"
    if one.bite is not None:
        return voice(key, day=day, what=_short(bites[one.bite].title, LINE))
    return voice(key, day=day, what=voice(f"plan.rest.{one.rest}"))


def _buttons(voice: Voice, shown: Week) -> Rows:
    team = shown.team_id
    rows: list[tuple[Button, ...]] = []
    if shown.following is not None:
        title = _short(shown.bites[shown.following].title, BRIEF)
        tap = PlanActTap(team, PlanAct.SKIP, bite=shown.following)
        rows.append((Button(voice.plain("plan.skip", title=title), tap),))
    if shown.last is not None and shown.last in shown.bites and shown.last != shown.following:
        title = _short(shown.bites[shown.last].title, BRIEF)
        tap = PlanActTap(team, PlanAct.AGAIN, bite=shown.last)
        rows.append((Button(voice.plain("plan.again", title=title), tap),))
    pause = Button(voice.plain("plan.pause"), PlanPauseTap(team))
    rows.append((pause, Button(voice.plain("plan.other"), PlanBitesTap(team, -1))))
    courses = Button(voice.plain("plan.courses"), CoursesTap(team))
    rows.append((courses, hours.button(voice, team, shown.work_ends)))
    if shown.paused:
        rows.append((Button(voice.plain("plan.resume"), PlanActTap(team, PlanAct.RESUME)),))
    if shown.several:
        other = PlanTeamsTap(0, PlanAct.SHOW)
        rows.append((Button(voice.plain("plan.other_team"), other),))
    return tuple(rows)


def how(voice: Voice) -> Message:
    """How to say it in a line."""
    return Message(voice("plan.how"))


def no_plan(voice: Voice, team: str) -> Message:
    """The team has no plan yet."""
    return Message(voice("plan.none", team=team))


def bad_days(voice: Voice) -> str:
    """The days lie in the past, end before they begin, or are too many."""
    return voice.plain("plan.bad_days")


def decided(voice: Voice, day: date, today: date) -> str:
    """That day is settled: its card is out, or its time has passed."""
    return voice.plain("plan.decided", day=dated(voice, day, today))


def moved_on(voice: Voice) -> str:
    """Something else comes next by now."""
    return voice.plain("plan.moved_on")


def nothing_last(voice: Voice) -> str:
    """There is no last bite that could come again."""
    return voice.plain("plan.nothing_last")


def nothing_next(voice: Voice) -> str:
    """There is nothing to skip."""
    return voice.plain("plan.nothing_next")


def not_paused(voice: Voice) -> str:
    """There is no pause ahead."""
    return voice.plain("plan.not_paused")


def no_bite(voice: Voice, packs: Mapping[str, int]) -> str:
    """There is no such bite; the packs that there are, each with how many bites it has."""
    named = [voice.plain("plan.pack_size", pack=pack, count=n) for pack, n in packs.items()]
    return voice.plain("plan.no_bite", packs=voice.plain("format.comma").join(named))


def did(
    voice: Voice,
    act: PlanAct,
    today: date,
    *,
    title: str = "",
    days: Sequence[date] = (),
) -> str:
    """What was done, in a few words."""
    return voice.plain(f"plan.did.{act}", title=title, days=spans(voice, days, today))


def unit_done(
    voice: Voice, unit: str, act: PlanAct, today: date, days: Sequence[date], teams: int
) -> Message:
    """What goes from now on for a unit and all below it."""
    what = did(voice, act, today, days=days)
    back = Button(voice.plain("plan.look_at_team"), PlanTeamsTap(0, PlanAct.SHOW))
    return Message(voice("plan.unit_done", unit=unit, what=what, n=teams), ((back,),))


# -- choosing --------------------------------------------------------------------------------


def teams(
    voice: Voice,
    asked: Asked,
    found: Sequence[tuple[int, str]],
    units: Sequence[tuple[int, str]],
    page: int,
    today: date,
    following: Mapping[int, int],
) -> Message:
    """For which team, or unit? `found`, `units`: ids and names, units first.

    `following`: by team, the bite that comes next, where that is what is to be skipped.
    """
    taps: list[tuple[str, Tap]] = []
    if asked.first and asked.last:
        taps = [
            (
                voice.plain("plan.unit", name=name),
                PlanUnitTap(unit, asked.act, asked.first, asked.last),
            )
            for unit, name in units
        ]
    act = (asked.act, asked.first, asked.last, asked.bite)
    for team, name in found:
        own = PlanActTap(team, *act[:3], following.get(team, asked.bite))
        taps.append((name, PlanWeekTap(team) if asked.act is PlanAct.SHOW else own))
    key = "plan.which" if asked.act is PlanAct.SHOW else "plan.which_for"
    days = _days(asked.first, asked.last)
    what = voice.plain(f"plan.act.{asked.act}", days=spans(voice, days, today))
    rows = paged(voice, taps, page, lambda to: PlanTeamsTap(to, *act), wide=len(taps) <= 4)
    return Message(voice(key, what=what.strip()), rows)


def pauses(voice: Voice, team_id: int, team: str, first: date, today: date) -> Message:
    """From when to when? `first`: the first day that can still be changed."""
    monday = today - timedelta(days=today.weekday())
    sunday, act = monday + timedelta(days=6), PlanAct.PAUSE
    weeks = []
    if first <= sunday:
        this = PlanActTap(team_id, act, first, sunday)
        weeks.append(Button(voice.plain("plan.this_week"), this))
    after = max(first, sunday + timedelta(days=1))
    then = PlanActTap(team_id, act, after, sunday + timedelta(days=7))
    weeks.append(Button(voice.plain("plan.next_week"), then))
    ends = [
        Button(
            voice.plain("plan.until", day=voice.day(first + timedelta(days=n))),
            PlanActTap(team_id, act, first, first + timedelta(days=n)),
        )
        for n in range(DAYS_AHEAD)
    ]
    pairs = [tuple(ends[at : at + 2]) for at in range(0, len(ends), 2)]
    rows = (tuple(weeks), *pairs, (_back(voice, team_id),))
    return Message(voice("plan.pause_when", team=team, day=dated(voice, first, today)), rows)


def packs(voice: Voice, team_id: int, team: str, found: Sequence[str]) -> Message:
    """From which pack? `found`: their titles, in the plan's order."""
    rows = tuple(
        (Button(title, PlanBitesTap(team_id, place)),) for place, title in enumerate(found)
    )
    return Message(voice("plan.which_pack", team=team), (*rows, (_back(voice, team_id),)))


def bites(
    voice: Voice, team_id: int, team: str, pack: int, found: Sequence[Listed], page: int
) -> Message:
    """At which bite?"""
    taps: list[tuple[str, Tap]] = [
        (
            voice.plain("plan.bite", number=bite.number, title=_short(bite.title, LINE)),
            PlanActTap(team_id, PlanAct.START, bite=bite.id),
        )
        for bite in found
    ]
    rows = paged(voice, taps, page, lambda to: PlanBitesTap(team_id, pack, to), wide=True)
    title = found[0].pack_title if found else ""
    text = voice("plan.which_bite", team=team, pack=title)
    return Message(text, (*rows, (_back(voice, team_id),)))


def _back(voice: Voice, team_id: int) -> Button:
    return Button(voice.plain("plan.back"), PlanWeekTap(team_id))


# -- parts -----------------------------------------------------------------------------------


def brief(text: str) -> str:
    """As much of a text as Telegram shows of an answer to a tap."""
    return short(text, TOAST)


def spans(voice: Voice, days: Sequence[date], today: date) -> str:
    """Days in words, those that follow each other as one: 12月1日 周二至12月5日 周六."""
    said = [
        dated(voice, first, today)
        if first == last
        else voice.plain(
            "leave.span", first=dated(voice, first, today), last=dated(voice, last, today)
        )
        for first, last in stretches(days)
    ]
    return voice.plain("format.comma").join(said[:MOST]) + ("…" if len(said) > MOST else "")


def dated(voice: Voice, day: date, today: date) -> str:
    """A date with its weekday; with its year where that is not this year's or the next days'."""
    if abs((day - today).days) > 183:
        return voice.plain("plan.with_year", day=voice.day(day), year=day.year)
    return voice.day(day)


def _days(first: date | None, last: date | None) -> list[date]:
    if first is None or last is None:
        return []
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _short(text: str, limit: int) -> str:
    """The text, or as much of it as is so many Chinese characters wide."""
    width, kept = 0, ""
    for char in text:
        width += 2 if east_asian_width(char) in "WF" else 1
        if width > 2 * limit:
            return f"{kept[:-1].rstrip()}…"
        kept += char
    return text
