"""A choice of more than fits one screen, in pages."""

from collections.abc import Callable, Sequence

from handlers.taps import Tap
from handlers.words.message import Button, Rows
from handlers.words.voice import Voice

PAGE = 8  # choices


def paged(
    voice: Voice,
    taps: Sequence[tuple[str, Tap]],
    page: int,
    turn: Callable[[int], Tap],
    *,
    wide: bool,
) -> Rows:
    """One page of the choices, by their words, and the ways to the pages before and after.

    turn  the tap that leads to a page, counted from 0
    wide  one choice a row, not two
    """
    last = max(0, (len(taps) - 1) // PAGE)
    page = min(max(page, 0), last)
    shown = [Button(label, tap) for label, tap in taps[page * PAGE : (page + 1) * PAGE]]
    across = 1 if wide else 2
    rows = [tuple(shown[at : at + across]) for at in range(0, len(shown), across)]
    if last:
        ends = {"announcement.before": page - 1, "announcement.after": page + 1}
        rows.append(
            tuple(
                Button(voice.plain(key, page=to + 1, pages=last + 1), turn(to))
                for key, to in ends.items()
                if 0 <= to <= last
            )
        )
    return tuple(rows)
