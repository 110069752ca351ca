"""Checks what a running bot depends on; a line for each, ok, warn or fail, with its remedy."""

import asyncio
import shutil
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx

from bot.clock import Clock
from bot.evidence import roomy, usable
from bot.health import ROOM
from bot.line import Failure, Line, Refused
from bot.settings import Settings
from handlers.rules.calendar import Calendar, Notices, notices
from handlers.words.troubles import passing
from storage import audits, calendars, figures, grants, migrations, study
from storage import teams as team_rows
from storage.database import BadDatabase, Database
from storage.kinds import Delivery, Intake

AT_ONCE = 16  # groups that are asked about side by side
PATIENCE = 15.0  # seconds that one answer may take
LOG_LIMIT = (
    64 * 2**20
)  # bytes of SQLite's log of writes; it is folded in at 4 MiB when all is well
SLOW, WRONG = 5, 60  # seconds between our clock and Telegram's
QUEUE = 100  # updates that wait at Telegram
AUTUMN = 11  # the month from which the next year's holidays should be known
MOST = 10  # names in a line
ENV = Path(".env")

Progress = Callable[[float], None]


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One check: the catalogue's `doctor.<key>` says what was found and what to do about it."""

    verdict: Verdict
    key: str
    values: dict[str, Any]


def ok(key: str, **values: Any) -> Finding:
    """A check that came out well."""
    return Finding(Verdict.OK, key, values)


def warn(key: str, **values: Any) -> Finding:
    """Something that should be looked at."""
    return Finding(Verdict.WARN, key, values)


def fail(key: str, **values: Any) -> Finding:
    """Something that keeps the bot from its work."""
    return Finding(Verdict.FAIL, key, values)


async def examine(settings: Settings, progress: Progress) -> AsyncIterator[Finding]:
    """Every check in turn, what the others rest on first; `progress` over the groups."""
    yield _settings(settings)
    database = Database(settings.database_url)
    try:
        for finding in _calendar(settings, await _told(database)):
            yield finding
        schema = await _schema(database)
        readable = schema.verdict is Verdict.OK
        yield schema
        if database.sqlite:
            for finding in _disk(Path(database.url.database or ".")):
                yield finding
        if settings.evidence_dir:
            yield _evidence(Path(settings.evidence_dir))
        if readable:
            yield await _writable(database, Clock(settings.zone)())
            if database.sqlite:
                yield await _intact(database)
            yield await _audited(database)
            async for finding in _content(database):
                yield finding
        if not settings.token.get_secret_value():
            yield warn("no_token")
            return
        line = Line(settings.token.get_secret_value(), settings.api_url)
        try:
            async for finding in _telegram(settings, line, database, progress, readable=readable):
                yield finding
        finally:
            await line.close()
    finally:
        await database.close()


# -- this machine ----------------------------------------------------------------------------


def _settings(settings: Settings) -> Finding:
    if settings.token.get_secret_value() and ENV.is_file():
        mode = ENV.stat().st_mode
        if mode & (stat.S_IRGRP | stat.S_IROTH):
            return warn("env_open", file=ENV)
    return ok("webhook_mode" if settings.webhook_url else "polling_mode")


async def _told(database: Database) -> Notices:
    """The calendars that were imported; none, while the database cannot say."""
    try:
        if await migrations.current(database) != migrations.HEAD:
            return {}
        async with database.read() as session:
            return notices(await calendars.told(session))
    except Exception:  # what is wrong with it is told in a line of its own
        return {}


def _calendar(settings: Settings, told: Notices) -> Sequence[Finding]:
    calendar, now = Calendar(settings.zone, notices=told), Clock(settings.zone)()
    today = calendar.today(now)
    if calendar.provisional(today):
        return [warn("calendar_now", year=today.year)]
    moment = f"{now.astimezone(settings.zone):%F %R %Z}"
    findings = [ok("calendar", year=today.year, now=moment)]
    coming = today.replace(year=today.year + 1, month=1, day=1)
    if today.month >= AUTUMN and calendar.provisional(coming):
        findings.append(warn("calendar_next", year=coming.year))
    return findings


def _disk(file: Path) -> Sequence[Finding]:
    room = shutil.disk_usage(file.parent).free
    found = [
        (ok if room >= ROOM else fail)("disk" if room >= ROOM else "disk_low", mib=_mib(room))
    ]
    log = file.with_name(file.name + "-wal")
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        found.append(warn("log_large", mib=_mib(log.stat().st_size)))
    return found


def _evidence(root: Path) -> Finding:
    try:
        usable(root)
        roomy(root)
    except OSError as fault:
        return fail("evidence_unwritable", folder=root, reason=fault.strerror)
    return ok("evidence", folder=root)


def _mib(size: int) -> int:
    return size // 2**20


# -- the database ----------------------------------------------------------------------------


async def _schema(database: Database) -> Finding:
    try:
        step = await migrations.current(database)
    except BadDatabase as fault:
        return fail("database", reason=str(fault))
    except Exception as fault:  # a server that is not there, in a driver's own words
        return fail("database", reason=_brief(fault))
    if step == migrations.HEAD:
        return ok("schema", step=step)
    return fail("schema_old", step=step or "-", head=migrations.HEAD)


async def _writable(database: Database, now: datetime) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE), database.begin() as session:
            await figures.mark(session, "doctor", now)
    except Exception as fault:
        return fail("unwritable", reason=_brief(fault))
    return ok("writable")


async def _intact(database: Database) -> Finding:
    async with database.read() as session:
        faults = await figures.faults(session)
    return fail("broken", reason=faults[0]) if faults else ok("intact")


