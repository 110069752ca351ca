"""What we say of the audit log: who did what to whom and when, and whether the log is whole."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from handlers.taps.grants import AuditFileTap, AuditTap
from handlers.words.grants import what
from handlers.words.message import Button, Message, Ours
from handlers.words.voice import Html, Voice
from storage.audits import Chain, Entry
from storage.kinds import Doing, Media, Role, Switch
from storage.tables import Person

OWN, ROSTER = "audit", "roster"  # details of rows that tell of files: this log, a roster
RIGHTS = (Doing.GRANTED, Doing.REVOKED, Doing.LINKED)


def page(
    voice: Voice,
    chain: Chain,
    found: Sequence[Entry],
    zone: ZoneInfo,
    *,
    whose: str = "",
    tap: AuditTap,
    more: bool,
) -> Message:
    """A page of the log, the newest first. `whose`: of whom or what alone; `more`: older ones."""
    lines = [voice("audit.line", text=line(voice, one, zone)) for one in found]
    if not lines:
        lines = [voice("audit.nothing")]
    head = [state(voice, chain)] + ([voice("audit.of", name=whose)] if whose else [])
    turning = []
    if more:
        older = AuditTap(found[-1].row.number or 0, tap.person, tap.team)
        turning.append(Button(voice.plain("audit.older"), older))
    if tap.before:
        newest = AuditTap(0, tap.person, tap.team)
        turning.append(Button(voice.plain("audit.newest"), newest))
    rows = ((Button(voice.plain("audit.as_file"), AuditFileTap()),),)
    return Message(
        Html("\n".join([*head, "", *lines])), (tuple(turning), *rows) if turning else rows
    )


def state(voice: Voice, chain: Chain) -> Html:
    """Whether it is whole; where it breaks, if not."""
    if chain.broken is not None:
        return voice("audit.broken", number=chain.broken)
    if chain.since > 1:
        looked = chain.count - chain.since + 1
        return voice("audit.recent", count=chain.count, looked=looked, sign=chain.sign)
    return voice("audit.whole", count=chain.count, sign=chain.sign)


def line(voice: Voice, one: Entry, zone: ZoneInfo) -> str:
    """Who did what to whom, and when."""
    at = f"{one.row.at.astimezone(zone):{'%m-%d %H:%M'}}"
    return voice.plain("audit.who", at=at, by=by(voice, one), did=did(voice, one))


def did(voice: Voice, one: Entry) -> str:
    """What was done, to whom."""
    row = one.row
    said = voice.plain(
        f"audit.did.{row.doing}",
        person=named(one.person, row.person_id),
        place=one.team or one.unit,
        detail=_detail(voice, one),
        other=f"№{row.other}" if row.other else "",
    )
    return " ".join(said.split())  # where there is no place, or no detail, there is no gap


def by(voice: Voice, one: Entry) -> str:
    """Who did it."""
    return voice.plain("audit.console") if one.row.by_id is None else named(one.by, one.row.by_id)


def named(name: str, number: int | None) -> str:
    """A name; of somebody who was forgotten, the number that is left."""
    return name or (f"№{number}" if number else "")


def _detail(voice: Voice, one: Entry) -> str:
    doing, said = Doing(one.row.doing), one.row.detail
    if doing in RIGHTS:
        return what(voice, Role(said), one.team or one.unit)
    if doing is Doing.SWITCHED:
        switch, _, on = said.partition(":")
        name = voice.plain(f"switch.name.{Switch(switch)}")
        return voice.plain("audit.on" if on == "1" else "audit.off", name=name, place=one.team)
    if doing is Doing.PLANNED:
        act, _, rest = said.partition(" ")
        return f"{voice.plain(f'audit.plan.{act}')} {rest}".strip()
    if doing is Doing.EXPORTED and said == OWN:
        return voice.plain("audit.log")
    if doing is Doing.EXPORTED and said == ROSTER:
        return voice.plain("audit.roster")
    if doing is Doing.EXPORTED:
        return f"{voice.plain('audit.ledger')} {said}"
    return said


def several(voice: Voice, name: str, found: Sequence[tuple[Person, str]]) -> Message:
    """Several are called so: of which?"""
    rows = tuple(
        (
            Button(
                voice.plain("grant.person", name=person.name, team=team) if team else person.name,
                AuditTap(0, person.id, 0),
            ),
        )
        for person, team in found
    )
    return Message(voice("grant.several", name=name), rows)


def nobody(voice: Voice, name: str) -> str:
    """Nobody, and no team, is called so."""
    return voice.plain("audit.nobody", name=name)


def coming(voice: Voice) -> str:
    """The file is being made."""
    return voice.plain("audit.coming")


def file(voice: Voice, day: str, zone: str) -> Message:
    """The whole log as a file; it is made when it is sent."""
    name = voice.plain("audit.file", day=day)
    return Message(Html(""), media=Media.DOCUMENT, ours=Ours(OWN, name, zone, voice.locale))
