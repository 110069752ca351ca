"""What we say to somebody of what they keep in mind, and of what comes back to them when."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from handlers.rules.review import mastered
from handlers.words.voice import Html, Voice
from storage.reviews import Kept

DAYS = 3  # the nearest on which something comes back


def mine(voice: Voice, kept: Sequence[Kept], today: date) -> Html:
    """How many questions sit, and what is the next to come back; short, for a phone.

    kept  what was answered, the next to come back first
    """
    firm = sum(mastered(one.stability, one.last, today) for one in kept)
    lines = [voice("memory.mine", asked=len(kept), mastered=firm), voice("memory.next")]
    by_day = groupby(kept, key=lambda one: max(one.due, today))
    for day, found in [(day, list(found)) for day, found in by_day][:DAYS]:
        key = "memory.line" if len(found) == 1 else "memory.line_several"
        lines.append(voice(key, day=voice.day(day), title=found[0].title, count=len(found)))
    return Html("\n".join(lines))
