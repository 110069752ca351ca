"""Those who had themselves forgotten are looked for in what others keep, a minute later.

By then whatever was on its way when they were forgotten is written down, and is found as well.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.words.message import SEND
from schedules.job import Appointment, Job
from storage import outbox, slots, traces
from storage.database import Session
from storage.outbox import Call
from storage.tables import Outgoing
from storage.traces import Forgotten

NAME = "erasures"
AFTER = timedelta(minutes=1)
EDIT = "edit:"
SHOWN = ("text", "caption", "parse_mode", "link_preview_options", "reply_markup")


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Every part of the tables that was not looked through yet; the end, once that is all."""
    waiting = await traces.waiting(session, now - AFTER)
    if not waiting:
        return []
    parts = await traces.parts(session)
    found = [
        Appointment(
            f"{one.person_id}:{one.at:%Y%m%dT%H%M%S}:{part.table}:{part.first}",
            (one.person_id, part),
        )
        for one in waiting
        for part in parts
    ]
    taken = await slots.taken(session, NAME, [one.subject for one in found])
    left = [one for one in found if one.subject not in taken]
    busy = {one.what[0] for one in left if one.what[1].table != traces.END}
    return [one for one in left if one.what[1].table != traces.END or one.what[0] not in busy]


async def search(session: Session, appointment: Appointment, now: datetime) -> None:
    """Look through a part; messages that showed the name are edited."""
    person_id, part = appointment.what
    who = await traces.forgotten(session, person_id)
    if who is not None:
        shown = await traces.wipe(session, who, part, now)
        await _edit(session, who, shown, now)


async def _edit(
    session: Session, who: Forgotten, shown: Sequence[Outgoing], now: datetime
) -> None:
    """What stands in a chat is shown without the name; what it said is not kept.

    Where somebody else has that name, a message is drawn anew instead: only that can tell whose
    name it shows.
    """
    keys = list(dict.fromkeys(row.key.removeprefix(EDIT) for row in shown))
    rows = await outbox.by_keys(session, [*keys, *(f"{EDIT}{key}" for key in keys)])
    calls: list[tuple[Outgoing, Call]] = []
    for key in keys:
        message, last = rows.get(key), rows.get(f"{EDIT}{key}")
        if message is None or message.message_id is None:
            continue
        before = last.params if last is not None else message.params
        kept = {name: before[name] for name in SHOWN if name in before}
        after = traces.without(kept, who)
        if after != kept:
            calls.append((message, (_method(message), after)))
    if who.alone:
        fresh = set(await outbox.edit(session, calls, now))
    else:
        fresh = set()
        await outbox.touch(session, keys, now)
    await traces.unworded(session, [row.id for row in shown if row.key not in fresh])


def _method(message: Outgoing) -> str:
    media: Any = message.method in SEND.values()
    return "editMessageCaption" if media else "editMessageText"


ERASURES = Job(NAME, due, search, together=1)
