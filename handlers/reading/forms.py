"""A record being checked: every field is asked for by its rules, and every fault is kept.

A field that does not hold gives back something harmless (an empty text, an empty tuple, None), so
that checking goes on and one reading finds all faults.
"""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from handlers.reading import plain
from handlers.reading.faults import Fault
from handlers.reading.raw import Listing, Raw, Record, Scalar

INTEGER = re.compile(r"[-+]?\d{1,18}", re.ASCII)
QUOTED = 40  # characters of a wrong value that a fault repeats


class Form:
    """A record of which only some keys are allowed; `faults` is shared by a whole file."""

    def __init__(self, record: Record, allowed: Collection[str], faults: list[Fault]) -> None:
        self.record = record
        self.faults = faults
        for key in record.fields:
            if key not in allowed:
                self._unknown(key, allowed)

    def place(self, key: str) -> str:
        """Where a field stands, or the record if it does not."""
        value = self.record.fields.get(key)
        return value.place if value else self.record.place

    def label(self, key: str) -> str:
        """The field's name as the author knows it."""
        return self.record.labels.get(key, key)

    def written(self, key: str) -> str:
        """What stands in a field, in short, to be quoted."""
        value = self.record.fields.get(key)
        return plain.line(value.value)[:QUOTED] if isinstance(value, Scalar) else ""

    def fault(self, key: str, rule: str, **values: Any) -> None:
        """Keep a fault of a field."""
        self.faults.append(Fault(self.place(key), rule, {"field": self.label(key), **values}))

    def given(self, key: str) -> Raw | None:
        """What stands in a field; None if nothing does."""
        value = self.record.fields.get(key)
        return None if value is None or (isinstance(value, Scalar) and value.empty) else value

    def text(self, key: str, *, most: int, needed: bool = True, lines: bool = False) -> str:
        """A text of at most `most` characters, on one line unless `lines`; "" if there is none."""
        text = self._text(key, self.given(key), most, lines=lines)
        if not text and needed and text is not None:
            self.fault(key, "fault.missing")
        return text or ""

    def matching(
        self,
        key: str,
        pattern: re.Pattern[str],
        rule: str,
        *,
        most: int = 500,
        needed: bool = True,
    ) -> str:
        """A one-line text of a certain shape, else `rule` is the fault; "" if there is none."""
        text = self.text(key, most=most, needed=needed)
        if text and not pattern.fullmatch(text):
            self.fault(key, rule, written=text)
            return ""
        return text

    def integer(self, key: str, *, needed: bool = True) -> int | None:
        """A whole number in digits, quoted or not."""
        value = self.given(key)
        if value is None:
            if needed:
                self.fault(key, "fault.missing")
            return None
        if isinstance(value, Scalar) and INTEGER.fullmatch(value.value.strip()):
            return int(value.value)
        self.fault(key, "fault.not_integer", written=self.written(key))
        return None

    def texts(
        self, key: str, *, most: int, least_items: int = 0, most_items: int
    ) -> tuple[str, ...]:
        """A list of different one-line texts."""
        texts: list[str] = []
        for item in self._items(key, least_items, most_items):
            text = self._text(key, item, most)
            if text is None:
                continue
            if not text:
                self._item_fault(key, item, "fault.empty_item")
            elif text in texts:
                self._item_fault(key, item, "fault.repeated_item", written=text)
            texts.append(text)
        return tuple(texts)

    def placed(self, key: str, *, most: int, most_items: int) -> list[tuple[str, str]]:
        """A list of one-line texts, or one alone, each with the place where it stands."""
        value = self.given(key)
        items = (value,) if isinstance(value, Scalar) else self._items(key, 0, most_items)
        found = [(self._text(key, item, most), item.place) for item in items]
        return [(text, place) for text, place in found if text]

    def fault_at(self, place: str, key: str, rule: str, **values: Any) -> None:
        """Keep a fault of a part of a field, with its own place."""
        self.faults.append(Fault(place, rule, {"field": self.label(key), **values}))

    def forms(
        self, key: str, allowed: Collection[str], *, least_items: int = 0, most_items: int
    ) -> list["Form"]:
        """A list of records, each to be checked in its turn."""
        forms: list[Form] = []
        for item in self._items(key, least_items, most_items):
            if isinstance(item, Record):
                forms.append(Form(item, allowed, self.faults))
            else:
                self._item_fault(key, item, "fault.not_record")
        return forms

    def form(self, key: str, allowed: Collection[str]) -> "Form | None":
        """A record within the record."""
        value = self.given(key)
        if isinstance(value, Record):
            return Form(value, allowed, self.faults)
        if value is not None:
            self.fault(key, "fault.not_record")
        return None

    def _unknown(self, key: str, allowed: Collection[str]) -> None:
        place = self.record.key_places.get(key, self.record.place)
        near = get_close_matches(key.lower(), allowed, n=1, cutoff=0.6)
        if near:
            fault = Fault(place, "fault.unknown_key", {"field": key, "nearest": near[0]})
        else:
            names = ", ".join(allowed)
            fault = Fault(place, "fault.unknown_key_of", {"field": key, "allowed": names})
        self.faults.append(fault)

    def _text(self, key: str, value: Raw | None, most: int, *, lines: bool = False) -> str | None:
        """The text of a field or item; None once a fault has been kept."""
        if value is None:
            return ""
        if not isinstance(value, Scalar):
            self._item_fault(key, value, "fault.not_text")
            return None
        text = plain.paragraphs(value.value) if lines else plain.line(value.value)
        if len(text) > most:
            self._item_fault(key, value, "fault.too_long", limit=most, length=len(text))
            return None
        return text

    def _items(self, key: str, least: int, most: int) -> tuple[Raw, ...]:
        value = self.given(key)
        if value is not None and not isinstance(value, Listing):
            self.fault(key, "fault.not_list")
            return ()
        items = value.items if value else ()
        if value is None and least:
            self.fault(key, "fault.missing")
        elif len(items) < least:
            self.fault(key, "fault.too_few", least=least, count=len(items))
        elif len(items) > most:
            self.fault(key, "fault.too_many", limit=most, count=len(items))
        return items

    def _item_fault(self, key: str, item: Raw, rule: str, **values: Any) -> None:
        self.faults.append(Fault(item.place, rule, {"field": self.label(key), **values}))
