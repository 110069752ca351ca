"""A roster as a sheet of an .xlsx file, which somebody sends back: who is in which team.

Its columns are those of the members in an organisation file; it has no sheets of units and teams.
"""

from collections.abc import Sequence
from typing import Any

from handlers.reading.faults import Fault, Faults
from handlers.reading.forms import Form
from handlers.reading.organisations import TEAM, Checks, TeamFile
from handlers.reading.plain import line
from handlers.reading.raw import Raw, Record, Scalar
from handlers.reading.rosters import (
    MEMBERS,
    ROLES,
    TEAMS,
    UNITS,
    listing,
    member,
    person,
    with_fields,
)
from handlers.reading.tables import (
    HEADING_ROWS,
    MOST_COLUMNS,
    Sheet,
    key_of,
    named,
    opened,
    read_tables,
    written,
)
from handlers.reading.tasklists import Line

LABELS = {column.key: column.label for column in MEMBERS.columns}
OURS = {"name", "team"}  # by these headings it is known


def roster_title(name: str, data: bytes) -> str:
    """The sheet of an .xlsx file that holds a roster; empty: none does. Raises Faults.

    The bounds of the file were checked. A whole organisation is none: it has units and teams.
    """
    book = opened(name, data, cached=True)
    title = next((one for one in book.sheetnames if _holds(book, one)), "")
    if title and any(named(one, UNITS.names) for one in book.sheetnames):
        raise Faults([Fault(name, "roster.whole")])
    return title


def _holds(book: Any, title: str) -> bool:
    if named(title, TEAMS.names):
        return False
    page = book[title]
    try:
        page.reset_dimensions()
        for row in page.iter_rows(max_row=HEADING_ROWS, max_col=MOST_COLUMNS, values_only=True):
            if {key_of(text, MEMBERS.columns) for text in written(row) if text} >= OURS:
                return True
    except Exception:  # it is a sheet without rows, such as a chart
        return False
    return False


def read_people(name: str, data: bytes, title: str) -> tuple[Line, ...]:
    """The rows of that sheet. Raises Faults."""
    records = read_tables(name, data, [Sheet("members", (title,), MEMBERS.columns)])["members"]
    found = []
    for record in records:
        cells = {key: cell for key, cell in record.fields.items() if isinstance(cell, Scalar)}
        said = {key: line(cell.value) for key, cell in cells.items()}
        found.append(Line(record.place, said, {key: cell.place for key, cell in cells.items()}))
    return tuple(found)


def role_of(one: Line) -> str | None:
    """members, leaders or secretaries; None: it is no such word."""
    return ROLES.get(one["role"].casefold())


def team_file(name: str, lines: Sequence[Line], faults: list[Fault]) -> TeamFile:
    """The people that some lines give a team, checked as those of an organisation file are.

    Their crews are left out: whether there are such is a matter of the team's plan.
    """
    leaders: list[Raw] = []
    members: list[Raw] = []
    for one in lines:
        row = _record(one)
        if role_of(one) == "leaders":
            leaders.append(person(row))  # and a member as well: that is where tags stand
        members.append(with_fields(member(row), ("name", "telegram_id", "tags")))
    place = lines[0].place
    top = Record({}, place)
    record = Record(
        {
            "team": Scalar(name, place),
            "leaders": listing(top, leaders),
            "members": listing(top, members),
        },
        place,
    )
    return Checks().team(Form(record, TEAM, faults))


def _record(one: Line) -> Record:
    fields: dict[str, Raw] = {
        key: Scalar(text, one.at(key), quoted=bool(text)) for key, text in one.cells.items()
    }
    return Record(fields, one.place, labels=LABELS)
