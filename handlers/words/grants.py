"""What we say of rights: who holds which, what can be given to whom, and what was done."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.taps.grants import (
    GiveLinkTap,
    GivePeopleTap,
    GivePlacesTap,
    GiveTap,
    HeldTap,
    TakeTap,
)
from handlers.words.message import Button, Message, Rows
from handlers.words.pages import PAGE, paged
from handlers.words.voice import Html, Voice
from storage.kinds import Role
from storage.reaches import Held, Reach
from storage.tables import Person


def what(voice: Voice, role: Role, place: str) -> str:
    """A right by its name: 一班 的班组长."""
    named = voice.plain(f"role.{role}")
    return voice.plain("grant.what", place=place, role=named) if place else named


def of(voice: Voice, held: Held) -> str:
    """The same of one that somebody holds."""
    return what(voice, Role(held.grant.role), held.team or held.unit)


def listed(voice: Voice, held: Sequence[Held], page: int) -> Message:
    """Who holds what within the asker's reach: a page of it, each with a way to take it."""
    page = min(max(page, 0), max(0, (len(held) - 1) // PAGE))
    shown = held[page * PAGE : (page + 1) * PAGE]
    lines = [voice("grant.line", what=of(voice, one), name=one.person.name) for one in shown]
    head = voice("grant.head", n=len(held)) if held else voice("grant.none")
    foot = [voice("grant.foot")] if held else []
    taps = [
        (voice.plain("grant.take", name=one.person.name, what=of(voice, one)),
         _take(one))
        for one in held
    ]  # fmt: skip
    rows: Rows = ((Button(voice.plain("grant.give"), GivePlacesTap(0, 0)),),)
    rows += paged(voice, taps, page, HeldTap, wide=True)
    return Message(Html("\n".join([head, *lines, *foot])), rows)


def places(voice: Voice, within: Reach, page: int, person: Person | None = None) -> Message:
    """What can be given: each unit's secretary, each team's leader; an owner, by an owner."""
    options = [
        *((Role.SECRETARY, name, unit, 0) for unit, name in within.units.items()),
        *((Role.LEADER, team.name, 0, team.id) for team in within.teams.values()),
        *([(Role.OWNER, "", 0, 0)] if within.owner else []),
    ]
    taps = [
        (
            what(voice, role, name),
            GiveTap(person.id, unit, team) if person else GivePeopleTap(unit, team, 0),
        )
        for role, name, unit, team in options
    ]

    def turn(to: int) -> GivePlacesTap:
        return GivePlacesTap(person.id if person else 0, to)

    rows = paged(voice, taps, page, turn, wide=True)
    back = ((Button(voice.plain("grant.back"), HeldTap(0)),),)
    asks = voice("grant.which_of", name=person.name) if person else voice("grant.which")
    return Message(asks, rows + back)


def people(
    voice: Voice,
    role: Role,
    place: tuple[str, int, int],
    found: Sequence[tuple[Person, str]],
    page: int,
) -> Message:
    """Who is to be it? `place`: its name, the unit's id or the team's."""
    name, unit, team = place
    taps = [
        (_called(voice, person, "" if team else at), GiveTap(person.id, unit, team))
        for person, at in found
    ]
    rows = paged(voice, taps, page, lambda to: GivePeopleTap(unit, team, to), wide=bool(unit))
    below = (
        (Button(voice.plain("grant.unlisted"), GiveLinkTap(unit, team)),),
        (Button(voice.plain("grant.back"), GivePlacesTap(0, 0)),),
    )
    key = "grant.who" if found else "grant.who_nobody"
    return Message(voice(key, what=what(voice, role, name)), rows + below)


def several(
    voice: Voice, name: str, found: Sequence[tuple[Person, str]], unit: int, team: int
) -> Message:
    """Several are called so: which?"""
    rows = tuple(
        (Button(_called(voice, person, at), GiveTap(person.id, unit, team)),)
        for person, at in found[:PAGE]
    )
    return Message(voice("grant.several", name=name), rows)


def _called(voice: Voice, person: Person, team: str) -> str:
    return voice.plain("grant.person", name=person.name, team=team) if team else person.name


def given(voice: Voice, held: Held, *, told: bool) -> Message:
    """It is given; a tap takes it back."""
    key = "grant.given" if told else "grant.given_untold"
    return Message(voice(key, name=held.person.name, what=of(voice, held)), _after(voice, held))


def already(voice: Voice, held: Held) -> Message:
    """They were it before."""
    text = voice("grant.already", name=held.person.name, what=of(voice, held))
    return Message(text, _after(voice, held))


def _take(held: Held, sure: int = 0) -> TakeTap:
    grant = held.grant
    return TakeTap(grant.person_id, grant.unit_id or 0, grant.team_id or 0, sure)


def _after(voice: Voice, held: Held) -> tuple[tuple[Button, ...], ...]:
    return (
        (
            Button(voice.plain("grant.take_back"), _take(held)),
            Button(voice.plain("grant.list"), HeldTap(0)),
        ),
    )


def sure(voice: Voice, held: Held) -> Message:
    """Take it?"""
    rows = (
        (Button(voice.plain("grant.take_back"), _take(held, sure=1)),),
        (Button(voice.plain("grant.keep"), HeldTap(0)),),
    )
    return Message(voice("grant.sure", name=held.person.name, what=of(voice, held)), rows)


def taken(voice: Voice, held: Held) -> str:
    """It is taken."""
    return voice.plain("grant.taken", name=held.person.name, what=of(voice, held))


def nobody(voice: Voice, name: str, unit: int, team: int) -> Message:
    """We know nobody of that name: a link brings them."""
    rows = ((Button(voice.plain("grant.link_button"), GiveLinkTap(unit, team)),),)
    return Message(voice("grant.nobody", name=name), rows)


def unseen(voice: Voice, name: str, unit: int, team: int) -> Message:
    """They are on a list, and have not shown themselves: a name is no proof."""
    rows = ((Button(voice.plain("grant.link_button"), GiveLinkTap(unit, team)),),)
    return Message(voice("grant.unseen", name=name), rows)


def no_account(voice: Voice, name: str) -> Message:
    """The contact is of somebody whom Telegram does not know."""
    return Message(voice("grant.no_account", name=name))


def no_place(voice: Voice, place: str) -> str:
    """There is no such unit or team within reach."""
    return voice.plain("grant.no_place", place=place)


def ambiguous(voice: Voice, place: str, names: Sequence[str]) -> str:
    """Several teams are called so."""
    shown = voice.plain("format.comma").join(names)
    return voice.plain("grant.ambiguous", place=place, names=shown)


def not_that(voice: Voice, role: Role, place: str) -> str:
    """A team has a leader, a unit a secretary; the other is not given for it."""
    return voice.plain("grant.not_that", role=voice.plain(f"role.{role}"), place=place)


def oneself(voice: Voice) -> str:
    """Nobody gives rights to themselves."""
    return voice.plain("grant.oneself")


def last_owner(voice: Voice) -> str:
    """Without an owner nobody could put anything right."""
    return voice.plain("grant.last_owner")


def how(voice: Voice) -> Message:
    """How a right is given in a line."""
    return Message(voice("grant.how"))


def link_made(voice: Voice, role: Role, place: str, until: datetime, zone: ZoneInfo) -> Message:
    """What the message below is for."""
    day = voice.day(until.astimezone(zone).date())
    rows = ((Button(voice.plain("grant.list"), HeldTap(0)),),)
    named = what(voice, role, place)
    text = voice("grant.link_made", what=named, day=day, at=voice.moment(until, zone))
    return Message(text, rows)


def link(voice: Voice, role: Role, place: str, address: str) -> Message:
    """What is passed on to whom it is for."""
    return Message(voice("grant.link", what=what(voice, role, place), link=address))


def link_own(voice: Voice) -> Message:
    """The link is for somebody else."""
    return Message(voice("grant.link_own"))


def link_over(voice: Voice) -> Message:
    """The link is used up, too old, or was never one."""
    return Message(voice("grant.link_over"))


def too_many_guesses(voice: Voice) -> Message:
    """Come back in an hour."""
    return Message(voice("grant.guesses"))


def told_given(voice: Voice, named: str, by: str) -> Message:
    """To whom it was given."""
    return Message(voice("grant.told_given", what=named, by=by))


def told_taken(voice: Voice, named: str, by: str) -> Message:
    """To whom it was taken from."""
    return Message(voice("grant.told_taken", what=named, by=by))


def told_opened(voice: Voice, held: Held) -> Message:
    """To whoever made the link: who has opened it."""
    text = voice("grant.told_opened", name=held.person.name, what=of(voice, held))
    return Message(text, _after(voice, held))
