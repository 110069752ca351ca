"""`python -m tests.house.rights`: docs/rights.md, made from the table of rights."""

import inspect
import re
import sys

from handlers.rules import permissions
from handlers.rules.menu import MENU
from handlers.rules.permissions import MATRIX, Action, Standing, Surface

MEANS = re.compile(r'^    [A-Z_]+ = "(?P<name>\w+)"(?:  # (?P<means>.+))?$', re.MULTILINE)
HEAD = """# Who may do what, and where

Made from `handlers/rules/permissions.py` by `python -m tests.house.rights`; a test compares them.

● may; · may not. *Where* is where it is listened to: in private, in a team's group or topic, or
astray, in a group or topic without a team. Somebody who may not is told so in one line, and
nothing changes. Rights are asked for again at every tap. A leader is asked for the team, a
secretary for a unit and all below it, an owner for everything; what a member may, each does for
their own.
"""


def page() -> str:
    """The document."""
    means = {
        found["name"]: (found["means"] or found["name"].replace("_", " ")).replace("|", "/")
        for found in MEANS.finditer(inspect.getsource(permissions))
    }
    lines = [
        f"| What | Commands | {' | '.join(Standing)} | Where |",
        f"| --- | --- |{' --- |' * len(Standing)} --- |",
    ]
    for action in Action:
        row = MATRIX[action]
        commands = " ".join(f"`/{entry.name}`" for entry in MENU if entry.needs is action)
        marks = " | ".join("●" if standing in row.who else "·" for standing in Standing)
        where = ", ".join(surface for surface in Surface if surface in row.where)
        lines.append(f"| {means[action]} | {commands} | {marks} | {where} |")
    return HEAD + "\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
