"""What we say of one place in a team, and of what is done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from handlers.taps import Tap
from handlers.taps.rosters import MemberAct, MemberTap, MoveTap, MoveToTap, RosterTap
from handlers.words.message import Button, Message
from handlers.words.pages import paged
from handlers.words.voice import Html, Voice
from storage.kinds import Subject
from storage.rosters import Place
from storage.tables import Commitment, Team

SHOWN = 10  # commitments that are named one by one


def place(
    voice: Voice,
    what: Place,
    promises: int,
    others: Sequence[Team],
    *,
    movable: bool,
    appoints: bool,
) -> Message:
    """A place: who, since when, with what; and what can be done to it.

    appoints  the asker says who leads the team
    """
    member, person = what.member, what.person
    zone = ZoneInfo(what.team.timezone)
    lines = [voice("member.head", name=person.name, team=what.team.name)]
    if member.retired_at is not None:
        day = voice.day(member.retired_at.astimezone(zone).date())
        lines.append(voice("member.retired_on", day=day))
    elif person.telegram_id is None:
        lines.append(voice("member.unclaimed"))
    elif what.gone_at is not None:
        lines.append(voice("member.gone_on", day=voice.day(what.gone_at.astimezone(zone).date())))
    else:
        day = voice.day(member.joined_at.astimezone(zone).date())
        lines.append(voice("member.leader" if what.leads else "member.enrolled", day=day))
    join = voice.plain("format.comma").join
    if member.tags:
        lines.append(voice("member.tags", tags=join(member.tags)))
    if promises:
        lines.append(voice("member.promises", n=promises))
    if others:
        lines.append(voice("member.others", teams=join(team.name for team in others)))
    if member.retired_at is not None:
        rows: list[tuple[Button, ...]] = [(_act(voice, what, MemberAct.BACK),)]
    else:
        rows = [(_act(voice, what, MemberAct.NAME), _act(voice, what, MemberAct.TAGS))]
        if appoints:
            rows.append((_act(voice, what, MemberAct.UNLEAD if what.leads else MemberAct.LEAD),))
        out = _act(voice, what, MemberAct.RETIRE)
        move = Button(voice.plain("member.button.move"), MoveTap(member.id, 0))
        rows.append((move, out) if movable else (out,))
    return Message(Html("\n".join(lines)), (*rows, (_back(voice, what.team),)))


def sure(voice: Voice, what: Place, promises: int) -> Message:
    """Take the place away? What stays, and what does not."""
    html = voice("member.sure", name=what.person.name, team=what.team.name)
    if promises:
        html = Html("\n".join([html, voice("member.sure_promises", n=promises)]))
    yes = Button(voice.plain("member.button.sure"), MemberTap(what.member.id, MemberAct.RETIRED))
    no = Button(voice.plain("roster.back"), MemberTap(what.member.id, MemberAct.SHOW))
    return Message(html, ((yes, no),))


def where(
    voice: Voice, what: Place, teams: Sequence[Team], units: Mapping[int, str], page: int
) -> Message:
    """To which team?"""
    taps: list[tuple[str, Tap]] = [
        (f"{units[team.unit_id]} · {team.name}", MoveToTap(what.member.id, team.id, 0))
        for team in teams
    ]
    rows = paged(voice, taps, page, partial(MoveTap, what.member.id), wide=True)
    back = Button(voice.plain("roster.back"), MemberTap(what.member.id, MemberAct.SHOW))
    html = voice("member.where", name=what.person.name, team=what.team.name)
    return Message(html, (*rows, (back,)))


def sure_of_move(voice: Voice, what: Place, team: Team, promises: int) -> Message:
    """Move it? What goes along, and what stays."""
    names = {"name": what.person.name, "old": what.team.name, "new": team.name}
    lines = [voice("member.move_head", **names)]
    if promises:
        lines.append(voice("member.move_promises", n=promises))
    lines.append(voice("member.move_rest", **names))
    if what.leads:
        lines.append(voice("member.move_leader", **names))
    yes = Button(
        voice.plain("member.button.move_to", team=team.name), MoveToTap(what.member.id, team.id, 1)
    )
    no = Button(voice.plain("roster.back"), MemberTap(what.member.id, MemberAct.SHOW))
    return Message(Html("\n".join(lines)), ((yes,), (no,)))


def moved(
    voice: Voice, what: Place, team: Team, carried: Sequence[tuple[str, Commitment]]
) -> Message:
    """To who moved it: done, and what went along by which numbers."""
    names = {"name": what.person.name, "old": what.team.name, "new": team.name}
    lines = [voice("member.moved", **names), *_numbers(voice, carried)]
    old, new = _back(voice, what.team), _back(voice, team)
    return Message(Html("\n".join(lines)), ((old, new),))


def told_of_move(
    voice: Voice, what: Place, team: Team, carried: Sequence[tuple[str, Commitment]]
) -> Message:
    """To who was moved."""
    lines = [voice("member.you_moved", old=what.team.name, new=team.name)]
    return replace(Message(Html("\n".join([*lines, *_numbers(voice, carried)]))), silent=True)


def kept(voice: Voice, what: Place) -> Message:
    """Who left the group stays on the roster."""
    return Message(voice("member.kept", name=what.person.name, team=what.team.name))


def left(voice: Voice, what: Place, title: str) -> Message:
    """To who decides: somebody left the group. Take them off the roster?"""
    html = voice("member.left", name=what.person.name, team=what.team.name, title=title)
    out = _act(voice, what, MemberAct.RETIRE)
    keep = _act(voice, what, MemberAct.KEEP)
    return Message(html, ((out, keep),), silent=True)


def retired(voice: Voice, what: Place) -> str:
    """The place was taken."""
    return voice.plain("member.retired", name=what.person.name, team=what.team.name)


def retired_already(voice: Voice, what: Place) -> str:
    """It had been taken."""
    return voice.plain("member.retired_already", name=what.person.name, team=what.team.name)


def restored(voice: Voice, what: Place) -> str:
    """The place was given back."""
    return voice.plain("member.restored", name=what.person.name, team=what.team.name)


def here_already(voice: Voice, what: Place) -> str:
    """It was there."""
    return voice.plain("member.here_already", name=what.person.name, team=what.team.name)


def leads(voice: Voice) -> str:
    """Only a secretary decides of a leader's place."""
    return voice.plain("member.leads")


