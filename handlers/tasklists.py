"""Lists of tasks, sent as a workbook: checked row by row, shown, assigned as a whole at a tap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers.outlooks import calendars_ahead
from handlers.reading.dues import read_due
from handlers.reading.faults import Fault
from handlers.reading.tasklists import Line
from handlers.reading.tasks import EDGES, KEPT, Crew, Name, Unclear, short
from handlers.recipients import may_write
from handlers.requests import Link, Press, Reply, Request, Route
from handlers.rules.calendar import Calendar, notices
from handlers.rules.permissions import Action, Standing, may
from handlers.taps.tasks import (
    AcceptAllTap,
    AssignedTap,
    DropListTap,
    OwnTaskTap,
    TaskListTap,
    TaskSheetTap,
)
from handlers.tasks import LIMIT, MOST, noted, tell_lists
from handlers.words import plain
from handlers.words import tasklists as words
from handlers.words import tasks as task_words
from handlers.words.message import Message
from handlers.words.voice import Voice
from storage import calendars, commitments, grants, outbox, sentpacks, tasks
from storage.commitments import Promise, task_key
from storage.database import Session
from storage.kinds import Act, PackStage, Role
from storage.tables import Person, SentPack, Team
from storage.tasks import Candidate, Ordered

ROWS = 200  # of a list
EVERYBODY = 400  # rows times people
SHOWN = 8  # rows of a preview


@dataclass(frozen=True)
class Settled:
    """What a list comes to: faults, or what is kept until it is assigned, and how it is shown."""

    faults: tuple[Fault, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)
    offer: Message | None = None


async def settle(
    session: Session, sender: Person, row: SentPack, lines: Sequence[Line], now: datetime
) -> Settled:
    """Find out who is meant and until when, by what the sender may do."""
    voice = Voice(sender.locale or "")
    crowd = await candidates(session, sender)
    if not lines:
        return Settled((Fault("", "list.empty"),))
    if len(lines) > ROWS:
        return Settled((Fault("", "list.too_many", {"count": len(lines), "limit": ROWS}),))
    told = notices(await calendars.told(session, now.year))
    known = await calendars_ahead(session, [one.team for one in crowd], now, told)
    faults: list[Fault] = []
    found: list[tuple[Ordered, str]] = []
    for line in lines:
        reader = Row(line, crowd, now, known)
        ordered = reader.read()
        faults += reader.faults
        if ordered:
            found.append((ordered, line.place))
    count = sum(len(one.places) for one, _ in found)
    if not faults and count > EVERYBODY:
        faults = [Fault("", "list.too_many_people", {"count": count, "limit": EVERYBODY})]
    if faults:
        return Settled(tuple(faults))
    by_id = {one.member.id: one for one in crowd}
    return Settled(
        kept={"tasks": [_kept(one, place) for one, place in found]},
        offer=words.offer(voice, row.id, row.name, [_shown(one, by_id) for one, _ in found], now),
    )


async def candidates(session: Session, sender: Person) -> Sequence[Candidate]:
    """All to whom somebody may assign something."""
    wanted = [role for role in Role if may({Standing(role)}, Action.ASSIGN)]
    teams = await grants.teams(session, sender.id, wanted)
    return await tasks.candidates(session, [team.id for team in teams])


async def packs_too(session: Session, sender: Person) -> bool:
    """Whether this sender's files may also be course packs."""
    held = {Standing(role) for role in await grants.anywhere(session, sender.id)}
    return may(held, Action.PACKS)


class Row:
    """One row as it is read, and what is wrong with it."""

    def __init__(
        self,
        line: Line,
        crowd: Sequence[Candidate],
        now: datetime,
        known: Mapping[int, Calendar],  # by team
    ) -> None:
        self.line, self.crowd, self.now, self.calendars = line, crowd, now, known
        self.faults: list[Fault] = []

    def read(self) -> Ordered | None:
        """What it says, if nothing is wrong with it."""
        line = self.line
        for key in ("text", *KEPT):
            if (length := len(line[key])) > LIMIT:
                self._fault(key, "list.too_long", length=length, limit=LIMIT)
        if not line["text"]:
            self._fault("text", "list.no_task")
        meant = self._people()
        teams = {one.team.id: one.team for one in meant or self.crowd[:1]}
        dues = {number: self._due(team) for number, team in teams.items()}
        if self.faults:
            return None
        places = [(one.member, due) for one in meant if (due := dues[one.team.id])]
        parts = {key: line[key] for key in KEPT if line[key]}
        return Ordered(line["text"], parts, places)

    def _people(self) -> Sequence[Candidate]:
        said, team = self.line["people"].strip(EDGES), self.line["team"]
        crowd = [one for one in self.crowd if not team or one.team.name == team]
        if not crowd:
            self._fault("team", "list.no_team", name=short(team))
            return []
        names = [Name(one.member.id, one.person.name, one.team.name) for one in crowd]
        try:
            people, rest = Crew(names).leading(said)
        except Unclear as fault:
            values = {**fault.values, "names": ", ".join(fault.values.get("names", ()))}
            self._fault("people", "list.several", **values)
            return []
        if rest or not people:
            key = "list.nobody" if said else "list.no_people"
            self._fault("people", key, name=short(rest or said))
        if len(people) > MOST:
            self._fault("people", "list.crowded", count=len(people), limit=MOST)
        meant = [one for one in crowd if one.member.id in people]
        if twice := tasks.same(meant):
            both = ", ".join(f"{one.team.name}/{one.person.name}" for one in twice)
            self._fault("people", "list.several", name=twice[0].person.name, names=both)
        return meant

    def _due(self, team: Team) -> datetime | None:
        text = self.line["due"]
        due = read_due(text, self.now, self.calendars[team.id])
        if not text:
            self._fault("due", "list.no_due")
        elif due is None:
            self._fault("due", "list.bad_due", text=short(text))
        elif due.at <= self.now:
            self._fault("due", "list.past", text=short(text))
        return due.at if due else None

    def _fault(self, key: str, fault: str, **values: Any) -> None:
        found = Fault(self.line.at(key), fault, values)
        if found not in self.faults:
            self.faults.append(found)


