"""What we say of tasks and rectifications: assigned, taken on, found hard, taken back."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.reading.tasks import Unclear
from handlers.rules.dues import Offer
from handlers.taps.commitments import DoneTap
from handlers.taps.tasks import (
    AcceptTap,
    CallOffTap,
    FinishTap,
    HardTap,
    InsistTap,
    NotHardTap,
    RecallAllTap,
    RecallOneTap,
    RecallTap,
    RectifyByTap,
    RectifyTap,
)
from handlers.taps.verifications import LookTap
from handlers.words.message import Button, Message, Rows
from handlers.words.voice import Html, Voice
from storage.commitments import Promise
from storage.kinds import Act, Media, Progress
from storage.tables import Assignment

FACTS = ("standard", "partners", "result", "risk")
MOST = 20  # people in one message
OPTIONS = 6  # names that are offered where several fit


def own(voice: Voice, what: Promise, now: datetime, *, private: bool) -> Message:
    """What somebody has to do, as it stands, with the buttons of its owner while it is open."""
    assert what.task is not None
    commitment, task = what.commitment, what.task
    head = voice(
        f"task.{'own' if private else 'head'}_{commitment.origin}",
        number=commitment.number,
        text=commitment.text,
        name=what.owner.name,
        team=what.team.name,
    )
    lines = [head, *_facts(voice, task.assignment, commitment.text)]
    lines.append(voice("task.by", name=task.author.name))
    if commitment.state.ended:
        lines.append(voice(f"commitment.is_{commitment.state}"))
        return Message(Html("\n".join(lines)))
    lines.append(_due(voice, what, now))
    lines.append(voice(f"task.mine_{_stance(what)}"))
    return Message(Html("\n".join(lines)), _own_buttons(voice, what))


def shared(
    voice: Voice,
    rows: Sequence[Promise],
    now: datetime,
    *,
    private: bool,
    assumed: bool = False,
    note: str = "",
) -> Message:
    """All whom something was assigned to, a line each with how it stands.

    private  to whoever assigned it: of several teams, and with no buttons for others
    assumed  nobody said when: it says so
    note     who could not be told in private
    """
    first = rows[0]
    assert first.task is not None
    commitment, assignment = first.commitment, first.task.assignment
    several = len({row.team.id for row in rows}) > 1
    lines = [
        voice(
            f"task.shared_{commitment.origin}", text=commitment.text, name=first.task.author.name
        ),
        *_facts(voice, assignment, commitment.text),
        _due(voice, first, now, assumed=assumed),
    ]
    for row in rows[:MOST]:
        line = voice(
            "task.line_team" if several else "task.line",
            number=row.commitment.number,
            name=row.owner.name,
            team=row.team.name,
            state=voice(f"task.is_{_state(row)}"),
        )
        lines.append(line)
    if note:
        lines.append(Html(note))
    return Message(Html("\n".join(lines)), _shared_buttons(voice, rows, private=private))


def unreached(voice: Voice, names: Sequence[str]) -> str:
    """Who cannot be told: somebody has to say it to them."""
    return voice("task.unreached", names=voice("format.comma").join(names)) if names else ""


def usage(voice: Voice, key: str = "task.usage") -> Message:
    """How something is assigned (`task.usage`) or put on the list of what is to be put right."""
    return Message(voice(key))


def unclear(voice: Voice, fault: Unclear) -> Message:
    """What the line does not say, and how to say it."""
    values = dict(fault.values)
    if names := values.pop("names", None):
        more = len(names) - OPTIONS
        shown = voice("format.comma").join(names[:OPTIONS])
        values["names"] = voice.plain("task.more", names=shown, count=more) if more > 0 else shown
        values["example"] = names[0]
    return Message(voice(fault.key, **values))


def too_long(voice: Voice, part: str, length: int, limit: int) -> Message:
    """That part does not fit a line."""
    label = voice.plain(f"task.part_{part}")
    return Message(voice("task.too_long", part=label, length=length, limit=limit))


def too_many(voice: Voice, count: int, limit: int) -> Message:
    """That many people are not assigned something at once."""
    return Message(voice("task.too_many", count=count, limit=limit))


# -- what its owner says ---------------------------------------------------------------------


def accepted(voice: Voice, what: Promise) -> str:
    """It is taken on."""
    return voice.plain("task.accepted", number=what.commitment.number)


def accepted_before(voice: Voice, what: Promise) -> str:
    """It was already."""
    return voice.plain("task.accepted_before", number=what.commitment.number)


def not_yours(voice: Voice) -> str:
    """Only those to whom it was assigned can say that."""
    return voice.plain("task.not_yours")


def not_to_withdraw(voice: Voice, what: Promise) -> str:
    """Its owner cannot take it back."""
    assert what.task is not None
    return voice.plain("task.not_to_withdraw", name=what.task.author.name)


def not_to_move(voice: Voice, what: Promise) -> str:
    """Its owner cannot put it off."""
    assert what.task is not None
    return voice.plain("task.not_to_move", name=what.task.author.name)


def why(voice: Voice, what: Promise) -> Message:
    """What is hard about it? In one's own words."""
    back = Button(voice.plain("task.button.back"), NotHardTap(what.commitment.id))
    text = voice("task.why", number=what.commitment.number, text=what.commitment.text)
    return Message(text, ((back,),))


