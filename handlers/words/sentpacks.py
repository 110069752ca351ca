"""What we say of course packs that are sent as files: what is wrong, what an import would do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.reading.faults import Fault
from handlers.reading.packs import PackFile
from handlers.taps.packs import AsAnnouncementTap, DropPackTap, ImportTap, SampleTap
from handlers.taps.plans import PlanAct, PlanTeamsTap
from handlers.words.message import Button, Message, Rows
from handlers.words.packs import walked
from handlers.words.parts import TEXT, units
from handlers.words.voice import Html, Voice

ROOM = TEXT - 900  # for lines of faults or hints, beside what stands around them
LINES = 30  # of them at most: who reads more of them reads a file
LINE = re.compile(r":(\d+)")


@dataclass(frozen=True)
class Effect:
    """What an import does: how many bites are new, another, as before, and retired.

    `have`: the version that we have; None if it is a pack that we do not know.
    """

    have: int | None
    added: int
    changed: int
    same: int
    retired: int


@dataclass(frozen=True)
class Told:
    """As many lines as fit a message; `whole` are all of them, as plain text, if they do not."""

    lines: Sequence[Html]
    whole: str


def received(voice: Voice, name: str) -> Message:
    """The file is being looked at."""
    return Message(voice("sent.received", name=name))


def too_big(voice: Voice, sent: int, name: str, size: float, limit: int) -> Message:
    """The file is larger than a pack's may be; both in megabytes."""
    text = voice("sent.too_big", name=name, size=f"{size:.1f}", limit=limit)
    return Message(text, _rows(voice, sent))


def faulty(voice: Voice, sent: int, name: str, faults: Sequence[Fault], count: int) -> Message:
    """Everything that is wrong with a file, as far as it fits."""
    lines = told(voice, faults, count).lines
    head = voice("sent.faulty", name=name, n=count)
    text = Html("\n".join([head, *lines, voice("sent.again")]))
    return Message(text, _rows(voice, sent))


def lost(voice: Voice, sent: int, name: str, why: str) -> Message:
    """The file could not be had."""
    text = voice("sent.lost", name=name, why=why)
    return Message(Html(text.rstrip()), _rows(voice, sent))


def too_hard(voice: Voice, sent: int, name: str) -> Message:
    """The file takes more to be read than a pack may."""
    return Message(voice("sent.too_hard", name=name), _rows(voice, sent))


def not_newer(voice: Voice, sent: int, name: str, fault: Fault) -> Message:
    """We have this version, or a later one."""
    why = voice(fault.key, **fault.values)
    return Message(voice("sent.not_newer", name=name, why=why), _rows(voice, sent))


def offer(
    voice: Voice,
    sent: int,
    pack: PackFile,
    effect: Effect,
    teams: Sequence[str],
    others: int,
    hints: Sequence[Fault],
) -> Message:
    """What is in a sound file, what its import would do, and what could be better.

    teams, others    the names of teams that walk it, and how many more there are elsewhere
    """
    asked = sum(len(bite.questions) for bite in pack.bites)
    lines = [
        _head(voice, pack),
        voice("sent.content", bites=len(pack.bites), asked=asked),
        _effect(voice, effect),
        walked(voice, teams, others),
        voice("sent.sample"),
    ]
    if hints:
        lines += [voice("sent.hints", n=len(hints)), *told(voice, hints, len(hints)).lines]
    tools = (
        Button(voice.plain("button.import"), ImportTap(sent)),
        Button(voice.plain("announcement.cancel"), DropPackTap(sent)),
    )
    return Message(Html("\n".join(lines)), (tools, *_rows(voice, sent)))


def imported(voice: Voice, pack: PackFile, effect: Effect) -> Message:
    """It was imported, and what that did; and the way to the plans of those who are to walk it."""
    plans = Button(voice.plain("sent.plans"), PlanTeamsTap(0, PlanAct.SHOW))
    return Message(
        voice(
            "sent.imported",
            title=pack.title,
            pack=pack.slug,
            version=pack.version,
            added=effect.added,
            changed=effect.changed,
            same=effect.same,
            retired=effect.retired,
        ),
        ((plans,),),
    )


def dropped(voice: Voice, name: str) -> Message:
    """It was not, and will not be."""
    return Message(voice("sent.dropped", name=name))


def as_announcement(voice: Voice, name: str) -> Message:
    """The file became an announcement's."""
    return Message(voice("sent.announced", name=name))


def ended(voice: Voice, *, imported: bool) -> str:
    """Too late for that tap."""
    return voice.plain("sent.was_imported" if imported else "sent.was_dropped")


def sample(voice: Voice) -> str:
    """The button of a card that is only shown."""
    return voice.plain("sent.only_sample")


def harmless(message: Message) -> Message:
    """A message whose buttons look as they will, and do nothing."""
    rows: Rows = tuple(
        tuple(replace(button, tap=SampleTap()) if button.tap else button for button in row)
        for row in message.buttons
    )
    return replace(message, buttons=rows, silent=True)


def told(voice: Voice, faults: Sequence[Fault], count: int) -> Told:
    """Faults or hints as lines. `count` may be more than there are."""
    sentences = [sentence(voice, fault) for fault in faults]
    lines: list[Html] = []
    room = ROOM
    for text in sentences[:LINES]:
        line = voice("sent.line", text=text)
        room -= units(text) + 3
        if room < 0:
            break
        lines.append(line)
    if count == len(lines):
        return Told(lines, "")
    lines.append(voice("sent.more", n=count - len(lines)))
    rest = [voice.plain("sent.beyond", n=count - len(faults))] if count > len(faults) else []
    return Told(lines, "\n".join([*sentences, *rest, ""]))


def sentence(voice: Voice, fault: Fault) -> str:
    """One fault: its cell or line, and what to do about it."""
    values = {
        key: place(voice, value) if key == "first" else value
        for key, value in fault.values.items()
    }
    what, where = voice.plain(fault.key, **values), place(voice, fault.place)
    return f"{where}  {what}" if where else what


def place(voice: Voice, where: str) -> str:
    """A cell as it is, a line by its number."""
    line = LINE.fullmatch(where)
    return voice.plain("sent.place", line=line[1]) if line else where


def list_name(voice: Voice, name: str) -> str:
    """What the file with all faults or hints is called."""
    return voice.plain("sent.list_name", name=name)


def _head(voice: Voice, pack: PackFile) -> Html:
    return voice("sent.head", title=pack.title, pack=pack.slug, version=pack.version)


def _effect(voice: Voice, effect: Effect) -> Html:
    if effect.have is None:
        return voice("sent.new", n=effect.added)
    return voice(
        "sent.update",
        have=effect.have,
        added=effect.added,
        changed=effect.changed,
        same=effect.same,
        retired=effect.retired,
    )


def _rows(voice: Voice, sent: int) -> Rows:
    return ((Button(voice.plain("button.as_announcement"), AsAnnouncementTap(sent)),),)
