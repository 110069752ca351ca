"""The commands that are offered, in order: who may use each, and where it makes sense."""

from dataclasses import dataclass

from handlers.rules.permissions import Action


@dataclass(frozen=True)
class Entry:
    """A line of the command menu."""

    name: str
    needs: Action
    group: bool = True
    private: bool = True


MENU = (
    Entry("today", Action.SEE_COUNTS),
    Entry("status", Action.SEE_COUNTS),
    Entry("my", Action.COMMIT),
    Entry("commit", Action.COMMIT),
    Entry("done", Action.COMMIT),
    Entry("assign", Action.ASSIGN),
    Entry("rectify", Action.ASSIGN),
    Entry("todo", Action.SEE_COUNTS, private=False),
    Entry("history", Action.SEE_COUNTS),
    Entry("missed", Action.SEE_MISSED, group=False),
    Entry("flow", Action.REPORT, group=False),
    Entry("ledger", Action.REPORT, group=False),
    Entry("overdue", Action.SEE_COUNTS),
    Entry("leave", Action.STUDY),
    Entry("board", Action.SEE_COUNTS),
    Entry("points", Action.SEE_COUNTS),
    Entry("plan", Action.PLAN, group=False),
    Entry("switches", Action.SWITCH, group=False),
    Entry("announce", Action.ANNOUNCE, group=False),
    Entry("packs", Action.PACKS, group=False),
    Entry("deliveries", Action.OPERATE, group=False),
    Entry("quiet", Action.ASK, group=False),
    Entry("team", Action.SEE_COUNTS),
    Entry("join", Action.ASK, private=False),
    Entry("start", Action.ASK, group=False),
    Entry("help", Action.ASK),
)
