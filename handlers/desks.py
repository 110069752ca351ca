"""A secretary's own announcement on the desk: where it could go, and where it is to go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handlers.requests import Reply, Request
from handlers.rules.calendar import Calendar
from handlers.taps.announcements import PickTeamTap, PickUnitTap
from handlers.words import announcements as words
from handlers.words import audiences as choosing
from handlers.words import plain
from handlers.words.audiences import Choice
from handlers.words.message import Message
from storage import announcements, grants
from storage.announcements import Branch
from storage.kinds import Stage
from storage.tables import Announcement, Team

DRAFTS = (Stage.DRAFT,)
UNSENT = (Stage.DRAFT, Stage.SCHEDULED)


@dataclass(frozen=True)
class Desk:
    """What is not sent yet, and the teams within its author's right."""

    draft: Announcement
    author: str
    teams: Sequence[Team]
    branches: Sequence[Branch]
    chosen: set[int]

    @property
    def picked(self) -> Sequence[Team]:
        """The chosen teams, as far as they are within the author's right."""
        return [team for team in self.teams if team.id in self.chosen]

    @property
    def groups(self) -> int:
        """How many of them have a group."""
        return sum(team.chat_id is not None for team in self.picked)

    @property
    def lost(self) -> set[int]:
        """Chosen teams that are not within the author's right any more."""
        return self.chosen - {team.id for team in self.teams}

    @property
    def choices(self) -> Sequence[Choice]:
        """What can be chosen: units first."""
        whole = [
            Choice(PickUnitTap(self.draft.id, unit.id), unit.name, unit.teams <= self.chosen, True)
            for unit in self.branches
        ]
        return whole + [
            Choice(PickTeamTap(self.draft.id, team.id), team.name, team.id in self.chosen)
            for team in self.teams
        ]

    def page(self, tap: PickTeamTap | PickUnitTap) -> int:
        """The page that a choice is on."""
        return [choice.tap for choice in self.choices].index(tap) // choosing.PAGE

    def zone(self, request: Request) -> ZoneInfo:
        """The clock that times are said by: the one of all chosen teams, or the usual one."""
        zones = {team.timezone for team in self.picked or self.teams}
        return ZoneInfo(zones.pop()) if len(zones) == 1 else request.zone

    def calendar(self, request: Request) -> Calendar:
        """The days that times are read by."""
        return Calendar(self.zone(request), notices=request.house.notices)


async def desk(
    request: Request, announcement_id: int, stages: Collection[Stage] = DRAFTS
) -> Desk | Reply:
    """The sender's own, while it is at one of these stages; or else what to say instead."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    draft = await announcements.written(request.session, announcement_id, request.person.id)
    if draft is None:
        return Reply(toast=plain.gone(request.voice))
    if draft.stage not in stages:
        return Reply(toast=words.ended(request.voice, draft.stage))
    return await laid_out(request, draft)


async def laid_out(request: Request, draft: Announcement) -> Desk:
    """What there is to choose from, and what is chosen."""
    author = request.person.name if request.person else ""
    teams = await grants.teams(request.session, draft.author_id)
    branches = await announcements.branches(request.session, [team.id for team in teams])
    chosen = await announcements.chosen(request.session, draft.id)
    return Desk(draft, author, teams, branches, chosen)


def choice(request: Request, found: Desk, page: int = 0) -> Message:
    """The page on which recipients and options are chosen."""
    return choosing.choice(
        request.voice,
        found.draft,
        found.choices,
        page,
        len(found.picked),
        found.zone(request),
    )
