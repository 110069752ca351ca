"""What we say of rosters: in figures, name by name, and as a file."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from handlers.taps import Tap
from handlers.taps.rosters import (
    FormerTap,
    MemberAct,
    MemberTap,
    RosterFileTap,
    RostersTap,
    RosterTap,
)
from handlers.taps.team import WaitingTap
from handlers.words.message import Button, Message, Ours
from handlers.words.pages import paged
from handlers.words.scopes import in_a_name
from handlers.words.team import enrolment
from handlers.words.voice import Html, Voice
from storage.kinds import Media
from storage.rosters import Figures, Place
from storage.tables import Team

LINES = 12  # teams in a message


def in_group(voice: Voice, team: Team, figures: Figures) -> Message:
    """To a group: figures without names, and 报到 for who was never seen."""
    lines = _figures(voice, team, figures)
    if figures.people is None or figures.never or figures.unclaimed:
        lines.append(voice("roster.enrol_here"))
    return Message(Html("\n".join(lines)), enrolment(voice, [team]))


def own(voice: Voice, found: Sequence[tuple[Team, Figures]]) -> Message:
    """To a member: the figures of each team of theirs."""
    blocks = ["\n".join(_figures(voice, team, figures)) for team, figures in found]
    return Message(Html("\n\n".join(blocks)))


def teams(
    voice: Voice,
    run: Sequence[Team],
    units: Mapping[int, str],
    figures: Mapping[int, Figures],
    page: int,
    *,
    files: bool,
) -> Message:
    """To who looks after several teams: all in figures, those that lack most first."""
    every = list(figures.values())
    lines = [
        voice(
            "roster.all",
            n=len(run),
            listed=sum(one.listed for one in every),
            enrolled=sum(one.enrolled for one in every),
            unclaimed=sum(one.unclaimed for one in every),
            never=_never(run, figures),
        )
    ]
    worst = sorted(run, key=lambda team: -_lacks(figures[team.id]))
    lacking = [team for team in worst if _lacks(figures[team.id])]
    for team in lacking[:LINES]:
        one = figures[team.id]
        counts = {
            "unclaimed": one.unclaimed,
            "never": one.never,
            "waiting": one.waiting,
            "gone": one.gone,
        }
        what = voice.plain("format.comma").join(
            voice.plain(f"roster.lack.{key}", count=count)
            for key, count in counts.items()
            if count
        )
        lines.append(voice("roster.lacks", unit=units[team.unit_id], team=team.name, what=what))
    if len(lacking) > LINES:
        lines.append(voice("roster.more_teams", n=len(lacking) - LINES))
    taps: list[tuple[str, Tap]] = [
        (
            voice.plain(
                "roster.team_button",
                team=team.name,
                enrolled=figures[team.id].enrolled,
                listed=figures[team.id].listed,
            ),
            RosterTap(team.id, 0),
        )
        for team in worst
    ]
    rows = paged(voice, taps, page, RostersTap, wide=False)
    if files:
        rows = (*rows, (Button(voice.plain("roster.export_all"), RosterFileTap(0)),))
    return Message(Html("\n".join(lines)), rows)


def roster(
    voice: Voice,
    team: Team,
    figures: Figures,
    places: Sequence[Place],
    page: int,
    *,
    former: int,
    several: bool,
    files: bool,
) -> Message:
    """To who gives a team's places: its figures, and a button for each name."""
    lines = _figures(voice, team, figures)
    lines.append(voice("roster.legend" if places else "roster.empty"))
    taps: list[tuple[str, Tap]] = [
        (_label(voice, one), MemberTap(one.member.id, MemberAct.SHOW)) for one in places
    ]
    rows = list(paged(voice, taps, page, partial(RosterTap, team.id), wide=False))
    if figures.waiting:
        label = voice.plain("roster.waiting", count=figures.waiting)
        rows.append((Button(label, WaitingTap(team.id, 0)),))
    tools = []
    if former:
        tools.append(Button(voice.plain("roster.former", count=former), FormerTap(team.id, 0)))
    if files:
        tools.append(Button(voice.plain("roster.export"), RosterFileTap(team.id)))
    if tools:
        rows.append(tuple(tools))
    if several:
        rows.append((Button(voice.plain("roster.others"), RostersTap(0)),))
    return Message(Html("\n".join(lines)), tuple(rows))


def former(voice: Voice, team: Team, places: Sequence[Place], page: int) -> Message:
    """Who was on the roster."""
    taps: list[tuple[str, Tap]] = [
        (one.person.name, MemberTap(one.member.id, MemberAct.SHOW)) for one in places
    ]
    rows = paged(voice, taps, page, partial(FormerTap, team.id), wide=False)
    back = Button(voice.plain("roster.to_team", team=team.name), RosterTap(team.id, 0))
    key = "roster.former_head" if places else "roster.nobody_former"
    return Message(voice(key, team=team.name), (*rows, (back,)))


def unclear(voice: Voice, why: str) -> Message:
    """The words after the command name no team or unit of yours."""
    return Message(Html("\n".join([voice("roster.unclear", why=why)])))


def file(voice: Voice, person_id: int, team_id: int, team: str, day: date) -> Message:
    """The roster as a workbook, and how it is sent back."""
    on = f"{day:%Y%m%d}"
    title = voice.plain("roster.file_all", day=on)
    if team:
        title = voice.plain("roster.file", team=in_a_name(team), day=on)
    ours = Ours("roster", f"{title}.xlsx", f"{person_id}/{team_id}", voice.locale)
    return Message(voice("roster.file_how"), media=Media.DOCUMENT, ours=ours)


def coming(voice: Voice, *, fresh: bool) -> str:
    """The file is on its way."""
    return voice.plain("packs.coming" if fresh else "packs.sent")


def _figures(voice: Voice, team: Team, figures: Figures) -> list[Html]:
    values = {
        "team": team.name,
        "listed": figures.listed,
        "enrolled": figures.enrolled,
        "unclaimed": figures.unclaimed,
    }
    lines = [voice("roster.figures", **values)]
    if figures.people is not None and figures.counted_at is not None:
        at = voice.moment(figures.counted_at, ZoneInfo(team.timezone))
        key = "roster.shared" if figures.shared > 1 else "roster.group"
        lines.append(
            voice(key, people=figures.people, never=figures.never, at=at, count=figures.shared)
        )
    elif team.chat_id is None:
        lines.append(voice("roster.no_group"))
    else:
        lines.append(voice("roster.uncounted"))
    if figures.gone:
        lines.append(voice("roster.gone", n=figures.gone))
    return lines


def _label(voice: Voice, one: Place) -> str:
    kind = "gone" if one.gone_at else "unclaimed" if one.person.telegram_id is None else ""
    if not kind:
        kind = "leader" if one.leads else "member"
    return voice.plain(f"roster.label.{kind}", name=one.person.name)


def _lacks(one: Figures) -> int:
    return one.unclaimed + one.never + one.waiting + one.gone


def _never(run: Sequence[Team], figures: Mapping[int, Figures]) -> int:
    """Of all groups, each once, however many teams meet there."""
    by_chat = {team.chat_id: figures[team.id].never for team in run if team.chat_id}
    return sum(by_chat.values())
