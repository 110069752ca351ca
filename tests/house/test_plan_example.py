"""What the documents show of plans and calendars is read, as they say it is."""

import re
from pathlib import Path

from handlers.reading.calendars import read_calendar
from handlers.reading.organisations import read_organisation

PAGE = (Path(__file__).parents[2] / "docs" / "operators.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_plan_of_the_documents_is_a_sound_one() -> None:
    (example,) = [block for block in BLOCKS if "crews:" in block]
    (unit,) = read_organisation("o.yaml", f"unit: 林业局\n{example}".encode()).root.units
    (team,) = unit.teams
    plan = team.plan
    assert plan is not None
    assert (plan.eve, plan.days, plan.crews["丁"]) == (True, "daily", 6)
    assert plan.weekdays["mon"] == ("safety-101",)
    assert (len(unit.days.off), len(team.days.off)) == (3, 1)


def test_the_calendar_of_the_documents_is_sound_but_for_what_it_leaves_out() -> None:
    (example,) = [block for block in BLOCKS if "\nyear:" in block]
    whole = example.replace("- …", "- 2027-05-01~2027-05-05\n  - 2027-10-01~2027-10-07")
    found = read_calendar("2027.yaml", whole.encode())
    assert (found.year, len(found.off), len(found.work)) == (2027, 15, 2)
