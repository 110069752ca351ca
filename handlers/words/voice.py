"""The message catalogue: says things in one language.

`zh.po` and `en.po` beside this file hold every word that a person reads, under keys such as
`card.counter`. They are read once, at the first word; a translator edits them with any tool for
gettext, and there is nothing to compile.
"""

import io
from datetime import date, datetime, timedelta
from functools import cache
from gettext import GNUTranslations
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = ("zh", "en")


class Html(str):
    """Text that is HTML already: it is put into a message as it is."""

    __slots__ = ()


class Voice:
    """One language. Call it for HTML, where every value is escaped; `plain` is for toasts."""

    def __init__(self, locale: str) -> None:
        self.locale = locale if locale in LOCALES else LOCALES[0]

    def __call__(self, key: str, **values: Any) -> Html:
        """The words under `key`, as HTML. Raises KeyError for a key that has none.

        A value named `n` picks the plural form.
        """
        safe = {name: value if _safe(value) else escape(str(value), quote=False)
                for name, value in values.items()}  # fmt: skip
        return Html(self._find(key, values).format(**safe))

    def plain(self, key: str, **values: Any) -> str:
        """The words under `key` for places that know no HTML: toasts and buttons."""
        return self._find(key, values).format(**values)

    def _find(self, key: str, values: dict[str, Any]) -> str:
        book = _book(self.locale)
        text = book.ngettext(key, key, values["n"]) if "n" in values else book.gettext(key)
        if text == key:
            raise KeyError(f"{key} has no words in {self.locale}.po")
        return text

    def day(self, day: date) -> str:
        """A date with its weekday: 11月23日 周一."""
        return str(format_date(day, self._find("format.day", {}), locale=self.locale))

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """A local time of day: 07:52."""
        return f"{at.astimezone(zone):%H:%M}"

    def when(self, at: datetime, zone: ZoneInfo, now: datetime) -> str:
        """A date with its weekday, and the time; near days by their names: 明天 周五 18:00."""
        local, today = at.astimezone(zone), now.astimezone(zone).date()
        near = {today: "format.today", today + timedelta(days=1): "format.tomorrow"}
        day = self.day(local.date())
        if key := near.get(local.date()):
            day = self.plain(key, day=day)
        return f"{day} {self.moment(at, zone)}"


def spoken(language_code: str | None, default: str) -> str:
    """The language of ours that fits what a Telegram client says of its user."""
    code = (language_code or "").lower()
    return next((locale for locale in LOCALES if code.startswith(locale)), default)


def _safe(value: Any) -> bool:
    return isinstance(value, Html | int)


@cache
def _book(locale: str) -> GNUTranslations:
    with (Path(__file__).parent / f"{locale}.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
