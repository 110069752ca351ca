"""Where others keep the name or the number of somebody who had themselves forgotten.

Tables are looked through in parts, each in a transaction of its own: nobody's tap waits for all.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from sqlalchemy import Text, cast, func, or_
from sqlmodel import col, delete, select, update

from storage import erasures
from storage.database import Session, unsynchronized
from storage.kinds import Delivery, Intake
from storage.privacy import HOLDINGS, OTHERS
from storage.tables import CommitmentAct, Erasure, Incoming, Member, Outgoing, Person, Todo

PART = 2000  # rows looked at together
HOURS = timedelta(hours=6)  # of updates, looked at together
SHORT = 2  # characters that a name has at least to be looked for in what others wrote
ASKING = ("admit:", "attach:", "admitted:")  # keys of messages that hold the asker's number
UPDATES, END = "incoming", "end"


@dataclass(frozen=True)
class Part:
    """Some rows of a table: of updates by when they came, of others by their ids."""

    table: str
    first: str
    last: str


@dataclass(frozen=True)
class Forgotten:
    """Who is looked for. `alone`: nobody else bears the name, so that it means them."""

    erasure: Erasure
    members: frozenset[int]
    alone: bool
    blank: str  # what stands in place of the name

    @property
    def names(self) -> list[str]:
        """The names that are long enough to mean somebody."""
        return [name for name in self.erasure.names if len(name) >= SHORT]


async def waiting(session: Session, before: datetime) -> Sequence[Erasure]:
    """Those who are still to be looked for, and were forgotten before a moment."""
    return (await session.exec(select(Erasure).where(col(Erasure.at) <= before))).all()


async def forgotten(session: Session, person_id: int) -> Forgotten | None:
    """Who is looked for; None: nobody any more."""
    erasure = await session.get(Erasure, person_id)
    person = await session.get(Person, person_id)
    if erasure is None or person is None:
        return None
    members = await session.exec(select(Member.id).where(Member.person_id == person_id))
    other = select(Person.id).where(col(Person.name).in_(erasure.names), Person.id != person_id)
    alone = (await session.exec(other)).first() is None
    return Forgotten(erasure, frozenset(members), alone, person.name)


async def parts(session: Session) -> Sequence[Part]:
    """All that is to be looked through."""
    found: list[Part] = []
    for table in (*OTHERS, Outgoing):
        last = (await session.exec(select(func.max(table.id)))).one() or 0
        name = str(table.__tablename__)
        found += [Part(name, str(at), str(at + PART)) for at in range(0, last, PART)]
    bounds = select(func.min(Incoming.received_at), func.max(Incoming.received_at))
    begin, end = (await session.exec(bounds)).one()
    while begin is not None and begin <= end:
        found.append(Part(UPDATES, begin.isoformat(), (begin + HOURS).isoformat()))
        begin += HOURS
    return [*found, Part(END, "", "")]


async def wipe(session: Session, who: Forgotten, part: Part, now: datetime) -> Sequence[Outgoing]:
    """Take somebody's traces from a part; the messages that stand and showed their name."""
    if part.table == END:
        await _end(session, who)
    elif part.table == UPDATES:
        await _updates(session, who, part)
    elif part.table == Outgoing.__tablename__:
        return await _messages(session, who, int(part.first), int(part.last))
    else:
        await _words(session, who, part, now)
    return []


# -- words -----------------------------------------------------------------------------------


async def _words(session: Session, who: Forgotten, part: Part, now: datetime) -> None:
    """What they wrote themselves goes; in what others wrote their name is replaced."""
    (holding,) = (one for one in HOLDINGS if one.name == part.table)
    table: Any = holding.table
    ids = table.id > int(part.first), table.id <= int(part.last)
    person_id = who.erasure.person_id
    if table is CommitmentAct:
        theirs = CommitmentAct.person_id == person_id
        own = select(CommitmentAct.id).where(*ids, theirs, _worded())
        if found := (await session.exec(own)).all():
            await erasures.discard(session, col(CommitmentAct.id).in_(found), now)
    if table is Todo:
        mine = or_(col(Todo.person_id) == person_id, col(Todo.author_id).in_(who.members))
        todos = update(Todo).where(*ids, mine).values(text="")
        await session.exec(unsynchronized(todos))
    if not who.alone or not who.names:
        return
    columns = [cast(getattr(table, name), Text) for name in holding.words]
    name = who.names[0]
    marks = dict.fromkeys([name, escape(name), *_quoted([name])])
    query = select(table).where(*ids, or_(*_holds(columns, marks)))
    for row in (await session.exec(query)).all():
        for word in holding.words:
            said = getattr(row, word)
            clean = _map(said, lambda one: replaced(one, [name], who.blank))
            if clean != said:
                setattr(row, word, clean)
        session.add(row)


def _worded() -> Any:
    texts = (CommitmentAct.text, CommitmentAct.file_id)
    return or_(*(col(text) != "" for text in texts))


