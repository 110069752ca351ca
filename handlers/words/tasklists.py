"""What we say of lists of tasks: what is wrong with one, what it holds, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.reading.faults import Fault
from handlers.taps.tasks import (
    AcceptAllTap,
    AssignedTap,
    DropListTap,
    OwnTaskTap,
    TaskListTap,
    TaskSheetTap,
)
from handlers.words import tasks
from handlers.words.message import Button, Message, Ours, Rows
from handlers.words.parts import short
from handlers.words.sentpacks import told
from handlers.words.voice import Html, Voice
from storage.commitments import Promise
from storage.kinds import Media
from storage.tasks import Candidate

LINES = 8  # of a preview
LISTED = 20  # tasks in a message
BRIEF, LABEL = 60, 30  # characters of a text in a line, and on a button
NAMES = 4  # people in a line


@dataclass(frozen=True)
class Planned:
    """A row of a list: what, for whom, by when."""

    text: str
    meant: Sequence[Candidate]
    due_at: datetime
    rectifies: bool


def faulty(voice: Voice, name: str, faults: Sequence[Fault], count: int) -> Message:
    """Everything that is wrong with a list, as far as it fits."""
    head = voice("list.faulty", name=name, n=count)
    return Message(Html("\n".join([head, *told(voice, faults, count).lines, voice("list.again")])))


def no_list(voice: Voice, name: str) -> Message:
    """The file is no list of tasks, which is all that this sender can import."""
    return Message(voice("list.none", name=name), ((_template_button(voice),),))


def offer(voice: Voice, sent: int, name: str, rows: Sequence[Planned], now: datetime) -> Message:
    """What is in a sound list, before anything of it is assigned."""
    people = {one.person.id for row in rows for one in row.meant}
    teams = {one.team.id for row in rows for one in row.meant}
    lines = [voice("list.offer", name=name, tasks=len(rows), people=len(people), teams=len(teams))]
    lines += [_planned(voice, row, now) for row in rows[:LINES]]
    if len(rows) > LINES:
        lines.append(voice("list.rest", n=len(rows) - LINES))
    tools = (
        Button(voice.plain("list.button.assign"), TaskListTap(sent)),
        Button(voice.plain("announcement.cancel"), DropListTap(sent)),
    )
    return Message(Html("\n".join(lines)), (tools,))


def done(
    voice: Voice, name: str, count: int, rows: Sequence[Promise], untold: Sequence[str]
) -> Message:
    """It was assigned."""
    people = len({row.owner.id for row in rows})
    lines = [voice("list.done", name=name, tasks=count, people=people)]
    if untold:
        lines.append(Html(tasks.unreached(voice, untold)))
    return Message(Html("\n".join(lines)), ((_assigned_button(voice),),))


def dropped(voice: Voice, name: str) -> Message:
    """It was not, and will not be."""
    return Message(voice("list.dropped", name=name))


def ended(voice: Voice, *, imported: bool) -> str:
    """Too late for that tap."""
    return voice.plain("list.was_done" if imported else "list.was_dropped")


def several(
    voice: Voice,
    rows: Sequence[Promise],
    now: datetime,
    *,
    silent: bool = False,
    waiting: bool = False,
    accepted: bool = False,
) -> Message:
    """To somebody: what was assigned to them at once, or (`waiting`) waits for their word.

    accepted  they have taken on all of it
    """
    if len(rows) == 1:
        return replace(tasks.own(voice, rows[0], now, private=True), silent=silent)
    author = rows[0].task.author.name if rows[0].task else ""
    head = voice("list.waiting" if waiting else "list.yours", name=author, n=len(rows))
    shown = rows[:LISTED]
    lines = [head, *(_line(voice, row, now) for row in shown)]
    if len(rows) > LISTED:
        lines.append(voice("list.rest", n=len(rows) - LISTED))
    ids = [row.commitment.id for row in rows]
    all_ = Button(voice.plain("list.button.accept_all"), AcceptAllTap(min(ids), max(ids)))
    each: Rows = tuple(
        (
            Button(
                voice.plain(
                    "commitment.label",
                    number=row.commitment.number,
                    text=short(row.commitment.text, LABEL),
                ),
                OwnTaskTap(row.commitment.id),
            ),
        )
        for row in shown
    )
    if accepted:
        lines.append(voice("task.mine_accepted"))
    buttons = each if accepted else ((all_,), *each)
    return Message(Html("\n".join(lines)), buttons, silent=silent)


def in_group(voice: Voice, rows: Sequence[Promise], now: datetime, link: str) -> Message:
    """To those of a team who have no private chat."""
    author = rows[0].task.author.name if rows[0].task else ""
    lines = [voice("list.group", name=author)]
    lines += [_line(voice, row, now, named=True) for row in rows[:LISTED]]
    if len(rows) > LISTED:
        lines.append(voice("list.rest", n=len(rows) - LISTED))
    return Message(Html("\n".join(lines)), ((Button(voice.plain("button.private"), url=link),),))


def accepted_all(voice: Voice, count: int) -> str:
    """So many were taken on."""
    return voice.plain("list.accepted" if count else "list.accepted_none", count=count)


def none_waiting(voice: Voice) -> Message:
    """Nothing waits for your word."""
    return Message(voice("list.none_waiting"))


def authored(voice: Voice, rows: Sequence[tuple[int, str, int]]) -> Message:
    """What you assigned and is open: id, text, and how many people have it still to do."""
    if not rows:
        return Message(voice("list.none_authored"))
    buttons: Rows = tuple(
        (
            Button(
                voice.plain("list.button.one", text=short(text, LABEL), count=count),
                AssignedTap(assigned),
            ),
        )
        for assigned, text, count in rows
    )
    return Message(voice("list.authored"), buttons)


def usage_buttons(voice: Voice) -> Rows:
    """Beneath the word on how something is assigned, in private."""
    return ((_template_button(voice),), (_assigned_button(voice),))


def blank(voice: Voice) -> Message:
    """A file to be filled in."""
    ours = Ours("tasks", voice.plain("list.template_name"), locale=voice.locale)
    return Message(voice("list.template"), media=Media.DOCUMENT, ours=ours)


def coming(voice: Voice, *, fresh: bool) -> str:
    """The file is on its way, or was sent already."""
    return voice.plain("packs.coming" if fresh else "packs.sent")


def _template_button(voice: Voice) -> Button:
    return Button(voice.plain("list.button.template"), TaskSheetTap())


def _assigned_button(voice: Voice) -> Button:
    return Button(voice.plain("list.button.assigned"), AssignedTap(0))


def _planned(voice: Voice, row: Planned, now: datetime) -> Html:
    first = row.meant[0]
    names = voice("format.comma").join(one.person.name for one in row.meant[:NAMES])
    more = len(row.meant) - NAMES
    return voice(
        "list.planned_rectification" if row.rectifies else "list.planned",
        names=voice.plain("task.more", names=names, count=more) if more > 0 else names,
        team=first.team.name,
        text=short(row.text, BRIEF),
        when=voice.when(row.due_at, ZoneInfo(first.team.timezone), now),
    )


def _line(voice: Voice, row: Promise, now: datetime, *, named: bool = False) -> Html:
    return voice(
        "list.line_named" if named else "list.line",
        number=row.commitment.number,
        name=row.owner.name,
        text=short(row.commitment.text, BRIEF),
        when=voice.when(row.commitment.due_at, ZoneInfo(row.team.timezone), now),
    )
