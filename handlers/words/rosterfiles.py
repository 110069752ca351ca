"""What we say of rosters that are sent back: what is wrong, what they change, what was done."""

from collections import Counter
from collections.abc import Sequence

from handlers.reading.faults import Fault
from handlers.reading.rosters import MEMBERS
from handlers.taps.rosters import DropRosterTap, RostersTap, TakeRosterTap
from handlers.words.message import Button, Message
from handlers.words.organisations import Change, Kind, Outcome, Path, What
from handlers.words.sentpacks import told
from handlers.words.voice import Html, Voice

LINES = 20  # of a preview
FEW = 3  # who are missing from a file: more, and half of a team, is worth a warning
LABELS = {column.key: column.label for column in MEMBERS.columns}


def column(key: str) -> str:
    """What a column is called, in both languages."""
    return LABELS.get(key, key)


def faulty(voice: Voice, name: str, faults: Sequence[Fault], count: int) -> Message:
    """Everything that is wrong with a roster, as far as it fits."""
    head = voice("roster.faulty", name=name, n=count)
    lines = [head, *told(voice, faults, count).lines, voice("roster.again")]
    return Message(Html("\n".join(lines)))


def not_yours(voice: Voice, name: str) -> Message:
    """It is a roster, and its sender may send none."""
    return Message(voice("roster.not_yours", name=name))


def same(voice: Voice, name: str, teams: int) -> Message:
    """The file says what is so already."""
    return Message(voice("roster.same", name=name, n=teams))


def offer(voice: Voice, sent: int, name: str, outcome: Outcome, *, again: bool = False) -> Message:
    """What a file changes. `again`: it is another thing than was shown before."""
    lines = [voice("roster.changed_since")] if again else []
    lines += [_head(voice, "roster.offer", name, outcome), *_warnings(voice, outcome)]
    every = _lines(voice, outcome)
    lines += [voice("sent.line", text=text) for text in every[:LINES]]
    if len(every) > LINES:
        lines.append(voice("sent.more", n=len(every) - LINES))
    tools = (
        Button(voice.plain("roster.take"), TakeRosterTap(sent)),
        Button(voice.plain("announcement.cancel"), DropRosterTap(sent)),
    )
    return Message(Html("\n".join(lines)), (tools,))


def whole(voice: Voice, outcome: Outcome) -> str:
    """All of it, where it is more than a message shows."""
    every = _lines(voice, outcome)
    return "\n".join([*every, ""]) if len(every) > LINES else ""


def done(voice: Voice, name: str, outcome: Outcome) -> Message:
    """It was made so."""
    show = Button(voice.plain("roster.show"), RostersTap(0))
    return Message(_head(voice, "roster.done", name, outcome), ((show,),))


def at_it(voice: Voice) -> str:
    """It is being done."""
    return voice.plain("roster.at_it")


def taking(voice: Voice, name: str) -> Message:
    """It is being done, and a word will follow."""
    return Message(voice("roster.taking", name=name))


def dropped(voice: Voice, name: str) -> Message:
    """It was not, and will not be."""
    return Message(voice("list.dropped", name=name))


def ended(voice: Voice, *, taken: bool) -> str:
    """Too late for that tap."""
    return voice.plain("roster.was_done" if taken else "list.was_dropped")


def _head(voice: Voice, key: str, name: str, outcome: Outcome) -> Html:
    kinds = Counter(one.kind for one in outcome.changes)
    return voice(
        key,
        name=name,
        added=kinds[Kind.ADDED],
        changed=kinds[Kind.CHANGED],
        retired=kinds[Kind.RETIRED],
        moved=len(outcome.moves),
    )


def _warnings(voice: Voice, outcome: Outcome) -> list[Html]:
    """Teams that lose half of their people: most likely the file lists only the new ones."""
    lost: Counter[Path] = Counter(
        one.where
        for one in outcome.changes
        if one.kind is Kind.RETIRED and one.what is What.MEMBER
    )
    return [
        voice("roster.loses", team=path[-1], lost=count, before=outcome.before.get(path, 0))
        for path, count in lost.items()
        if count > FEW and count * 2 > outcome.before.get(path, 0)
    ]


def _lines(voice: Voice, outcome: Outcome) -> list[str]:
    moves = [
        voice.plain("roster.moves", name=one.name, old=one.old[-1], new=one.new[-1])
        for one in outcome.moves
    ]
    return [*(_line(voice, one) for one in outcome.changes), *moves]


def _line(voice: Voice, change: Change) -> str:
    what = voice.plain(f"organisation.what.{change.what}")
    line = voice.plain(f"organisation.{change.kind}", what=what, name=change.name)
    line = voice.plain("roster.in_team", team=change.where[-1], line=line)
    if not change.detail:
        return line
    nothing = voice.plain("organisation.nothing")
    turns = [
        voice.plain(
            "organisation.turn",
            field=voice.plain(f"organisation.field.{turn.field}"),
            old=turn.old or nothing,
            new=turn.new or nothing,
        )
        for turn in change.detail
    ]
    both = voice.plain("organisation.and").join(turns)
    return voice.plain("organisation.detail", line=line, turns=both)
