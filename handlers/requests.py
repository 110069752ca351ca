"""What a handler is given, what it gives back, and how it is found."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.outlooks import calendars_ahead
from handlers.reading.questions import Question
from handlers.rules import keeping
from handlers.rules.calendar import Calendar, Notices
from handlers.rules.keeping import Keep
from handlers.rules.permissions import Action, Standing, Surface, may, standings
from handlers.rules.points import USUAL, Scale
from handlers.rules.questions import NEEDS, Kind
from handlers.taps import Tap
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import audits, chats, grants, outbox, people
from storage.database import Session
from storage.kinds import ChatKind, Doing, Media, Role
from storage.tables import Chat, Member, Outgoing, Person, Team

NEXT_WORDS = timedelta(minutes=10)  # after a question, in which what is written is its answer


@dataclass(frozen=True)
class Sender:
    """Who wrote or tapped, as Telegram says: the id is proof, the name is not."""

    id: int
    name: str


@dataclass(frozen=True)
class House:
    """What holds for the whole installation."""

    bot_name: str
    timezone: str
    locale: str
    notices: Notices = field(default_factory=dict)  # the national calendars that we were told
    scale: Scale = field(default_factory=lambda: USUAL)  # what deeds are worth, in points
    keep: Keep = field(default_factory=lambda: keeping.USUAL)  # days, by the kind of thing
    confirm_groups: int = 20  # an announcement to more groups than that is asked twice
    reads_all: bool = False  # of what is said in groups: its group privacy is off

    def link(self, payload: str) -> str:
        """An address that opens the private chat and says `/start payload` there."""
        return f"https://t.me/{self.bot_name}?start={payload}"


@dataclass(frozen=True)
class Replied:
    """The message that somebody replied to."""

    message_id: int
    ours: bool
    text: str = ""  # or what was written beneath a picture or file
    author: Sender | None = None  # None: somebody who spoke as the group or a channel


@dataclass(frozen=True)
class Attached:
    """A picture or file that came with a message."""

    media: Media
    file_id: str
    name: str = ""  # as a file; a picture has none
    size: int = 0  # in bytes, as Telegram says; 0: it does not say


@dataclass(frozen=True)
class Request:
    """Somebody asks something of us, somewhere, at a moment, inside one transaction."""

    session: Session
    now: datetime
    house: House
    voice: Voice
    sender: Sender
    chat: Chat
    topic_id: int = 0
    team: Team | None = None
    person: Person | None = None
    member: Member | None = None
    text: str = ""
    html: str = ""  # the text with its formatting, as Telegram's HTML
    message_id: int = 0
    shown: str = ""  # what the message that was pressed says
    replied: Replied | None = None
    attached: Attached | None = None
    contact: Sender | None = None  # whom a contact names that was sent; id 0: not on Telegram
    album: str = ""  # pictures and files that are sent together have the same
    poll: Mapping[str, Any] | None = None  # a question with votes, as Telegram takes it from us
    match: Mapping[str, str] = field(default_factory=dict)  # the parts of a phrase
    held: bool = False  # the topic was found to take no messages
    question: Question | None = None  # what was asked in plain words
    others: Sequence[Sender] = ()  # who came or went, where that is what happened

    @property
    def private(self) -> bool:
        """Whether only the two of us are here."""
        return self.chat.kind is ChatKind.PRIVATE

    @property
    def surface(self) -> Surface:
        """What sort of place it was said or tapped in."""
        if self.private:
            return Surface.PRIVATE
        return Surface.ASTRAY if self.team is None else Surface.GROUP

    @property
    def zone(self) -> ZoneInfo:
        """The local time here."""
        return ZoneInfo(self.team.timezone if self.team else self.house.timezone)

    @property
    def calendar(self) -> Calendar:
        """The workdays here."""
        return Calendar(self.zone, notices=self.house.notices)

    async def calendar_of(self, team: Team) -> Calendar:
        """The workdays of a team, with those of its own, as far ahead as anything can be due."""
        return (await self.calendars_of([team]))[team.id]

    async def calendars_of(self, teams: Collection[Team]) -> dict[int, Calendar]:
        """By team: its workdays, asked for at once."""
        return await calendars_ahead(self.session, teams, self.now, self.house.notices)

    @property
    def today(self) -> date:
        """The local date here."""
        return self.now.astimezone(self.zone).date()

    async def roles(self, team: Team | None = None) -> set[Role]:
        """What the sender is to a team; to anything at all where none is given."""
        if self.person is None:
            return set()
        if team is None:
            return await grants.anywhere(self.session, self.person.id)
        return await grants.roles(self.session, self.person.id, team.id)

    async def standings(self, team: Team | None = None) -> frozenset[Standing]:
        """All that the sender is, to `team` or (None) anywhere."""
        member = False
        if self.person is not None:
            if team is not None and self.member is not None and self.member.team_id == team.id:
                member = True
            else:
                places = await people.memberships(self.session, self.person.id)
                member = any(team is None or place.team_id == team.id for place, _ in places)
        return standings(await self.roles(team), member=member)

    async def may(self, action: Action, team: Team | None = None) -> bool:
        """Whether the sender may do that, to `team` or (None) anywhere."""
        return may(await self.standings(team), action)

    async def run(self, action: Action) -> Sequence[Team]:
        """The teams to which a right of the sender's, not their place, allows an action."""
        if self.person is None:
            return []
        wanted = [role for role in Role if may({Standing(role)}, action)]
        return await grants.teams(self.session, self.person.id, wanted)

    async def places(self) -> Sequence[tuple[Member, Team]]:
        """The sender's places: the one in this group's team, or (in private) every one."""
        if self.person is None:
            return []
        if self.member is not None and self.team is not None:
            return [(self.member, self.team)]
        return await people.memberships(self.session, self.person.id)

    async def teams(self) -> Sequence[Team]:
        """The teams a question is about: this group's, or (in private) mine and those I run."""
        if self.team is not None:
            return [self.team]
        if self.person is None:
            return []
        own = [team for _, team in await self.places()]
        run = await grants.teams(self.session, self.person.id, tuple(Role))
        return list({team.id: team for team in (*own, *run)}.values())

    async def note(self, doing: Doing, **what: Any) -> None:
        """Write into the audit log that the sender did that; `what`: as `audits.note` takes it."""
        by = self.person.id if self.person else None
        await audits.note(self.session, doing, self.now, by=by, **what)

    async def private_chat(self) -> Chat | None:
        """The private chat with the sender, where they have opened one."""
        return await chats.private(self.session, self.sender.id)

    async def replied_to(self) -> Outgoing | None:
        """Which message of ours the sender replied to, if it was one that stands."""
        if self.replied is None or not self.replied.ours:
            return None
        return await outbox.by_message(self.session, self.chat.id, self.replied.message_id)

    async def last_word(self) -> Outgoing | None:
        """Our message that stands last in a private chat, while what is written may answer it."""
        if not self.private or self.replied is not None:
            return None
        found = await outbox.newest(self.session, self.chat.id)
        fresh = found and found.done_at and self.now - found.done_at <= NEXT_WORDS
        return found if fresh else None


