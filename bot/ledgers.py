"""Ledgers at the command line: a team's days as a file for whoever inspects them."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.terminal import FAILED, Refusal, say, voice, write
from handlers.ledgers import ledger, this_month
from handlers.scopes import LONGEST
from handlers.words.ledgers import workbook
from storage import audits, ledgers
from storage.database import Database, Session
from storage.kinds import Doing
from storage.tables import Team

NAMED = 20  # teams, where the one that was asked for is not found


def day(option: str, written: str) -> date | None:
    """A day as an option names it; None where nothing is written. Raises Refusal."""
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refusal("bad_day", option=option, written=written) from None


async def export(
    database: Database,
    name: str,
    span: tuple[date | None, date | None],
    file: Path,
    now: datetime,
    *,
    force: bool,
) -> None:
    """Write a team's ledger. Without days: of this month. Raises Refusal."""
    async with database.read() as session:
        team, unit = await _team(session, name)
        begin, end = this_month(now, ZoneInfo(team.timezone))
        last = span[1] or end
        first = span[0] or min(begin, last.replace(day=1))
        if first > last:
            raise Refusal("bad_span", first=first, last=last)
        if last - first >= LONGEST:
            raise Refusal("long_span", first=first, last=last, days=(last - first).days + 1)
        found = await ledger(session, team, unit, first, last)
    async with database.begin() as session:
        days = f"{first}–{last}"
        await audits.note(session, Doing.EXPORTED, now, by=None, team=team.id, detail=days)
    write(file, workbook(voice(), found, now), force=force)
    say(
        "ledger",
        file=file,
        team=team.name,
        first=first,
        last=last,
        meetings=len(found.meetings),
        courses=len(found.courses),
        notices=len(found.notices),
    )


async def _team(session: Session, name: str) -> tuple[Team, str]:
    found = await ledgers.named(session, name)
    if len(found) == 1:
        return found[0]
    if found:
        known = ", ".join(f"{unit}/{team.name}" for team, unit in found)
        raise Refusal("several_teams", team=name, known=known)
    some = await ledgers.names(session, NAMED + 1)
    known = ", ".join(some[:NAMED]) + (" …" if len(some) > NAMED else "")
    raise Refusal("no_team" if some else "no_teams", FAILED, team=name, known=known)
