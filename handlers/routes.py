"""All commands, buttons and phrases, in one table; and the way from what was said to a handler."""

from collections.abc import Sequence
from dataclasses import replace

from handlers import (
    acceptances,
    admissions,
    announcements,
    asks,
    boards,
    checkins,
    commitments,
    courses,
    deliveries,
    evidence,
    flows,
    groups,
    help,
    histories,
    leave,
    ledgers,
    media,
    members,
    mine,
    missed,
    movements,
    nudges,
    outlines,
    overdue,
    packs,
    plans,
    points,
    quiet,
    recalls,
    receipts,
    rectifications,
    rosterfiles,
    rosters,
    sentpacks,
    status,
    study,
    switches,
    tasklists,
    tasks,
    team,
    todos,
    tutorials,
    verifications,
)
from handlers.requests import (
    Command,
    Further,
    Handler,
    Happening,
    Link,
    Newcomer,
    Otherwise,
    Phrase,
    Press,
    Reply,
    Request,
    Route,
)
from handlers.rules.permissions import MATRIX, Action, Standing
from handlers.taps import Tap
from handlers.words import plain as words
from storage import teams
from storage.tables import Team

ROUTES: list[Route] = [
    *help.ROUTES,
    *study.ROUTES,
    *checkins.ROUTES,
    *nudges.ROUTES,
    *quiet.ROUTES,
    *leave.ROUTES,
    *commitments.ROUTES,
    *courses.ROUTES,
    *todos.ROUTES,
    *evidence.ROUTES,
    *verifications.ROUTES,
    *asks.ROUTES,
    *tasks.ROUTES,
    *acceptances.ROUTES,
    *recalls.ROUTES,
    *tasklists.ROUTES,
    *rectifications.ROUTES,
    *outlines.ROUTES,
    *mine.ROUTES,
    *histories.ROUTES,
    *tutorials.ROUTES,
    *missed.ROUTES,
    *overdue.ROUTES,
    *status.ROUTES,
    *points.ROUTES,
    *flows.ROUTES,
    *ledgers.ROUTES,
    *boards.ROUTES,
    *switches.ROUTES,
    *groups.ROUTES,
    *team.ROUTES,
    *admissions.ROUTES,
    *movements.ROUTES,
    *rosters.ROUTES,
    *members.ROUTES,
    *rosterfiles.ROUTES,
    *receipts.ROUTES,
    *plans.ROUTES,
    *packs.ROUTES,
    *media.ROUTES,
    *sentpacks.ROUTES,
    *announcements.ROUTES,
    *deliveries.ROUTES,
]


class Switchboard:
    """Finds who answers, and asks whether the asker may: what nothing allows is denied."""

    def __init__(self, routes: list[Route]) -> None:
        self.commands = {r.name: r for r in routes if isinstance(r, Command)}
        self._presses = {r.tap: r for r in routes if isinstance(r, Press)}
        self._phrases = [r for r in routes if isinstance(r, Phrase)]
        self._links = {r.prefix: r for r in routes if isinstance(r, Link)}
        self._happenings = {r.name: r for r in routes if isinstance(r, Happening)}
        self._newcomer = next((r for r in routes if isinstance(r, Newcomer)), None)
        self._further = [r for r in routes if isinstance(r, Further)]
        self._otherwise = [r for r in routes if isinstance(r, Otherwise)]

    async def press(self, request: Request, tap: Tap | None) -> Reply:
        """A tap on a button; None is data that no button of ours carries."""
        route = self._presses.get(type(tap)) if tap else None
        if tap is None or route is None:
            return Reply(toast=words.gone(request.voice))
        await deliveries.seen(request, tap)
        if refusal := await self._refusal(request, route.needs):
            if self._newcomer and route.enrols and await self._may_enrol(request):
                return await self._first(request, tap, route, self._newcomer)
            astray = await self._elsewhere(request)
            return Reply(toast=words.in_topics(request.voice) if astray else refusal)
        return await route.handle(request, tap)

    @staticmethod
    async def _may_enrol(request: Request) -> bool:
        """Whether the tap can be somebody's first: in a team's group, by who does not run it."""
        if request.private or request.team is None or request.member is not None:
            return False
        return not await request.roles(request.team)

    @staticmethod
    async def _first(request: Request, tap: Tap, route: Press, newcomer: Newcomer) -> Reply:
        """A tap of somebody without a place: where it gives them one, it is carried out too."""
        request, welcome = await newcomer.handle(request, tap)
        if request.member is None:
            return welcome
        reply = await route.handle(request, tap)
        return replace(reply, toast=words.both(request.voice, welcome.toast, reply.toast))

    async def command(self, request: Request, name: str, *, addressed: bool) -> Reply | None:
        """`/name words`. An unknown one is answered only where it was meant for us."""
        if name == "start" and (found := self._link(request)):
            return await self._ask(*found)
        route = self.commands.get(name)
        if route is None:
            return Reply(message=words.unknown(request.voice)) if addressed else None
        return await self._ask(request, route.handle, route.needs)

    async def phrase(self, request: Request, addressed: bool) -> Reply | None:
        """Words that say the same as a command; None when they say nothing to us."""
        for route in self._phrases:
            if (addressed or route.plain) and (found := route.pattern.fullmatch(request.text)):
                parts = {name: text or "" for name, text in found.groupdict().items()}
                return await self._ask(replace(request, match=parts), route.handle, route.needs)
        return None

    async def further(self, request: Request) -> Reply | None:
        """One more picture or file of an album; None when nobody knows its first."""
        for route in self._further:
            if (reply := await route.handle(request)) is not None:
                return reply
        return None

    async def otherwise(self, request: Request) -> Reply:
        """Whatever else is sent in private."""
        for route in self._otherwise:
            if not await self._refusal(request, route.needs):
                reply = await route.handle(request)
                if reply is not None:
                    return reply
        return Reply(message=words.unknown(request.voice))

    async def happening(self, request: Request, name: str) -> Reply:
        """Something happened to the chat."""
        return await self._happenings[name].handle(request)

    def _link(self, request: Request) -> tuple[Request, Handler, Action] | None:
        prefix, _, argument = request.text.partition("-")
        route = self._links.get(prefix)
        return (replace(request, text=argument), route.handle, route.needs) if route else None

    async def _ask(self, request: Request, handle: Handler, needs: Action) -> Reply:
        if refusal := await self._refusal(request, needs):
            if elsewhere := await self._elsewhere(request):
                return Reply(message=words.elsewhere(request.voice, request.chat, elsewhere))
            return Reply(message=words.line(refusal))
        return await handle(request)

    @staticmethod
    async def _elsewhere(request: Request) -> Sequence[Team]:
        """The teams that meet in a group's topics, where the request came from none of them."""
        if request.private or request.team is not None:
            return []
        return await teams.of_chat(request.session, request.chat.id)

    @staticmethod
    async def _refusal(request: Request, needs: Action) -> str:
        """Why the asker may not, in a line; empty: they may.

        In a group it is asked for the group's team; in private for any team at all, and the
        handler asks again for the one that it touches.
        """
        if needs is Action.ASK:
            return ""
        if not request.private and request.team is None:
            return words.unattached(request.voice)
        if MATRIX[needs] == {Standing.MEMBER} and request.member is not None:
            return ""
        if await request.may(needs, request.team):
            return ""
        if Standing.MEMBER in MATRIX[needs]:
            return words.stranger(request.voice)
        return words.denied(request.voice)
