"""Questions as people put them, each with what it is read as; and what is none of ours."""

from tests.unit.asked.nothing import NOTHING
from tests.unit.asked.people import PEOPLE
from tests.unit.asked.rows import TODAY_IS
from tests.unit.asked.teams import TEAMS
from tests.unit.asked.things import THINGS

ASKED = [*TEAMS, *PEOPLE, *THINGS]

__all__ = ["ASKED", "NOTHING", "TODAY_IS"]