def reason_too_long(voice: Voice, length: int, limit: int) -> Message:
    """That reason does not fit a line."""
    return Message(voice("task.reason_too_long", length=length, limit=limit))


def declined(voice: Voice, what: Promise, names: Sequence[str]) -> Message:
    """It is written down, and who was told of it."""
    key = "task.declined" if names else "task.declined_untold"
    told = voice("format.comma").join(names)
    assert what.task is not None
    author = what.task.author.name
    return Message(voice(key, number=what.commitment.number, names=told, author=author))


# -- what its author answers -----------------------------------------------------------------


def objection(voice: Voice, what: Promise, reason: str, act_id: int) -> Message:
    """Somebody finds it hard: it is taken back, or asked for nevertheless."""
    at = what.commitment.id, act_id
    tools = (
        Button(voice.plain("task.button.call_off"), CallOffTap(*at)),
        Button(voice.plain("task.button.insist"), InsistTap(*at)),
    )
    return Message(_objection(voice, what, reason), (tools,))


def answered(voice: Voice, what: Promise, reason: str, *, insisted: bool) -> Message:
    """The same, once it was answered."""
    outcome = voice("task.you_insisted" if insisted else "commitment.is_withdrawn")
    return Message(Html(f"{_objection(voice, what, reason)}\n{outcome}"))


def insisted(voice: Voice, what: Promise, by: str, now: datetime) -> Message:
    """To its owner: it is asked for nevertheless."""
    head = voice("task.insisted", name=by)
    below = own(voice, what, now, private=True)
    return Message(Html(f"{head}\n\n{below.html}"), below.buttons)


def insisted_toast(voice: Voice, what: Promise) -> str:
    """To who asked for it: it is said."""
    return voice.plain("task.insisted_toast", name=what.owner.name)


def over(voice: Voice) -> str:
    """Somebody was first, or it has changed."""
    return voice.plain("task.over")


def recalled(voice: Voice, what: Promise, by: str) -> Message:
    """To its owner: it was taken back."""
    number, text = what.commitment.number, what.commitment.text
    return Message(voice("task.recalled", name=by, team=what.team.name, number=number, text=text))


def recalled_toast(voice: Voice, done: Sequence[Promise]) -> str:
    """To who took it back."""
    numbers = voice.plain("format.comma").join(f"#{row.commitment.number}" for row in done)
    return voice.plain("task.recalled_toast", numbers=numbers)


def which(voice: Voice, rows: Sequence[Promise]) -> Message:
    """Which of them is to be taken back?"""
    still = [row for row in rows if row.commitment.state is Progress.OPEN]
    text = rows[0].commitment.text
    if not still:
        return Message(voice("task.none_open", text=text))
    each = tuple(
        (
            Button(
                voice.plain(
                    "task.button.recall_one", number=row.commitment.number, name=row.owner.name
                ),
                RecallOneTap(row.commitment.id),
            ),
        )
        for row in still
    )
    assert still[0].task is not None
    all_ = Button(
        voice.plain("task.button.recall_all", count=len(still)),
        RecallAllTap(still[0].task.assignment.id),
    )
    return Message(voice("task.which", text=text), (*each, (all_,)) if len(still) > 1 else each)


