"""The table of rights is whole, what is offered follows from it, and its page says the same."""

from pathlib import Path

import pytest

from handlers.requests import Command
from handlers.routes import ROUTES
from handlers.rules.menu import MENU, offered
from handlers.rules.permissions import MATRIX, Action, Standing, Surface, may
from tests.house.rights import page


def test_the_page_of_rights_is_the_tables() -> None:
    written = (Path(__file__).parents[2] / "docs" / "rights.md").read_text()
    assert written == page(), "python -m tests.house.rights > docs/rights.md"


def test_every_action_has_a_row_and_every_route_an_action() -> None:
    assert set(MATRIX) == set(Action)
    assert all(route.needs in MATRIX for route in ROUTES)
    assert all(row.offered <= row.where for row in MATRIX.values())


def test_every_command_stands_in_help_and_the_menus_with_its_own_action() -> None:
    commands = {route.name: route.needs for route in ROUTES if isinstance(route, Command)}
    assert {entry.name: entry.needs for entry in MENU} == commands
    everybody = set(Standing)
    shown = {name for surface in Surface for name in offered(everybody, surface)}
    assert shown == set(commands)


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("surface", Surface)
def test_nothing_is_offered_that_would_be_refused(standing: Standing, surface: Surface) -> None:
    needs = {entry.name: entry.needs for entry in MENU}
    for name in offered({standing}, surface):
        assert may({standing}, needs[name])
        assert surface in MATRIX[needs[name]].where