@dataclass(frozen=True)
class Reply:
    """What the asker hears once the transaction is kept. Empty: silence.

    toast    seen by the one who tapped, and nobody else; `alert` makes it a window to close
    open     an address that the tap opens: the private chat with us
    message  said where it was asked
    private  said to the asker alone; where no private chat is open, a button leads there
    edit     what the tapped message turns into
    react    an emoji put on the asker's message
    keeps    the key under which the message said is remembered, so that it can be edited later
    says     words that a tap stands for: they are heard as if the one who tapped had written them
    """

    toast: str = ""
    alert: bool = False
    open: str = ""
    message: Message | None = None
    private: Message | None = None
    edit: Message | None = None
    react: str = ""
    keeps: str = ""
    says: str = ""


Handler = Callable[[Request], Awaitable[Reply]]


@dataclass(frozen=True)
class Command:
    """`/name words`. Its line in the menus is the catalogue's `command.name`."""

    name: str
    handle: Handler
    needs: Action


@dataclass(frozen=True)
class Press:
    """A tap on a button. `enrols`: from somebody without a place, it asks for one as well."""

    tap: type[Tap]
    handle: Callable[[Request, Any], Awaitable[Reply]]
    needs: Action
    enrols: bool = False


@dataclass(frozen=True)
class Phrase:
    """Words that say the same as a command.

    In a group they must be addressed to us (a reply to a message of ours, or our @name), unless
    they are `plain` enough to be meant for nobody else.
    """

    pattern: re.Pattern[str]
    handle: Handler
    needs: Action
    plain: bool = False


@dataclass(frozen=True)
class Asked:
    """A question in plain words, of one kind: `request.question`, and what it needs is its rule.

    None: it was no question after all, since nobody and no team is called that.
    """

    kind: Kind
    handle: Callable[[Request], Awaitable[Reply | None]]

    @property
    def needs(self) -> Action:
        """What it needs."""
        return NEEDS[self.kind]


@dataclass(frozen=True)
class Link:
    """`/start prefix-argument`: an address that led into the private chat."""

    prefix: str
    handle: Handler  # request.text is the argument
    needs: Action


@dataclass(frozen=True)
class Happening:
    """Something happened to a chat, in our own words: `added`, `removed`, `joined`, …"""

    name: str
    handle: Handler
    needs: Action


@dataclass(frozen=True)
class Newcomer:
    """A tap in a team's group on what is for its members, by somebody who has no place there.

    The request as it is after that, and what to say: with a place by now, the tap goes on.
    """

    handle: Callable[[Request, Any], Awaitable[tuple[Request, Reply]]]
    needs: Action


@dataclass(frozen=True)
class Otherwise:
    """Whatever else is sent in private: asked in order, until one does not answer None."""

    handle: Callable[[Request], Awaitable[Reply | None]]
    needs: Action


@dataclass(frozen=True)
class Further:
    """One more picture or file of an album, without words: asked until one knows its first."""

    handle: Callable[[Request], Awaitable[Reply | None]]
    needs: Action


Route = Command | Press | Phrase | Asked | Link | Happening | Newcomer | Otherwise | Further
