"""What happened to a commitment, a line for each act, as its history and the ledger tell it."""

from storage.kinds import Act
from storage.tables import CommitmentAct


def deed(act: CommitmentAct, *, assigned: bool, own: bool) -> str:
    """The key of an act's words, which take `at`, `name`, `text` and `due`.

    assigned  it was somebody else's idea; own: its owner did this
    """
    kind = str(act.act)
    match act.act:
        case Act.MADE:
            kind = "assigned" if assigned else "made" if own else "recorded"
        case Act.MOVED if act.text:
            return "deed.transferred"
        case Act.POSTPONED if act.text:
            return "deed.postponed_because"
    return f"deed.{kind}_until" if act.due_at else f"deed.{kind}"
