"""What we say of a team's chat: whose it is, and what we may do there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from handlers.taps import Tap
from handlers.taps.groups import (
    AttachPageTap,
    AttachTap,
    CreateTap,
    CreateUnitsTap,
    RenameTeamTap,
)
from handlers.words.message import Button, Message
from handlers.words.pages import paged
from handlers.words.parts import short
from handlers.words.team import enrolment
from handlers.words.voice import Html, Voice
from storage.tables import Chat, Footing, Plan, Team

TITLE = 24  # characters of a group's name on a button


def welcome(voice: Voice, teams: Sequence[Team]) -> Message:
    """To a group that belongs to a team, or to several by topics: who I am, and 报到."""
    names = voice.plain("format.comma").join(team.name for team in teams)
    text = Html(f"{voice('team.welcome', team=names)}\n{voice('privacy.notice')}")
    return Message(text, enrolment(voice, teams))


def unattached(voice: Voice) -> Message:
    """To a group that belongs to no team: who can change that, and what I need."""
    return Message(voice("team.unattached"))


def which(
    voice: Voice,
    chat: Chat,
    teams: Sequence[Team],
    units: Mapping[int, str],
    own: Sequence[int],
    page: int,
) -> Message:
    """To a secretary: whose group is this? Teams that the group is named after come first.

    own  the units in which they may make a team of it instead
    """
    named = {team.id: len(team.name) for team in teams if team.name in chat.title}
    nearest = sorted(teams, key=lambda team: -named.get(team.id, 0))
    taps: list[tuple[str, Tap]] = [
        (f"{units[team.unit_id]} · {team.name}", AttachTap(chat.id, team.id)) for team in nearest
    ]
    rows = paged(voice, taps, page, partial(AttachPageTap, chat.id), wide=True)
    if own:
        one = CreateTap(chat.id, own[0]) if len(own) == 1 else CreateUnitsTap(chat.id, 0)
        label = voice.plain("group.create", title=short(chat.title, TITLE))
        rows = (*rows, (Button(label, one),))
    key = "team.which" if teams else "team.none_free" if own else "group.none"
    return Message(voice(key, title=chat.title), rows)


def which_unit(voice: Voice, chat: Chat, units: Mapping[int, str], page: int) -> Message:
    """To a secretary who makes a team of a group: in which unit?"""
    taps: list[tuple[str, Tap]] = [
        (name, CreateTap(chat.id, unit)) for unit, name in units.items()
    ]
    turn = partial(CreateUnitsTap, chat.id)
    rows = paged(voice, taps, page, turn, wide=True)
    back = Button(voice.plain("roster.back"), AttachPageTap(chat.id, 0))
    return Message(voice("group.which_unit", title=chat.title), (*rows, (back,)))


def attached(voice: Voice, team: Team, chat: Chat) -> Message:
    """To the secretary, in private: done."""
    return Message(voice("team.attached", team=team.name, title=chat.title))


def created(voice: Voice, team: Team, chat: Chat, unit: str, plan: Plan | None) -> Message:
    """To the secretary, in private: there is a new team, and when it studies."""
    lines = [voice("group.created", team=team.name, title=chat.title, unit=unit)]
    if plan is not None:
        packs = voice.plain("format.comma").join(plan.packs)
        lines.append(voice("group.plan", at=f"{plan.at:%H:%M}", packs=packs))
    else:
        lines.append(voice("group.no_plan"))
    lines.append(voice("group.members"))
    rename = Button(voice.plain("group.rename"), RenameTeamTap(team.id))
    return Message(Html("\n".join(lines)), ((rename,),))


def nameless(voice: Voice) -> str:
    """What a team is called whose group's name says nothing."""
    return voice.plain("group.nameless")


def elsewhere(voice: Voice, team: Team, chat: Chat) -> str:
    """The team has a group already."""
    return voice.plain("team.elsewhere", team=team.name, title=chat.title)


def occupied(voice: Voice) -> str:
    """The group, or this topic of it, belongs to another team."""
    return voice.plain("team.occupied")


# -- rights ----------------------------------------------------------------------------------


def lacking(footing: Footing) -> Sequence[str]:
    """What we may not do in a group, by the ends of the words for it."""
    may = {
        "posts": footing.posts,
        "pins": footing.pins,
        "members": footing.admin,
        "reads": footing.reads or footing.admin,
    }
    return [right for right, given in may.items() if not given]


def rights(voice: Voice, chat: Chat, footing: Footing) -> Message:
    """What we lack in a group, what for, and each step to it; or that nothing is lacking."""
    lacks = lacking(footing)
    if not lacks:
        return Message(voice("rights.fine", title=chat.title))
    lines = [voice("rights.head", title=chat.title)]
    lines += [voice(f"rights.{right}") for right in lacks]
    lines.append(voice("rights.steps_pin" if footing.admin else "rights.steps_admin"))
    if footing.posts:
        lines.append(voice("rights.without"))
    return Message(Html("\n".join(lines)))


def with_rights(message: Message, lacks: Message | None) -> Message:
    """A message to a group, and below it what we lack there, if anything."""
    if lacks is None:
        return message
    return replace(message, html=Html(f"{message.html}\n\n{lacks.html}"))
