"""All commands, buttons and phrases, in one table; and the way from what was said to a handler."""

from collections.abc import Sequence
from dataclasses import replace

from handlers import (
    acceptances,
    admissions,
    announcements,
    asks,
    audiences,
    audits,
    boards,
    checkins,
    commitments,
    corrections,
    courses,
    cues,
    deliveries,
    dues,
    evidence,
    flows,
    grants,
    groups,
    help,
    histories,
    hours,
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
    privacy,
    quiet,
    recalls,
    receipts,
    records,
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
    timings,
    todos,
    tutorials,
    verifications,
    weeks,
    whom,
)
from handlers.nearest import offered
from handlers.reading import phrasing
from handlers.reading.questions import read_question
from handlers.requests import (
    Asked,
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
from handlers.rules.permissions import MATRIX, Action, Standing, Surface, open_to_all
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
    *privacy.ROUTES,
    *leave.ROUTES,
    *commitments.ROUTES,
    *courses.ROUTES,
    *hours.ROUTES,
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
    *dues.ROUTES,
    *records.ROUTES,
    *status.ROUTES,
    *points.ROUTES,
    *weeks.ROUTES,
    *flows.ROUTES,
    *ledgers.ROUTES,
    *boards.ROUTES,
    *switches.ROUTES,
    *grants.ROUTES,
    *groups.ROUTES,
    *team.ROUTES,
    *admissions.ROUTES,
    *movements.ROUTES,
    *rosters.ROUTES,
    *members.ROUTES,
    *rosterfiles.ROUTES,
    *receipts.ROUTES,
    *cues.ROUTES,
    *audiences.ROUTES,
    *timings.ROUTES,
    *corrections.ROUTES,
    *plans.ROUTES,
    *packs.ROUTES,
    *media.ROUTES,
    *sentpacks.ROUTES,
    *announcements.ROUTES,
    *deliveries.ROUTES,
    *audits.ROUTES,
]


class Switchboard:
    """Finds who answers, and asks whether the asker may: what nothing allows is denied."""

    def __init__(self, routes: list[Route]) -> None:
        self.commands = {r.name: r for r in routes if isinstance(r, Command)}
        self._presses = {r.tap: r for r in routes if isinstance(r, Press)}
        self._phrases = [r for r in routes if isinstance(r, Phrase)]
        self._asked = {r.kind: r for r in routes if isinstance(r, Asked)}
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
        if request.surface not in MATRIX[route.needs].where:
            return Reply(open=request.house.link("hello"))
        reply = await route.handle(request, tap)
        if reply.says:
            heard = replace(request, text=reply.says)
            return await self.question(heard) or Reply(toast=words.gone(request.voice))
        return reply

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
        """A question, or words like a command; None when they say nothing to us."""
        if addressed and (reply := await self.question(request)) is not None:
            return reply
        for route in self._phrases:
            if (addressed or route.plain) and (found := route.pattern.fullmatch(request.text)):
                parts = {name: text or "" for name, text in found.groupdict().items()}
                return await self._ask(replace(request, match=parts), route.handle, route.needs)
        return None

    async def question(self, request: Request) -> Reply | None:
        """A question in plain words; None where it is none that we understand."""
        question = read_question(request.text, request.today)
        route = self._asked.get(question.kind) if question else None
        if question is None or route is None:
            return None
        asked = replace(request, question=question)
        if question.who and await whom.is_team(asked):
            question = whom.of_team(question)
            route, asked = self._asked[question.kind], replace(request, question=question)
        if refusal := await self._refusal(asked, route.needs):
            return await self._turned_away(asked, refusal)
        return await route.handle(asked)

    async def addressed(self, request: Request, *, named: bool) -> Reply | None:
        """What was said to us in a group and not understood: so to the asker alone, or not at all.

        `named`: by our @name; a reply may be meant for everybody, and politeness wants no answer.
        """
        if not named and (request.attached or phrasing.courteous(request.text)):
            return None
        told = await offered(request, words.unknown(request.voice))
        if await request.private_chat() is not None:
            return Reply(private=told)
        return Reply(private=told) if named or phrasing.asks(request.text) else None

    async def further(self, request: Request) -> Reply | None:
        """One more picture or file of an album; None when nobody knows its first."""
        for route in self._further:
            if await self._refusal(request, route.needs):
                continue
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
        return Reply(message=await offered(request, words.unknown(request.voice)))

    async def happening(self, request: Request, name: str) -> Reply:
        """Something happened to the chat."""
        route = self._happenings[name]
        return await self._ask(request, route.handle, route.needs)

    def _link(self, request: Request) -> tuple[Request, Handler, Action] | None:
        prefix, _, argument = request.text.partition("-")
        route = self._links.get(prefix)
        return (replace(request, text=argument), route.handle, route.needs) if route else None

    async def _ask(self, request: Request, handle: Handler, needs: Action) -> Reply:
        if refusal := await self._refusal(request, needs):
            return await self._turned_away(request, refusal)
        if request.surface not in MATRIX[needs].where:
            link = request.house.link("hello")
            return Reply(message=words.open_private(request.voice, link))
        return await handle(request)

    async def _turned_away(self, request: Request, refusal: str) -> Reply:
        if elsewhere := await self._elsewhere(request):
            return Reply(message=words.elsewhere(request.voice, request.chat, elsewhere))
        return Reply(message=words.line(refusal))

    @staticmethod
    async def _elsewhere(request: Request) -> Sequence[Team]:
        """The teams that meet in a group's topics, where the request came from none of them."""
        if request.private or request.team is not None:
            return []
        return await teams.of_chat(request.session, request.chat.id)

    @staticmethod
    async def _refusal(request: Request, needs: Action) -> str:
        """Why the asker may not, in a line; empty: they may.

        In a group it is asked for the group's team; in private, or where the row says so, for any
        team at all, and the handler asks again for the one that it touches.
        """
        row = MATRIX[needs]
        loose = request.surface is Surface.ASTRAY and Surface.GROUP in row.where
        if loose and Surface.ASTRAY not in row.where:
            return words.unattached(request.voice)
        if open_to_all(needs) or (row.who == {Standing.MEMBER} and request.member is not None):
            return ""
        if await request.may(needs, None if row.anywhere else request.team):
            return ""
        if Standing.MEMBER in row.who:
            return words.stranger(request.voice)
        return words.denied(request.voice)
