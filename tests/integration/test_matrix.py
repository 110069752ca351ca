"""Every command, button, phrase, link and happening, asked by everybody, everywhere.

What the doors do is compared with the table of rights.
"""

import re
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import Enum
from typing import Any, get_type_hints

import pytest

from handlers.reading.nearness import CANON
from handlers.requests import (
    Asked,
    Command,
    Further,
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
from handlers.routes import ROUTES, Switchboard
from handlers.rules.menu import offered
from handlers.rules.permissions import MATRIX, Row, Standing, Surface
from handlers.taps import Tap
from handlers.words import plain
from handlers.words.voice import Voice
from storage import grants
from storage.kinds import ChatKind, Role
from storage.tables import Chat, Person
from tests.conftest import LI, ONE, THREE, WU, ZHANG, Office, on_sqlite

pytestmark = on_sqlite  # it is the doors that are tried, not the database

STRANGER, LEADER, OWNER, OTHER = 777, 801, 802, 803
LOOSE = -1009
PLACES = {Surface.PRIVATE: None, Surface.GROUP: ONE, Surface.ASTRAY: LOOSE}
WHO = {  # each of them is that and nothing else
    Standing.ANYONE: STRANGER,
    Standing.MEMBER: ZHANG,
    Standing.LEADER: LEADER,
    Standing.SECRETARY: LI,
    Standing.OWNER: OWNER,
}
ZH = Voice("zh")
REFUSALS = {plain.denied(ZH), plain.stranger(ZH), plain.unattached(ZH)}


@dataclass
class Heard:
    """What got through a door."""

    routes: list[Route] = field(default_factory=list)


@pytest.fixture
async def house(office: Office) -> Office:
    """The office, with somebody of each standing, and a group that is no team's."""
    async with office.database.begin() as session:
        session.add(Chat(telegram_id=LOOSE, kind=ChatKind.SUPERGROUP, title="?"))
        session.add(Chat(telegram_id=STRANGER, kind=ChatKind.PRIVATE))
        for user, role, team in (
            (LEADER, Role.LEADER, office.teams[ONE].id),
            (OWNER, Role.OWNER, None),
            (OTHER, Role.LEADER, office.teams[THREE].id),
        ):
            person = Person(telegram_id=user, name=str(user))
            session.add_all([person, Chat(telegram_id=user, kind=ChatKind.PRIVATE)])
            await session.flush()
            await grants.give(session, person.id, role, office.clock(), team_id=team)
    return office


def through(row: Row, held: set[Standing], surface: Surface) -> bool:
    """Whether the table lets somebody through who is all that where they ask."""
    return surface in row.where and not row.who.isdisjoint(held)


def pressed(kind: type[Tap]) -> Tap:
    """A button of a kind, which carries nothing in particular."""
    hints = get_type_hints(kind)
    return kind(**{one.name: blank(hints[one.name]) for one in fields(kind)})


def blank(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return {int: 0, str: "", date: date(2026, 11, 23)}.get(kind)


async def knock(route: Route, request: Request, heard: Heard) -> Reply | None:
    """Ask what a route answers, with something in its handler's place."""

    async def handle(*_: Any) -> Reply:
        heard.routes.append(route)
        return Reply(toast="in")

    match route:
        case Command(name=name):
            board = Switchboard([replace(route, handle=handle)])
            return await board.command(request, name, addressed=True)
        case Press(tap=tap):
            board = Switchboard([replace(route, handle=handle)])
            return await board.press(request, pressed(tap))
        case Phrase():
            board = Switchboard([replace(route, handle=handle, pattern=re.compile("x"))])
            return await board.phrase(replace(request, text="x"), addressed=True)
        case Asked(kind=kind):
            board = Switchboard([Asked(kind, handle)])
            said = next(one.zh for one in CANON if one.kind is kind)
            return await board.question(replace(request, text=said))
        case Link(prefix=prefix):
            board = Switchboard([replace(route, handle=handle)])
            return await board.command(
                replace(request, text=f"{prefix}-x"), "start", addressed=True
            )
        case Happening(name=name):
            board = Switchboard([replace(route, handle=handle)])
            return await board.happening(request, name)
        case Further():
            return await Switchboard([replace(route, handle=handle)]).further(request)
        case Otherwise():
            return await Switchboard([replace(route, handle=handle)]).otherwise(request)
        case Newcomer():
            raise AssertionError("it is no door")


def listened(route: Route, surface: Surface) -> bool:
    """Whether there is a door there at all: what is said in a group goes to no `Otherwise`."""
    if isinstance(route, Newcomer):  # behind the door of the press that enrols
        return False
    return not isinstance(route, Otherwise) or surface is Surface.PRIVATE


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("standing", Standing)
async def test_every_door_does_what_the_table_says(
    house: Office, standing: Standing, surface: Surface
) -> None:
    held = {Standing.ANYONE, standing}
    wrong = []
    async with house.database.begin() as session:
        request = await house.ask(session, WHO[standing], chat=PLACES[surface])
        assert request.surface is surface
        for route in ROUTES:
            if not listened(route, surface):
                continue
            heard, row = Heard(), MATRIX[route.needs]
            reply = await knock(route, request, heard)
            if bool(heard.routes) is not through(row, held, surface):
                wrong.append(route)
            elif not heard.routes and not isinstance(route, Further):
                assert reply is not None
                assert _line(reply), route
    assert wrong == []


def _line(reply: Reply) -> bool:
    """Whether a reply only tells, in a line, that it was not done; or shows the way to private."""
    said = reply.toast or (reply.message.html if reply.message else "")
    told = said in REFUSALS or said in {ZH.plain("open_private"), ZH.plain("unknown")}
    return told or bool(reply.open)


async def test_what_one_is_elsewhere_opens_no_door_here(house: Office) -> None:
    """A member and a leader of another team, in this team's group."""
    async with house.database.begin() as session:
        for user, held in ((WU, Standing.MEMBER), (OTHER, Standing.LEADER)):
            request = await house.ask(session, user, chat=ONE)
            for route in ROUTES:
                if not listened(route, Surface.GROUP):
                    continue
                heard, row = Heard(), MATRIX[route.needs]
                await knock(route, request, heard)
                counts = {Standing.ANYONE, *([held] if row.anywhere else [])}
                assert bool(heard.routes) is through(row, counts, Surface.GROUP), route


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("standing", Standing)
async def test_help_names_what_one_can_do_here(
    house: Office, standing: Standing, surface: Surface
) -> None:
    async with house.database.begin() as session:
        request = await house.ask(session, WHO[standing], chat=PLACES[surface])
        for locale in ("zh", "en"):
            asked = replace(request, voice=Voice(locale))
            reply = await Switchboard(ROUTES).command(asked, "help", addressed=True)
            assert reply is not None
            assert reply.message is not None
            listed = re.findall(r"^/(\w+)", reply.message.html, re.MULTILINE)
            there = Surface.PRIVATE if surface is Surface.PRIVATE else Surface.GROUP
            held = {Standing.ANYONE, standing}
            assert listed == offered(held, there)
