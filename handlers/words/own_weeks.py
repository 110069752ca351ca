"""What we say to somebody of their own week; nobody else sees it."""

from collections.abc import Sequence
from datetime import date

from handlers.rules.weeks import minutes
from handlers.taps.weeks import OwnWeekTap, WeekTap, WeekWishTap
from handlers.words.message import Button, Message
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from handlers.words.weeks import period, rounded, turning
from storage.ownweeks import OwnWeek

TEAMS, NAME = 3, 30  # of somebody that are named, and characters of each


def told(
    voice: Voice,
    teams: Sequence[str],
    monday: date,
    week: OwnWeek,
    newest: date,
    *,
    wished: bool,
    leads: bool,
) -> Message:
    """Mornings, promises, receipts, what lies ahead, and what we cost; buttons to other weeks.

    wished  whether it comes each week
    leads   whether there is a page of teams as well
    """
    named = voice.plain("format.comma").join(short(name, NAME) for name in teams[:TEAMS])
    lines = [
        voice("ownweek.head", teams=named, days=period(voice, monday)),
        _attendance(voice, week),
        _promises(voice, week),
    ]
    if week.receipts.expected:
        done, expected = week.receipts.done, week.receipts.expected
        lines.append(voice("ownweek.receipts", done=done, expected=expected))
    if monday == newest and week.ahead:
        lines.append(voice("ownweek.ahead", n=week.ahead))
    count = sum(week.told.values())
    if count:
        lines.append(voice("ownweek.cost", n=count, minutes=rounded(minutes(week.told))))
    else:
        lines.append(voice("week.no_cost"))
    wish = "ownweek.button.stop" if wished else "ownweek.button.wish"
    rows = [
        turning(voice, monday, newest, OwnWeekTap),
        (Button(voice.plain(wish), WeekWishTap(int(not wished), monday)),),
    ]
    if leads:
        rows.append((Button(voice.plain("week.button.teams"), WeekTap(0, 0, monday)),))
    return Message(Html("\n".join(lines)), tuple(rows))


def wishes(voice: Voice, *, on: bool) -> str:
    """It comes each week from now on, or does not any more."""
    return voice.plain("ownweek.wished" if on else "ownweek.stopped")


def _attendance(voice: Voice, week: OwnWeek) -> Html:
    found = week.attendance
    if not (found.expected or found.excused):
        return voice("ownweek.no_mornings")
    key = "ownweek.attendance_excused" if found.excused else "ownweek.attendance"
    return voice(key, done=found.done, expected=found.expected, excused=found.excused)


def _promises(voice: Voice, week: OwnWeek) -> Html:
    flow = week.flow
    if not (flow.made or flow.due):
        return voice("ownweek.no_promises")
    return voice("week.promises", made=flow.made, due=flow.due, kept=flow.kept, late=week.late)
