"""Checks what a running bot depends on; a line for each, ok, warn or fail, with its remedy."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.line import Failure, Line, Refused
from bot.settings import Settings
from handlers.rules.calendar import Calendar
from storage import migrations, study
from storage import teams as team_rows
from storage.database import BadDatabase, Database

ROOM = 200 * 2**20  # bytes of disk below which a database is in danger


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


def found(verdict: Verdict, key: str, **values: Any) -> Finding:
    """A finding, in short."""
    return Finding(verdict, key, values)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Every check in turn, what the others rest on first."""
    yield _calendar(settings)
    database = Database(settings.database_url)
    try:
        schema = await _schema(database)
        yield schema
        if database.sqlite:
            yield _disk(Path(database.url.database or "."))
        if schema.verdict is Verdict.OK:
            async for finding in _content(database):
                yield finding
        if not settings.token.get_secret_value():
            yield found(Verdict.WARN, "no_token")
            return
        line = Line(settings.token.get_secret_value(), settings.api_url)
        try:
            async for finding in _telegram(line, database, schema.verdict is Verdict.OK):
                yield finding
        finally:
            await line.close()
    finally:
        await database.close()


def _calendar(settings: Settings) -> Finding:
    calendar, now = Calendar(settings.zone), Clock(settings.zone)()
    today = calendar.today(now)
    if calendar.provisional(today):
        return found(Verdict.WARN, "calendar_now", year=today.year)
    if today.month == 12 and calendar.provisional(today.replace(year=today.year + 1, month=1)):
        return found(Verdict.WARN, "calendar_next", year=today.year + 1)
    return found(
        Verdict.OK, "calendar", year=today.year, now=f"{now.astimezone(settings.zone):%F %R %Z}"
    )


async def _schema(database: Database) -> Finding:
    try:
        step = await migrations.current(database)
    except BadDatabase as fault:
        return found(Verdict.FAIL, "database", reason=str(fault))
    if step == migrations.HEAD:
        return found(Verdict.OK, "schema", step=step)
    return found(Verdict.FAIL, "schema_old", step=step or "-", head=migrations.HEAD)


def _disk(file: Path) -> Finding:
    room = shutil.disk_usage(file.parent).free
    verdict = Verdict.OK if room >= ROOM else Verdict.WARN
    return found(verdict, "disk" if verdict is Verdict.OK else "disk_low", mib=room // 2**20)


async def _content(database: Database) -> AsyncIterator[Finding]:
    async with database.read() as session:
        teams, loose = await team_rows.count(session), await study.unattached(session)
    if not teams:
        yield found(Verdict.WARN, "no_teams")
    elif loose:
        yield found(Verdict.WARN, "unattached", count=loose, teams=teams)
    else:
        yield found(Verdict.OK, "teams", teams=teams)


async def _telegram(line: Line, database: Database, readable: bool) -> AsyncIterator[Finding]:
    try:
        me = await line.call("getMe")
    except Refused as refusal:
        yield found(Verdict.FAIL, "token", reason=refusal.description)
        return
    except Failure as fault:
        yield found(Verdict.FAIL, "unreachable", reason=str(fault))
        return
    yield found(Verdict.OK, "me", name=me["username"])
    if not readable:
        return
    async with database.read() as session:
        groups = await team_rows.groups(session)
    for chat, team in groups:
        yield await _group(line, me["id"], chat.telegram_id, team.name)


async def _group(line: Line, me: int, chat_id: int, team: str) -> Finding:
    try:
        place = await line.call("getChatMember", {"chat_id": chat_id, "user_id": me})
    except Refused as refusal:
        return found(Verdict.FAIL, "group", team=team, reason=refusal.description)
    except Failure as fault:
        return found(Verdict.FAIL, "group", team=team, reason=str(fault))
    if place["status"] in {"left", "kicked"}:
        return found(Verdict.FAIL, "group_gone", team=team)
    if place["status"] != "administrator":
        return found(Verdict.WARN, "group_member", team=team)
    return found(Verdict.OK, "group_fine", team=team)