async def _audited(database: Database) -> Finding:
    """Whether the log of who did what is whole."""
    chain = await audits.whole(database)
    if chain.broken is not None:
        return fail("audit_broken", number=chain.broken)
    return ok("audit", count=chain.count, sign=chain.sign)


async def _content(database: Database) -> AsyncIterator[Finding]:
    async with database.read() as session:
        teams, loose = await team_rows.count(session), await study.unattached(session)
        owned = await grants.any_owner(session)
        arrivals = await figures.arrivals(session)
        calls = await figures.calls(session)
        shut = [one for one in await team_rows.troubled(session) if one.topic_id is not None]
    if not teams:
        yield warn("no_teams")
    elif loose:
        yield warn("unattached", count=loose, teams=teams)
    else:
        yield ok("teams", teams=teams)
    yield ok("owned") if owned else warn("no_owner")
    if arrivals[Intake.DEAD]:
        yield warn("dead", count=arrivals[Intake.DEAD])
    if calls[Delivery.HELD]:
        yield warn("held", count=calls[Delivery.HELD])
    for one in shut:
        yield fail("topic_closed" if passing(one.reason) else "topic_deleted", team=one.team.name)
    if calls[Delivery.NEEDS_PERSON]:
        yield warn("unclear", count=calls[Delivery.NEEDS_PERSON])
    if not (arrivals[Intake.DEAD] or calls[Delivery.HELD] or calls[Delivery.NEEDS_PERSON]):
        yield ok("nothing_waits")


def _brief(fault: Exception) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]


# -- Telegram --------------------------------------------------------------------------------


async def _telegram(
    settings: Settings, line: Line, database: Database, progress: Progress, *, readable: bool
) -> AsyncIterator[Finding]:
    try:
        me = await line.call("getMe", read=PATIENCE)
    except Refused as refusal:
        yield fail("token", reason=refusal.description)
        return
    except Failure as fault:
        yield fail("unreachable", reason=str(fault))
        return
    yield ok("me", name=me["username"])
    if not settings.clock:
        yield await _clock(settings)
    yield await _webhook(settings, line)
    sees_all = bool(me.get("can_read_all_group_messages"))
    yield ok("sees_all" if sees_all else "sees_own")
    if readable:
        for finding in await _groups(line, database, progress, me["id"], sees_all=sees_all):
            yield finding


async def _clock(settings: Settings) -> Finding:
    clock = Clock(settings.zone)
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            before = clock()
            answer = await client.head(settings.api_url)
            after = clock()
        theirs = parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (httpx.HTTPError, KeyError, ValueError):
        return warn("clock_unknown")
    # They told the time at some moment between: only what lies outside is a difference.
    apart = round(max(before - theirs, theirs - after, timedelta()).total_seconds())
    if apart > WRONG:
        return fail("clock_wrong", seconds=apart)
    return warn("clock_wrong", seconds=apart) if apart > SLOW else ok("clock")


async def _webhook(settings: Settings, line: Line) -> Finding:
    try:
        told = await line.call("getWebhookInfo", read=PATIENCE)
    except Failure as fault:
        return warn("webhook_unknown", reason=str(fault))
    waiting, url = int(told.get("pending_update_count") or 0), str(told.get("url") or "")
    wanted = f"{settings.webhook_url}/webhook" if settings.webhook_url else ""
    if url != wanted:
        return warn("webhook_other" if url else "webhook_unset", wanted=wanted or "-")
    if url and told.get("last_error_message"):
        return warn("webhook_error", reason=told["last_error_message"], count=waiting)
    return (warn if waiting > QUEUE else ok)("queue", count=waiting)


async def _groups(
    line: Line, database: Database, progress: Progress, me: int, *, sees_all: bool
) -> Sequence[Finding]:
    """Our rights in every group: a line for each that refuses us, one for all that do not."""
    async with database.read() as session:
        groups = [(chat.telegram_id, team.name) for chat, team in await team_rows.groups(session)]
    turns, done = asyncio.Semaphore(AT_ONCE), 0

    async def ask(chat_id: int, team: str) -> Finding:
        nonlocal done
        async with turns:
            finding = await _group(line, me, chat_id, team, sees_all=sees_all)
        done += 1
        progress(done / len(groups))
        return finding

    found = await asyncio.gather(*(ask(*group) for group in groups))
    fine = [one for one in found if one.verdict is Verdict.OK]
    blind = [str(one.values["team"]) for one in found if one.key == "group_member"]
    lines = [one for one in found if one.verdict is Verdict.FAIL]
    if blind:
        names = ", ".join(blind[:MOST]) + ("…" if len(blind) > MOST else "")
        lines.append(warn("groups_member", count=len(blind), names=names))
    if fine:
        lines.append(ok("groups_fine", count=len(fine)))
    return lines


async def _group(line: Line, me: int, chat_id: int, team: str, *, sees_all: bool) -> Finding:
    try:
        place = await line.call(
            "getChatMember", {"chat_id": chat_id, "user_id": me}, read=PATIENCE
        )
        status = place["status"]
        if status in {"left", "kicked"}:
            return fail("group_gone", team=team)
        if status == "administrator":
            return ok("group_fine", team=team)
        if status == "restricted" and not place.get("can_send_messages"):
            return fail("group_muted", team=team)
        chat = await line.call("getChat", {"chat_id": chat_id}, read=PATIENCE)
        if chat.get("permissions", {}).get("can_send_messages") is False:
            return fail("group_muted", team=team)
    except Refused as refusal:
        return fail("group", team=team, reason=refusal.description)
    except Failure as fault:
        return fail("group", team=team, reason=str(fault))
    return (ok if sees_all else warn)("group_fine" if sees_all else "group_member", team=team)
