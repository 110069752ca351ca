"""The audit log, for owners: a page of it at a time, of everybody or of one, and as a file."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.requests import Command, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.grants import AuditFileTap, AuditTap
from handlers.words import audits as words
from handlers.words import plain
from handlers.words.message import Message
from storage import audits, ledgers, outbox, people, reaches, teams
from storage.audits import Entry
from storage.kinds import Doing

PAGE = 10  # lines
NAMED = 8  # people of one name who are offered
IN_TIME = timedelta(days=1)  # a file that could not be sent by then is asked for anew


async def asked(request: Request) -> Reply:
    """/audit: the newest lines; with a name, those of a person or a team."""
    name = request.text.strip()
    if not name:
        return Reply(message=await _page(request, AuditTap(0, 0, 0)))
    if named := await ledgers.named(request.session, name):
        return Reply(message=await _page(request, AuditTap(0, 0, named[0][0].id)))
    assert request.person is not None
    within = await reaches.reach(request.session, request.person.id)
    found = await reaches.people(request.session, within, name)
    if len(found) == 1:
        return Reply(message=await _page(request, AuditTap(0, found[0][0].id, 0)))
    if found:
        return Reply(message=words.several(request.voice, name, found[:NAMED]))
    return Reply(message=plain.line(words.nobody(request.voice, name)))


async def leafed(request: Request, tap: AuditTap) -> Reply:
    """Another page."""
    return Reply(edit=await _page(request, tap))


async def as_file(request: Request, _: AuditFileTap) -> Reply:
    """All of it; it is made when it is sent."""
    assert request.person is not None
    now, session = request.now, request.session
    await audits.note(session, Doing.EXPORTED, now, by=request.person.id, detail=words.OWN)
    message = words.file(request.voice, str(request.today), request.zone.key)
    key = f"auditfile:{request.person.id}:{now:%Y%m%d%H%M%S%f}"
    until = now + IN_TIME
    await outbox.post(
        session,
        key,
        request.chat.id,
        message.send(),
        now,
        priority=outbox.URGENT,
        expires_at=until,
    )
    return Reply(toast=words.coming(request.voice))


async def _page(request: Request, tap: AuditTap) -> Message:
    session, whose = request.session, ""
    if tap.person:
        person = (await people.by_ids(session, [tap.person])).get(tap.person)
        whose = person.name if person else ""
    elif tap.team:
        team = (await teams.by_ids(session, [tap.team])).get(tap.team)
        whose = team.name if team else ""
    found: Sequence[Entry] = await audits.entries(
        session,
        PAGE + 1,
        before=max(tap.before, 0),
        people=[tap.person] if tap.person else (),
        team=tap.team,
    )
    chain = await audits.recent(session)
    return words.page(
        request.voice,
        chain,
        found[:PAGE],
        request.zone,
        whose=whose,
        tap=tap,
        more=len(found) > PAGE,
    )


ROUTES: list[Route] = [
    Command("audit", asked, needs=Action.AUDIT),
    Press(AuditTap, leafed, needs=Action.AUDIT),
    Press(AuditFileTap, as_file, needs=Action.AUDIT),
]
