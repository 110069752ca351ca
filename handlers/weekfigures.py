"""The week of teams on one page, made from their figures: for whoever asks, and for the clock."""

import asyncio
import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY
from handlers.rules.occurrences import midnight
from handlers.rules.weeks import WEEK
from handlers.words.message import Message, Ours
from handlers.words.scopes import in_a_name
from handlers.words.voice import Voice
from handlers.words.week_pictures import parts, picture
from handlers.words.weeks import Column, Page, Ways, buttons, caption
from storage import files, ownweeks, weeks
from storage.database import Session
from storage.kinds import Media
from storage.ownweeks import OwnWeek
from storage.tables import Team
from storage.weeks import TeamWeek

TOGETHER = 25  # teams that are asked of at once: whoever taps meanwhile waits no longer than that


async def figures(
    session: Session, teams: Collection[Team], monday: date, now: datetime
) -> dict[int, TeamWeek]:
    """By team: its figures of the week that begins on `monday`, each day as its zone has it."""
    zones: dict[str, list[int]] = {}
    for team in teams:
        zones.setdefault(team.timezone, []).append(team.id)
    found: dict[int, TeamWeek] = {}
    for name, ids in zones.items():
        zone = ZoneInfo(name)
        for start in range(0, len(ids), TOGETHER):
            some = ids[start : start + TOGETHER]
            days, bounds = _days(monday), _bounds(monday, zone)
            found |= await weeks.weeks(session, some, zone, days, bounds, now)
            await asyncio.sleep(0)
    return found


async def own(
    session: Session, person_ids: Collection[int], zone: ZoneInfo, monday: date, now: datetime
) -> dict[int, OwnWeek]:
    """By person: their own week, in all their teams."""
    until = now, midnight(now.astimezone(zone).date() + WEEK, zone)
    bounds = _bounds(monday, zone)
    return await ownweeks.weeks(session, person_ids, zone, _days(monday), bounds, until)


def page(
    title: str,
    teams: Sequence[tuple[Team, str]],
    found: Mapping[int, TeamWeek],
    monday: date,
    now: datetime,
) -> Page:
    """A page of teams, each with its unit's name, in their order."""
    names = Counter(team.name for team, _ in teams)
    columns = [
        Column(team.name if names[team.name] == 1 else f"{unit}/{team.name}", found[team.id])
        for team, unit in teams
    ]
    return Page(title, monday, ZoneInfo(teams[0][0].timezone), now, columns)


def composed(voice: Voice, page: Page, ways: Ways) -> tuple[Message, bytes]:
    """The picture with its lines and buttons; and what is to be drawn, to be kept as a file."""
    number = min(max(ways.page, 0), parts(page) - 1)
    drawing = zlib.compress(picture(voice, page, number).encode())
    title = f"{in_a_name(page.title)}_{page.monday}.png"
    ours = Ours("drawing", title, files.name(drawing), voice.locale)
    rows = buttons(voice, page.monday, ways)
    return Message(caption(voice, page), rows, media=Media.PHOTO, ours=ours), drawing


def _days(monday: date) -> tuple[date, date]:
    return monday, monday + WEEK - DAY


def _bounds(monday: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return midnight(monday, zone), midnight(monday + WEEK, zone)