def led(voice: Voice, what: Place, *, leads: bool) -> str:
    """They lead the team now, or do not any more."""
    key = "member.led" if leads else "member.unled"
    return voice.plain(key, name=what.person.name, team=what.team.name)


def write(voice: Voice, what: Place, subject: Subject) -> Message:
    """Write the name, or the tags."""
    tags = voice.plain("format.comma").join(what.member.tags) or voice.plain("member.no_tags")
    html = voice(f"member.write_{subject}", name=what.person.name, tags=tags)
    back = Button(voice.plain("roster.back"), MemberTap(what.member.id, MemberAct.SHOW))
    return Message(html, ((back,),))


def write_team(voice: Voice, team: Team) -> Message:
    """Write the team's name."""
    return Message(voice("member.write_team", team=team.name))


def too_long(voice: Voice, length: int, limit: int) -> Message:
    """The name is too long, or none."""
    return Message(voice("member.too_long", length=length, limit=limit))


def taken(voice: Voice, name: str, team: Team) -> Message:
    """Somebody in the team is called so."""
    return Message(voice("member.taken", name=name, team=team.name))


def team_taken(voice: Voice, name: str) -> Message:
    """A team of the unit is called so."""
    return Message(voice("member.team_taken", name=name))


def renamed(voice: Voice, old: str, what: Place) -> Message:
    """The name is that now, in every team."""
    html = voice("member.renamed", old=old, name=what.person.name)
    again = _act(voice, what, MemberAct.NAME)  # what was meant for somebody else is put right
    return Message(html, ((again, _back(voice, what.team)),))


def team_renamed(voice: Voice, old: str, team: Team) -> Message:
    """The team is called that now."""
    return Message(voice("member.team_renamed", old=old, name=team.name))


def bad_tags(voice: Voice, most: int, limit: int) -> Message:
    """Too many tags, or too long ones."""
    return Message(voice("member.bad_tags", most=most, limit=limit))


def tagged(voice: Voice, what: Place) -> Message:
    """The tags are those now."""
    tags = voice.plain("format.comma").join(what.member.tags) or voice.plain("member.no_tags")
    html = voice("member.tagged", name=what.person.name, tags=tags)
    return Message(html, ((_back(voice, what.team),),))


def is_none(voice: Voice, text: str) -> bool:
    """Whether somebody wrote that there are to be no tags."""
    return text.strip().casefold() == voice.plain("member.no_tags").casefold()


def _numbers(voice: Voice, carried: Sequence[tuple[str, Commitment]]) -> list[Html]:
    lines = [
        voice("member.number", old=before, number=row.number, text=row.text)
        for before, row in carried[:SHOWN]
    ]
    if len(carried) > SHOWN:
        lines.append(voice("member.more_numbers", n=len(carried) - SHOWN))
    return lines


def _act(voice: Voice, what: Place, act: MemberAct) -> Button:
    return Button(voice.plain(f"member.button.{act}"), MemberTap(what.member.id, act))


def _back(voice: Voice, team: Team) -> Button:
    return Button(voice.plain("roster.to_team", team=team.name), RosterTap(team.id, 0))
