"""What we say of places in a team."""

from collections.abc import Sequence

from handlers.taps.rosters import RosterTap
from handlers.taps.team import (
    AdmitAllTap,
    AdmitTap,
    ClaimPageTap,
    ClaimTap,
    EnrolTap,
    WaitingTap,
)
from handlers.words.message import Button, Message, Rows
from handlers.words.plain import both
from handlers.words.voice import Html, Voice
from storage.tables import Application, Member, Person, Team

MOST = 90  # buttons beneath a message; Telegram takes a hundred
NAMES = 30  # of them for the names that somebody may have


def join(voice: Voice, teams: Sequence[Team]) -> Message:
    """To who wants a place, where several teams share a group: in which of them?"""
    return Message(voice("topics.join"), enrolment(voice, teams))


def already(voice: Voice, team: Team) -> str:
    """You have your place."""
    return voice.plain("team.already", team=team.name)


def enrolled(voice: Voice, name: str, team: Team) -> str:
    """You have got your place."""
    return voice.plain("team.enrolled", name=name, team=team.name)


def join_in_group(voice: Voice) -> Message:
    """Where one can ask for a place."""
    return Message(voice("team.join_in_group"))


def places(
    voice: Voice,
    team: Team,
    proof: str,
    free: Sequence[tuple[Member, Person]],
    page: int = 0,
) -> Message:
    """Which of the names is yours?"""
    last = max(0, (len(free) - 1) // MOST)
    page = min(max(page, 0), last)
    shown = free[page * MOST : (page + 1) * MOST]
    names = [Button(person.name, ClaimTap(team.id, member.id, proof)) for member, person in shown]
    rows = [tuple(names[place : place + 3]) for place in range(0, len(names), 3)]
    if last:
        to = (page + 1) % (last + 1)
        label = voice.plain("announcement.after", page=to + 1, pages=last + 1)
        rows.append((Button(label, ClaimPageTap(team.id, to, proof)),))
    stranger = Button(voice.plain("team.button.not_listed"), ClaimTap(team.id, 0, proof))
    key = "team.places" if names else "team.no_places"
    return Message(voice(key, team=team.name), (*rows, (stranger,)))


def sent(voice: Voice) -> str:
    """The rest is in private."""
    return voice.plain("team.sent")


def taken(voice: Voice) -> str:
    """Somebody else has that place."""
    return voice.plain("team.taken")


def asked(voice: Voice, team: Team, deciders: Sequence[Person]) -> Message:
    """These people were asked about you."""
    return Message(voice("team.asked", team=team.name, names=_names(voice, deciders)))


def with_rights(voice: Voice) -> str:
    """A place that a right comes with is given by who could give that right."""
    return voice.plain("team.with_rights")


def waiting(voice: Voice) -> str:
    """They were asked today already."""
    return voice.plain("team.waiting")


def nobody(voice: Voice) -> str:
    """There is nobody yet who could be asked."""
    return voice.plain("team.nobody")


def asked_by_tap(voice: Voice, team: Team, *, fresh: bool, counts: bool) -> str:
    """Your tap asked for a place. `counts`: and is kept as a check-in, until you have one."""
    key = "team.tapped" if fresh else "team.waiting"
    said = voice.plain(key, team=team.name)
    return both(voice, said, voice.plain("team.counts")) if counts else said


def petition(
    voice: Voice,
    team: Team,
    asked: Application,
    free: Sequence[tuple[Member, Person]],
    others: int,
    *,
    back: bool,
) -> Message:
    """To a leader: somebody asks for a place, a certain one or whichever.

    others  how many more ask for one
    back    they were on the roster before
    """
    names = {member.id: person.name for member, person in free}
    name = names.get(asked.member_id or 0, "")
    key = "team.claims" if name else "team.returns" if back else "team.asks"
    html = voice(key, user=asked.user_id, said=asked.name, team=team.name, name=name)
    rows: list[tuple[Button, ...]] = []
    if free and not name and not back:
        html = Html("\n".join([html, voice("team.or_name")]))
        taken = [
            Button(known, AdmitTap(team.id, asked.user_id, member, 1))
            for member, known in list(names.items())[:NAMES]
        ]
        rows = [tuple(taken[place : place + 3]) for place in range(0, len(taken), 3)]
    place = asked.member_id or 0
    yes = Button(voice.plain("team.button.admit"), AdmitTap(team.id, asked.user_id, place, 1))
    no = Button(voice.plain("team.button.refuse"), AdmitTap(team.id, asked.user_id, place, 0))
    rows.append((yes, no))
    if others:
        rows.append((_all_button(voice, team, others + 1),))
    return Message(html, tuple(rows))


def applicants(voice: Voice, team: Team, rows: Sequence[Application]) -> Message:
    """To a leader: all who ask for a place."""
    back = (Button(voice.plain("roster.to_team", team=team.name), RosterTap(team.id, 0)),)
    if not rows:
        return Message(voice("team.no_applicants", team=team.name), (back,))
    each = [Button(row.name, WaitingTap(team.id, row.user_id)) for row in rows[:MOST]]
    buttons = [tuple(each[place : place + 2]) for place in range(0, len(each), 2)]
    html = voice("team.applicants", team=team.name, n=len(rows))
    return Message(html, ((_all_button(voice, team, len(rows)),), *buttons, back))


def settled_all(voice: Voice, team: Team, done: Sequence[str], left: Sequence[str]) -> Message:
    """To a leader: these have a place now, and those claim one that somebody else has."""
    join = voice.plain("format.comma").join
    lines = [voice("team.settled_all", team=team.name, n=len(done), names=join(done[:NAMES]))]
    if left:
        lines.append(voice("team.left_over", names=join(left[:NAMES])))
    back = Button(voice.plain("roster.to_team", team=team.name), RosterTap(team.id, 0))
    return Message(Html("\n".join(lines)), ((back,),))


def _all_button(voice: Voice, team: Team, count: int) -> Button:
    return Button(voice.plain("team.button.admit_all", count=count), AdmitAllTap(team.id))


def settled(voice: Voice, name: str, team: Team) -> Message:
    """To a leader: they have a place, whoever gave it."""
    return Message(voice("team.settled", name=name, team=team.name))


def turned_down(voice: Voice, name: str, team: Team) -> Message:
    """To a leader: they get none."""
    return Message(voice("team.turned_down", name=name, team=team.name))


def admitted(voice: Voice, name: str, team: Team) -> Message:
    """To the one who asked: yes."""
    return Message(voice("team.enrolled", name=name, team=team.name))


def refused(voice: Voice, team: Team) -> Message:
    """To the one who asked: no."""
    return Message(voice("team.refused", team=team.name))


def _names(voice: Voice, people: Sequence[Person]) -> str:
    return voice.plain("format.comma").join(person.name for person in people)


def enrolment(voice: Voice, teams: Sequence[Team]) -> Rows:
    """报到, for each of some teams."""
    label = voice.plain("team.button.enrol")
    if len(teams) == 1:
        return ((Button(label, EnrolTap(teams[0].id)),),)
    return tuple((Button(f"{label} · {team.name}", EnrolTap(team.id)),) for team in teams[:MOST])
