"""YAML documents, read as written.

We walk the parser's events and build our own values, so nothing is ever constructed or resolved:
`no` stays "no", `7:50` stays "7:50", and a file can neither run code nor grow by aliases.
"""

import re
from dataclasses import dataclass, field

import yaml

from handlers.reading.faults import Fault, Faults
from handlers.reading.plain import visible
from handlers.reading.raw import Listing, Raw, Record, Scalar

MEGABYTE = 1024 * 1024
MOST_BYTES = MEGABYTE
MOST_DEPTH = 20
MOST_VALUES = 50_000
FULL_WIDTH_COLON = re.compile(r"\s*(?:- +)?[\w-]+：")
LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast


def decoded(name: str, data: bytes) -> str:
    """The text in a file called `name`, without what cannot be seen. Raises Faults."""
    if len(data) > MOST_BYTES:
        raise Faults([Fault(name, "fault.too_big", {"limit": MOST_BYTES // MEGABYTE})])
    try:
        return visible(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise Faults([Fault(f"{name}:{number}", "fault.encoding")]) from error


def read_document(name: str, data: bytes) -> Raw:
    """The one document in a YAML file called `name`. Raises Faults."""
    text = decoded(name, data)
    builder = Builder(name)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise Faults([*builder.faults, syntax_fault(name, text, error)]) from error
    except TooMuch as error:
        raise Faults([*builder.faults, error.fault]) from error
    if not builder.faults and not builder.root:
        raise Faults([Fault(name, "fault.empty_file")])
    if builder.faults:
        raise Faults(builder.faults)
    return builder.root[0]


def syntax_fault(name: str, text: str, error: yaml.MarkedYAMLError) -> Fault:
    """What the parser stumbled over, or better: the habit that most likely caused it."""
    lines = text.splitlines() or [""]
    mark = error.problem_mark
    if mark is None or mark.line >= len(lines) - 1:  # an open quote is found out at the end only
        mark = error.context_mark or mark
    number = mark.line if mark else 0
    for near in range(min(number, len(lines) - 1), max(number - 3, -1), -1):
        if FULL_WIDTH_COLON.match(lines[near]):
            return Fault(f"{name}:{near + 1}", "fault.full_width_colon")
        if "\t" in lines[near][: len(lines[near]) - len(lines[near].lstrip())]:
            return Fault(f"{name}:{near + 1}", "fault.tab")
    return Fault(f"{name}:{number + 1}", "fault.yaml", {"problem": error.problem or ""})


class TooMuch(Exception):
    """Raised when a document is deeper or longer than we are willing to hold."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.key)


@dataclass
class Open:
    """A list or mapping whose end has not come yet. `key` waits for its value."""

    place: str
    mapping: bool
    items: list[Raw] = field(default_factory=list)
    fields: dict[str, Raw] = field(default_factory=dict)
    key_places: dict[str, str] = field(default_factory=dict)
    key: Scalar | None = None

    def close(self) -> Raw:
        """The finished value."""
        if self.mapping:
            return Record(self.fields, self.place, self.key_places)
        return Listing(tuple(self.items), self.place)


class Builder:
    """Builds values from the parser's events, without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: list[Raw] = []
        self.faults: list[Fault] = []
        self.open: list[Open] = []
        self.count = 0

    def take(self, event: yaml.Event) -> None:
        """The next event. Raises TooMuch."""
        place = f"{self.name}:{event.start_mark.line + 1 if event.start_mark else 0}"
        self._object_to(event, place)
        match event:
            case yaml.ScalarEvent():
                self._add(Scalar(event.value, place, quoted=bool(event.style)))
            case yaml.AliasEvent():
                self._add(Scalar("", place))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.open.append(Open(place, isinstance(event, yaml.MappingStartEvent)))
                if len(self.open) > MOST_DEPTH:
                    raise TooMuch(Fault(place, "fault.too_deep", {"limit": MOST_DEPTH}))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._add(self.open.pop().close())

    def _object_to(self, event: yaml.Event, place: str) -> None:
        """Note what we do not accept in a document although YAML has it."""
        if isinstance(event, yaml.AliasEvent):
            self.faults.append(Fault(place, "fault.alias"))
        elif isinstance(event, yaml.NodeEvent):
            if getattr(event, "tag", None) is not None:
                self.faults.append(Fault(place, "fault.tag"))
            if event.anchor is not None:
                self.faults.append(Fault(place, "fault.alias"))
        elif isinstance(event, yaml.DocumentStartEvent) and self.root:
            raise TooMuch(Fault(place, "fault.several_documents"))

    def _add(self, value: Raw) -> None:
        """Put a finished value where it belongs."""
        self.count += 1
        if self.count > MOST_VALUES:
            raise TooMuch(Fault(value.place, "fault.too_many_values", {"limit": MOST_VALUES}))
        if not self.open:
            self.root.append(value)
        elif not self.open[-1].mapping:
            self.open[-1].items.append(value)
        elif self.open[-1].key is None:
            self.open[-1].key = self._key(value)
        else:
            self._pair(self.open[-1], self.open[-1].key, value)

    def _key(self, value: Raw) -> Scalar:
        if isinstance(value, Scalar):
            return value
        self.faults.append(Fault(value.place, "fault.key"))
        return Scalar("", value.place)

    def _pair(self, mapping: Open, key: Scalar, value: Raw) -> None:
        mapping.key = None
        name = key.value.strip()
        if name in mapping.fields:
            first = mapping.key_places[name]
            self.faults.append(
                Fault(key.place, "fault.duplicate_key", {"field": name, "first": first})
            )
            return
        mapping.fields[name] = value
        mapping.key_places[name] = key.place