# -- messages of ours ------------------------------------------------------------------------


async def _messages(session: Session, who: Forgotten, first: int, last: int) -> list[Outgoing]:
    """Messages lose the words in which they named somebody; those that stand are to be edited."""
    user = str(who.erasure.user_id)
    asked = [col(Outgoing.key).contains(f":{user}:", autoescape=True)]
    named = _holds([cast(col(Outgoing.params), Text)], [*_quoted(who.names), user])
    query = select(Outgoing).where(
        col(Outgoing.id) > first, col(Outgoing.id) <= last, or_(*asked, *named)
    )
    shown = []
    for row in (await session.exec(query)).all():
        if row.key.startswith(ASKING) and f":{user}:" in f"{row.key}:":
            await session.delete(row)
        elif mentions(row.params, who.erasure.user_id, who.names):
            if row.state in (Delivery.SENT, Delivery.EXPIRED, Delivery.FAILED):
                shown.append(row)
            elif row.state is not Delivery.SENDING and who.alone:
                row.params = without(row.params, who)
                session.add(row)
    return shown


def without(params: dict[str, Any], who: Forgotten) -> dict[str, Any]:
    """What a message shows, without the name."""
    found = _map(params, lambda said: replaced(said, who.names, who.blank))
    assert isinstance(found, dict)
    return found


async def unworded(session: Session, ids: Collection[int]) -> None:
    """These messages were sent: what they said is not kept any longer."""
    gone = update(Outgoing).where(col(Outgoing.id).in_(ids)).values(params={}, error="")
    await session.exec(unsynchronized(gone))


# -- updates ---------------------------------------------------------------------------------


async def _updates(session: Session, who: Forgotten, part: Part) -> None:
    """Updates in which they spoke, or were named, keep which message it was, and no more."""
    first, last = datetime.fromisoformat(part.first), datetime.fromisoformat(part.last)
    marks = [*_quoted(who.names), str(who.erasure.user_id)]
    query = select(Incoming).where(
        col(Incoming.received_at) >= first,
        col(Incoming.received_at) < last,
        Incoming.state != Intake.NEW,
        or_(*_holds([cast(col(Incoming.raw), Text), col(Incoming.error)], marks)),
    )
    for row in (await session.exec(query)).all():
        row.raw, row.error = _bare(row.raw, who.erasure.user_id), ""
        row.lane = 0 if row.lane == who.erasure.user_id else row.lane
        session.add(row)


def _bare(raw: dict[str, Any], user_id: int) -> dict[str, Any]:
    """Which message of a group an update was about: that tells a lost one from others."""
    message = raw.get("message") or {}
    chat = message.get("chat") or {}
    if not message or chat.get("id") == user_id:
        return {}
    place = {name: chat[name] for name in ("id", "type") if name in chat}
    return {"message": {"message_id": message.get("message_id"), "chat": place}}


async def _end(session: Session, who: Forgotten) -> None:
    """Nothing is left of them, unless they have come back meanwhile; they are looked for no more.

    A tap of theirs that waited when they were forgotten may have made their chat known again.
    """
    user = who.erasure.user_id
    back = select(Person.id).where(Person.telegram_id == user)
    if (await session.exec(back)).first() is None:
        await erasures.private(session, user)
    await session.exec(delete(Erasure).where(col(Erasure.person_id) == who.erasure.person_id))


# -- finding and replacing -------------------------------------------------------------------


def replaced(said: str, names: Collection[str], blank: str) -> str:
    """A text with something else where a name stood, as it is or as HTML has it.

    Where a name ends in a letter of the Latin kind, it has to be a word by itself.
    """
    for form in dict.fromkeys(form for one in names for form in (one, escape(one, quote=False))):
        before = r"(?<![A-Za-z])" if _latin(form[0]) else ""
        after = r"(?![A-Za-z])" if _latin(form[-1]) else ""
        said = re.sub(f"{before}{re.escape(form)}{after}", lambda _: escape(blank), said)
    return said


def mentions(value: Any, user_id: int, names: Collection[str]) -> bool:
    """Whether anything in a value of JSON is somebody's number, or holds a name of theirs."""
    return any(
        (isinstance(leaf, int) and leaf == user_id)
        or (isinstance(leaf, str) and (str(user_id) in leaf.split(":") or _in(leaf, names)))
        for leaf in _leaves(value)
    )


def _in(said: str, names: Collection[str]) -> bool:
    return any(replaced(said, [name], "\0") != said for name in names)


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def _map(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _map(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [_map(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def _quoted(names: Collection[str]) -> list[str]:
    """Names as they stand in JSON, and in HTML within it."""
    forms = (form for name in names for form in (name, escape(name, quote=False)))
    return [json.dumps(form)[1:-1] for form in dict.fromkeys(forms)]


def _holds(columns: Sequence[Any], marks: Collection[str]) -> list[Any]:
    return [column.contains(mark, autoescape=True) for column in columns for mark in marks]
