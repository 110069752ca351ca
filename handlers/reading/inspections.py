"""A course pack's file looked at as a whole: what is in it, what is wrong, what could be better.

A list of tasks, and a roster, are told from it by their headings.

It can be told as JSON, so that a process of its own may do the looking.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handlers.reading.documents import MOST_BYTES as MOST_TEXT
from handlers.reading.faults import Fault, Faults
from handlers.reading.pack_advice import advice
from handlers.reading.packs import PackFile, pack_from, packed, unpacked, written
from handlers.reading.rosterfiles import read_people, roster_title
from handlers.reading.tables import MOST_BYTES as MOST_TABLE
from handlers.reading.tasklists import Line, lines_heard, lines_told, list_title, read_lines

LIMITS = {  # how many bytes a file may have, by how its name ends
    "xlsx": MOST_TABLE,
    "yaml": MOST_TEXT,
    "yml": MOST_TEXT,
    "md": MOST_TEXT,
    "markdown": MOST_TEXT,
}
MOST = 2000  # faults that are told one by one


@dataclass(frozen=True)
class Inspection:
    """What was found: a pack with hints, or else faults, of which there are `count`.

    `tasks`: it is a list of tasks, and these are its rows; `roster`: the same of a roster.
    """

    pack: PackFile | None
    faults: tuple[Fault, ...] = ()
    hints: tuple[Fault, ...] = ()
    count: int = 0
    tasks: tuple[Line, ...] | None = None
    roster: tuple[Line, ...] | None = None


def ending(name: str) -> str:
    """How a file's name ends, if it may hold a pack; else nothing."""
    _, dot, last = name.rpartition(".")
    return last.lower() if dot and last.lower() in LIMITS else ""


def inspect(kind: str, data: bytes) -> Inspection:
    """Look at a file whose name ends in `kind`. Places do not name it: there is only the one."""
    name, title, roster = f"pack.{kind}", "", False
    try:
        if kind == "xlsx" and (title := list_title(name, data)):
            return Inspection(None, tasks=_lines(name, read_lines(name, data, title)))
        if kind == "xlsx":
            roster = True
            if people := roster_title(name, data):
                return Inspection(None, roster=_lines(name, read_people(name, data, people)))
            roster = False
        raw = written(name, data)
        pack = pack_from(raw)
    except Faults as found:
        faults = tuple(_short(name, fault) for fault in found.faults[:MOST])
        count = len(found.faults)
        if roster:
            return Inspection(None, faults, count=count, roster=())
        return Inspection(None, faults, count=count, tasks=() if title else None)
    return Inspection(pack, hints=tuple(_short(name, hint) for hint in advice(pack, raw)))


def _lines(name: str, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(
        replace(
            one,
            place=_place(name, one.place),
            places={key: _place(name, place) for key, place in one.places.items()},
        )
        for one in lines
    )


def _short(name: str, fault: Fault) -> Fault:
    values = {key: _place(name, value) for key, value in fault.values.items()}
    return Fault(_place(name, fault.place), fault.key, values)


def _place(name: str, place: Any) -> Any:
    return place.removeprefix(name).strip() if isinstance(place, str) else place


def told(found: Inspection) -> dict[str, Any]:
    """As JSON can hold it."""
    return {
        "pack": packed(found.pack) if found.pack else None,
        "faults": [[fault.place, fault.key, dict(fault.values)] for fault in found.faults],
        "hints": [[hint.place, hint.key, dict(hint.values)] for hint in found.hints],
        "count": found.count,
        "tasks": None if found.tasks is None else lines_told(found.tasks),
        "roster": None if found.roster is None else lines_told(found.roster),
    }


def heard(told: Mapping[str, Any]) -> Inspection:
    """What `told` has told."""
    return Inspection(
        unpacked(told["pack"]) if told["pack"] else None,
        tuple(Fault(*fault) for fault in told["faults"]),
        tuple(Fault(*hint) for hint in told["hints"]),
        told["count"],
        None if told["tasks"] is None else lines_heard(told["tasks"]),
        None if told["roster"] is None else lines_heard(told["roster"]),
    )
