"""The tables that the house is made of agree with each other."""

from handlers.requests import Command, Happening, Link, Press
from handlers.routes import ROUTES
from handlers.rules.menu import MENU
from handlers.rules.permissions import MATRIX, Action, Standing
from handlers.taps import KINDS
from schedules.timetable import JOBS


def test_the_menu_offers_every_command_with_the_right_that_it_needs() -> None:
    commands = {route.name: route.needs for route in ROUTES if isinstance(route, Command)}
    assert set(commands) == {entry.name for entry in MENU}


def test_no_two_routes_answer_to_one_name() -> None:
    names: list[str] = []
    for route in ROUTES:
        match route:
            case Command(name=name) | Happening(name=name):
                names.append(f"{type(route).__name__} {name}")
            case Press(tap=tap):
                names.append(f"Press {tap.prefix}")
            case Link(prefix=prefix):
                names.append(f"Link {prefix}")
    assert len(names) == len(set(names))


def test_every_button_is_answered() -> None:
    assert {route.tap for route in ROUTES if isinstance(route, Press)} == set(KINDS.values())


def test_every_action_says_who_may() -> None:
    assert set(MATRIX) == set(Action)
    assert all(
        Standing.OWNER in row.who for row in MATRIX.values() if Standing.MEMBER not in row.who
    )


def test_no_two_jobs_share_a_name() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