# -- rectification of what was returned ------------------------------------------------------


def by_when(
    voice: Voice,
    what: Promise,
    act_id: int,
    reason: str,
    offered: Sequence[Offer],
    media: Media | None,
) -> Message:
    """What was returned becomes a rectification: by which day? `media`: of the message so far."""
    at = what.commitment.id, act_id
    text = voice(
        "task.by_when",
        number=what.commitment.number,
        name=what.owner.name,
        finding=reason,
        text=what.commitment.text,
    )
    days = tuple(
        (Button(voice.day(offer.day), RectifyByTap(*at, offer.day)),) for offer in offered
    )
    back = (Button(voice.plain("task.button.back"), LookTap(*at)),)
    return Message(text, (*days, back), media)


def rectify_button(voice: Voice, commitment_id: int, act_id: int) -> Button:
    """Beneath what was returned."""
    return Button(voice.plain("task.button.rectify"), RectifyTap(commitment_id, act_id))


def opened(voice: Voice, what: Promise) -> str:
    """There is a rectification now."""
    return voice.plain("task.opened", number=what.commitment.number, name=what.owner.name)


def retired(voice: Voice, name: str) -> str:
    """That owner has no place in the team any more."""
    return voice.plain("task.retired", name=name)


# -- parts -----------------------------------------------------------------------------------


def _objection(voice: Voice, what: Promise, reason: str) -> Html:
    return voice(
        "task.objection",
        team=what.team.name,
        number=what.commitment.number,
        name=what.owner.name,
        text=what.commitment.text,
        reason=reason,
    )


def _facts(voice: Voice, assignment: Assignment, text: str) -> list[Html]:
    lines = []
    if assignment.finding:
        lines.append(voice("task.finding", text=assignment.finding))
        lines.append(voice("task.measure", text=text))
    return lines + facts(voice, assignment)


def facts(voice: Voice, assignment: Assignment) -> list[Html]:
    """What was said of it, a line each."""
    said = {name: getattr(assignment, name) for name in FACTS}
    return [voice(f"task.{name}", text=text) for name, text in said.items() if text]


def _due(voice: Voice, what: Promise, now: datetime, *, assumed: bool = False) -> Html:
    when = voice.when(what.commitment.due_at, ZoneInfo(what.team.timezone), now)
    return voice("commitment.assumed" if assumed else "commitment.due", when=when)


def _stance(what: Promise) -> str:
    stance = what.task.stance if what.task else None
    return str(stance) if stance else "waiting"


def _state(what: Promise) -> str:
    state = what.commitment.state
    return str(state) if state.ended else _stance(what)


def _own_buttons(voice: Voice, what: Promise) -> Rows:
    assert what.task is not None
    assigned, stance = what.task.assignment.id, what.task.stance
    said = []
    if stance is not Act.ACCEPTED:
        said.append(Button(voice.plain("task.button.accept"), AcceptTap(assigned)))
    if stance is not Act.DECLINED:
        said.append(Button(voice.plain("task.button.hard"), HardTap(assigned)))
    done = Button(voice.plain("commitment.done"), DoneTap(what.commitment.id))
    return (tuple(said), (done,))


def _shared_buttons(voice: Voice, rows: Sequence[Promise], *, private: bool) -> Rows:
    still = [row for row in rows if row.commitment.state is Progress.OPEN]
    if not still or still[0].task is None:
        return ()
    assigned = still[0].task.assignment.id
    tools: list[tuple[Button, ...]] = []
    if not private:
        done = Button(voice.plain("commitment.done"), FinishTap(assigned))
        hard = Button(voice.plain("task.button.hard"), HardTap(assigned))
        accept = Button(voice.plain("task.button.accept"), AcceptTap(assigned))
        waits = any(row.task and row.task.stance is not Act.ACCEPTED for row in still)
        tools.append((accept, hard, done) if waits else (hard, done))
    tools.append((Button(voice.plain("task.button.recall"), RecallTap(assigned)),))
    return tuple(tools)