def _kept(one: Ordered, place: str) -> Mapping[str, Any]:
    return {
        "place": place,
        "text": one.text,
        "parts": dict(one.parts),
        "people": [[member.id, due.isoformat()] for member, due in one.places],
    }


def _shown(one: Ordered, by_id: Mapping[int, Candidate]) -> words.Planned:
    meant = [by_id[member.id] for member, _ in one.places]
    return words.Planned(one.text, meant, one.places[0][1], bool(one.parts.get("finding")))


# -- what its sender decides -----------------------------------------------------------------


async def take(request: Request, tap: TaskListTap) -> Reply:
    """布置: all of it, once. Rights, places and dates are looked at anew."""
    row = await _own(request, tap.sent)
    if isinstance(row, Reply):
        return row
    assert request.person is not None
    crowd = await candidates(request.session, request.person)
    by_id = {one.member.id: one for one in crowd}
    orders, faults = [], list[Fault]()
    for kept in (row.pack or {})["tasks"]:
        people = [(number, datetime.fromisoformat(due)) for number, due in kept["people"]]
        if any(number not in by_id for number, _ in people):
            faults.append(Fault(kept["place"], "list.lost"))
        elif any(due <= request.now for _, due in people):
            faults.append(Fault(kept["place"], "list.over"))
        else:
            places = [(by_id[number].member, due) for number, due in people]
            orders.append(Ordered(kept["text"], kept["parts"], places))
    row.pack, row.stage = None, PackStage.FAULTY if faults else PackStage.IMPORTED
    request.session.add(row)
    if faults:
        return Reply(edit=words.faulty(request.voice, row.name, faults, len(faults)))
    assigned = await tasks.assign_all(request.session, request.person.id, orders, request.now)
    rows = await tasks.of_all(request.session, assigned)
    await noted(request, rows)
    untold = await _tell(request, row, rows, by_id)
    return Reply(edit=words.done(request.voice, row.name, len(orders), rows, untold))


async def drop(request: Request, tap: DropListTap) -> Reply:
    """取消."""
    row = await _own(request, tap.sent)
    if isinstance(row, Reply):
        return row
    row.stage, row.pack = PackStage.DROPPED, None
    request.session.add(row)
    return Reply(edit=words.dropped(request.voice, row.name))


async def _own(request: Request, sent_id: int) -> SentPack | Reply:
    """The sender's own list, which waits for their word; or else what to say instead."""
    row = None
    if request.person is not None:
        row = await sentpacks.own(request.session, sent_id, request.person.id)
    if row is None:
        return Reply(toast=plain.gone(request.voice))
    if row.stage in {PackStage.IMPORTED, PackStage.DROPPED}:
        imported = row.stage is PackStage.IMPORTED
        return Reply(toast=words.ended(request.voice, imported=imported))
    if row.stage is not PackStage.OFFERED or "tasks" not in (row.pack or {}):
        return Reply(toast=plain.gone(request.voice))
    return row


