"""The commands that are offered, in order. Who sees each, and where, is its action's row."""

from collections.abc import Collection
from dataclasses import dataclass

from handlers.rules.permissions import MATRIX, Action, Standing, Surface, may


@dataclass(frozen=True)
class Entry:
    """A line of the command menu: a command, and what it does in the table of rights."""

    name: str
    needs: Action


MENU = (
    Entry("today", Action.SEE_COUNTS),
    Entry("status", Action.SEE_COUNTS),
    Entry("my", Action.MINE),
    Entry("commit", Action.COMMIT),
    Entry("done", Action.COMMIT),
    Entry("assign", Action.ASSIGN),
    Entry("rectify", Action.ASSIGN),
    Entry("todo", Action.TODO),
    Entry("history", Action.SEE_COUNTS),
    Entry("missed", Action.SEE_MISSED),
    Entry("week", Action.WEEK),
    Entry("flow", Action.REPORT),
    Entry("ledger", Action.REPORT),
    Entry("overdue", Action.SEE_COUNTS),
    Entry("leave", Action.AWAY),
    Entry("board", Action.SEE_COUNTS),
    Entry("points", Action.SEE_COUNTS),
    Entry("plan", Action.PLAN),
    Entry("switches", Action.SWITCH),
    Entry("announce", Action.ANNOUNCE),
    Entry("packs", Action.PACKS),
    Entry("grant", Action.GRANT),
    Entry("deliveries", Action.OPERATE),
    Entry("audit", Action.AUDIT),
    Entry("quiet", Action.HUSH),
    Entry("privacy", Action.ASK),
    Entry("mydata", Action.MYSELF),
    Entry("forgetme", Action.MYSELF),
    Entry("team", Action.SEE_COUNTS),
    Entry("join", Action.JOIN),
    Entry("start", Action.BEGIN),
    Entry("help", Action.ASK),
)


def offered(held: Collection[Standing], surface: Surface) -> list[str]:
    """The commands that somebody can use who is all that, on a surface that names them."""
    return [
        entry.name
        for entry in MENU
        if surface in MATRIX[entry.needs].offered and may(held, entry.needs)
    ]
