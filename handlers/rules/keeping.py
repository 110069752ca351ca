"""For how many days things are kept, by their kind. What is older is let go at night."""

import re
from collections.abc import Mapping

from storage.kinds import Kept

Keep = Mapping[Kept, int]

USUAL: Keep = {
    Kept.UPDATES: 7,
    Kept.FAILED: 30,
    Kept.MESSAGES: 30,
    Kept.DRAFTS: 30,
    Kept.EVIDENCE: 1095,
    Kept.MEMORY: 365,
}
LEAST = {Kept.UPDATES: 7}  # days; Telegram may begin its numbers anew after a week
MOST = 36500
ONE = re.compile(r"\s*(\w+)\s*=\s*(\d{1,9})\s*")


def read_keep(text: str) -> Keep:
    """Days as a setting has them, such as `messages=14,evidence=730`; the rest is as usual.

    Raises ValueError with a sentence that says what is wrong and what is allowed.
    """
    found: dict[Kept, int] = {}
    for part in filter(str.strip, text.split(",")):
        match = ONE.fullmatch(part)
        if match is None:
            raise ValueError(
                f"{part.strip()[:40]!r} is not NAME=DAYS; write such as "
                f"{','.join(f'{kind}={days}' for kind, days in USUAL.items())}"
            )
        name, days = match[1], int(match[2])
        if name not in set(Kept):
            raise ValueError(f"there is no kind {name[:40]!r}; there are {', '.join(Kept)}")
        kind = Kept(name)
        least = LEAST.get(kind, 1)
        if not least <= days <= MOST:
            raise ValueError(f"{name} can be kept {least} to {MOST} days, not {days}")
        if kind in found:
            raise ValueError(f"{name} is named twice")
        found[kind] = days
    return {**USUAL, **found}