async def _tell(
    request: Request, row: SentPack, rows: Sequence[Promise], by_id: Mapping[int, Candidate]
) -> Sequence[str]:
    """One message to each in private, else one in the group; who can be told nowhere."""
    posts: list[outbox.Post] = []
    for what in _by_owner(rows):
        first = what[0]
        assert first.task is not None
        chat_id = by_id[first.commitment.member_id].chat_id
        if chat_id and first.owner.id != first.task.author.id:
            voice = Voice(first.owner.locale or first.team.locale)
            heard = may_write(first.owner, ZoneInfo(first.team.timezone), request.now)
            message = words.several(voice, what, request.now, silent=not heard)
            key = f"tasklist:{row.id}:{first.owner.id}"
            if len(what) == 1:
                key = commitments.key(first.commitment.id)
            posts.append(outbox.Post(key, chat_id, message.send()))
    unreached = [
        what
        for what in rows
        if what.task
        and not by_id[what.commitment.member_id].chat_id
        and what.owner.id != what.task.author.id
    ]
    for team in {what.team.id: what.team for what in unreached if what.team.chat_id}.values():
        at_home = [what for what in unreached if what.team.id == team.id]
        link = request.house.link("tasks")
        message = words.in_group(Voice(team.locale), at_home, request.now, link)
        key = f"tasklist:{row.id}:team:{team.id}"
        posts.append(outbox.Post(key, team.chat_id or 0, message.send(), team.topic_id))
    await outbox.post_all(request.session, posts, request.now)
    await tell_lists(request, rows)
    left = [what.owner.name for what in unreached if what.team.chat_id is None]
    return list(dict.fromkeys(left))


def _by_owner(rows: Sequence[Promise]) -> Iterator[Sequence[Promise]]:
    owners: dict[int, list[Promise]] = {}
    for what in rows:
        owners.setdefault(what.owner.id, []).append(what)
    yield from owners.values()


# -- what came of it -------------------------------------------------------------------------


async def own_task(request: Request, tap: OwnTaskTap) -> Reply:
    """One of several that were assigned to me, in a message of its own."""
    what = None
    if request.person is not None:
        what = await commitments.own(request.session, tap.commitment, request.person.id)
    if what is None or what.task is None or not request.private:
        return Reply(toast=task_words.not_yours(request.voice))
    message = task_words.own(request.voice, what, request.now, private=True)
    return Reply(message=message, keeps=commitments.key(what.commitment.id))


async def accept_all(request: Request, tap: AcceptAllTap) -> Reply:
    """全部接受: all of mine among them that wait for a word."""
    if request.person is None or not request.private:
        return Reply(toast=task_words.not_yours(request.voice))
    rows = await tasks.waiting(request.session, request.person.id)
    done = []
    for what in rows:
        if not tap.first <= what.commitment.id <= tap.last:
            continue
        if await tasks.answer(
            request.session, what.commitment, Act.ACCEPTED, request.person.id, request.now
        ):
            done.append(what)
    keys = {key for what in done for key in commitments.keys(what.commitment)}
    await outbox.touch(request.session, keys, request.now)
    toast = words.accepted_all(request.voice, len(done))
    if not done:
        return Reply(toast=toast)
    done = [await commitments.one(request.session, what.commitment.id) or what for what in done]
    return Reply(toast=toast, edit=words.several(request.voice, done, request.now, accepted=True))


async def waiting(request: Request) -> Reply:
    """/start tasks: what waits for a word of mine."""
    rows = await tasks.waiting(request.session, request.person.id) if request.person else []
    if not rows:
        return Reply(message=words.none_waiting(request.voice))
    return Reply(message=words.several(request.voice, rows, request.now, waiting=True))


async def template(request: Request, _: TaskSheetTap) -> Reply:
    """任务清单模板: a file to be filled in."""
    key = f"task-template:{request.chat.id}:{request.message_id}"
    fresh = await outbox.post(
        request.session,
        key,
        request.chat.id,
        words.blank(request.voice).send(),
        request.now,
        priority=outbox.URGENT,
    )
    return Reply(toast=words.coming(request.voice, fresh=fresh))


async def assigned(request: Request, tap: AssignedTap) -> Reply:
    """我布置的: what I assigned and is open (0), or one of it in a message of its own."""
    if request.person is None or not request.private:
        return Reply(toast=plain.gone(request.voice))
    if not tap.assignment:
        mine = await tasks.authored(request.session, request.person.id)
        return Reply(message=words.authored(request.voice, mine))
    rows = await tasks.of(request.session, tap.assignment)
    if not rows or rows[0].task is None or rows[0].task.author.id != request.person.id:
        return Reply(toast=plain.denied(request.voice))
    message = task_words.shared(request.voice, rows, request.now, private=True)
    return Reply(message=message, keeps=task_key(tap.assignment, 0))


ROUTES: list[Route] = [
    Press(TaskListTap, take, needs=Action.ASSIGN),
    Press(DropListTap, drop, needs=Action.ASSIGN),
    Press(TaskSheetTap, template, needs=Action.ASSIGN),
    Press(AssignedTap, assigned, needs=Action.ASSIGN),
    Press(OwnTaskTap, own_task, needs=Action.COMMIT),
    Press(AcceptAllTap, accept_all, needs=Action.COMMIT),
    Link("tasks", waiting, needs=Action.COMMIT),
]
