"""What we say of a copy of the database: plain text, for a terminal."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.words.voice import Voice

MEBIBYTE = 2**20


def sized(voice: Voice, key: str, file: str, size: int) -> str:
    """Which copy it is (`cli.<key>`), and how large."""
    return voice.plain(f"cli.{key}", file=file, size=f"{size / MEBIBYTE:.1f} MiB")


def contents(
    voice: Voice, teams: int, checkins: int, newest: datetime | None, zone: ZoneInfo
) -> str:
    """What is in it."""
    moment = f"{newest.astimezone(zone):%F %R}" if newest else "-"
    return voice.plain("cli.backup.contents", teams=teams, checkins=checkins, newest=moment)


def losses(voice: Voice, rows: Mapping[str, int] | None) -> str:
    """What is newer than a copy, and would be gone. `rows`: by table; None: nobody can tell."""
    if rows is None:
        return voice.plain("cli.restore.incomparable")
    if not any(rows.values()):
        return voice.plain("cli.restore.nothing_lost")
    return voice.plain("cli.restore.lost", **rows)
