"""What we say of a team's chat, and of places in a team."""

from collections.abc import Mapping, Sequence

from handlers.taps.team import AdmitTap, AttachTap, ClaimTap, EnrolTap
from handlers.words.message import Button, Message, Rows
from handlers.words.voice import Html, Voice
from storage.tables import Chat, Member, Person, Team

MOST = 90  # buttons beneath a message; Telegram takes a hundred


def welcome(voice: Voice, teams: Sequence[Team]) -> Message:
    """To a group that belongs to a team, or to several by topics: who I am, and 报到."""
    names = voice.plain("format.comma").join(team.name for team in teams)
    text = Html(f"{voice('team.welcome', team=names)}\n{voice('privacy.notice')}")
    return Message(text, _enrolment(voice, teams))


def join(voice: Voice, teams: Sequence[Team]) -> Message:
    """To who wants a place, where several teams share a group: in which of them?"""
    return Message(voice("topics.join"), _enrolment(voice, teams))


def unattached(voice: Voice) -> Message:
    """To a group that belongs to no team: who can change that, and what I need."""
    return Message(voice("team.unattached"))


def which(voice: Voice, chat: Chat, teams: Sequence[Team], units: Mapping[int, str]) -> Message:
    """To a secretary: whose group is this? Teams that the group is named after come first."""
    nearest = sorted(teams, key=lambda team: team.name not in chat.title)
    buttons = tuple(
        (Button(f"{units[team.unit_id]} · {team.name}", AttachTap(chat.id, team.id)),)
        for team in nearest[:MOST]
    )
    return Message(voice("team.which", title=chat.title), buttons)


def none_free(voice: Voice) -> Message:
    """To a secretary all of whose teams have a group."""
    return Message(voice("team.none_free"))


def attached(voice: Voice, team: Team, chat: Chat) -> Message:
    """To the secretary, in private: done."""
    return Message(voice("team.attached", team=team.name, title=chat.title))


def elsewhere(voice: Voice, team: Team, chat: Chat) -> str:
    """The team has a group already."""
    return voice.plain("team.elsewhere", team=team.name, title=chat.title)


def occupied(voice: Voice) -> str:
    """The group, or this topic of it, belongs to another team."""
    return voice.plain("team.occupied")


def already(voice: Voice, team: Team) -> str:
    """You have your place."""
    return voice.plain("team.already", team=team.name)


def enrolled(voice: Voice, name: str, team: Team) -> str:
    """You have got your place."""
    return voice.plain("team.enrolled", name=name, team=team.name)


def join_in_group(voice: Voice) -> Message:
    """Where one can ask for a place."""
    return Message(voice("team.join_in_group"))


def places(voice: Voice, team: Team, proof: str, free: Sequence[tuple[Member, Person]]) -> Message:
    """Which of the names is yours?"""
    names = [Button(person.name, ClaimTap(team.id, member.id, proof)) for member, person in free]
    rows = [tuple(names[place : place + 3]) for place in range(0, min(len(names), MOST), 3)]
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


def petition(voice: Voice, team: Team, user: int, said: str, place: int, name: str) -> Message:
    """To a leader: somebody asks for a place; `name` is the one on the list that they claim."""
    key = "team.claims" if name else "team.asks"
    html = voice(key, user=user, said=said, team=team.name, name=name)
    yes = Button(voice.plain("team.button.admit"), AdmitTap(team.id, user, place, 1))
    no = Button(voice.plain("team.button.refuse"), AdmitTap(team.id, user, place, 0))
    return Message(html, ((yes, no),))


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


def _enrolment(voice: Voice, teams: Sequence[Team]) -> Rows:
    label = voice.plain("team.button.enrol")
    if len(teams) == 1:
        return ((Button(label, EnrolTap(teams[0].id)),),)
    return tuple((Button(f"{label} · {team.name}", EnrolTap(team.id)),) for team in teams[:MOST])
