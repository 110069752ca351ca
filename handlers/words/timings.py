"""What we say of when an announcement is to be sent, and until when receipts of it count."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.rules.calendar import Calendar
from handlers.taps import Tap
from handlers.taps.announcements import (
    ChooseTap,
    DaysTap,
    DayTap,
    HoldTap,
    SendAtTap,
    SendNowTap,
    ShowTap,
    TimingTap,
    UntilAtTap,
    UntilTap,
)
from handlers.words import dates
from handlers.words.announcements import QUOTE, gist, joined, plain
from handlers.words.message import Button, Message
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.announcements import Target
from storage.kinds import Stage
from storage.tables import Announcement

LABEL = 24  # characters of an announcement on a button


def when(
    voice: Voice,
    announcement: Announcement,
    offers: Sequence[datetime],
    zone: ZoneInfo,
    now: datetime,
) -> Message:
    """When is it to be sent? One of these, or in your own words."""  # fmt: skip
    which = announcement.id
    rows = [
        (Button(voice.when(at, zone, now), SendAtTap(which, int(at.timestamp()))),)
        for at in offers
    ]
    waits = announcement.stage is Stage.SCHEDULED
    if announcement.send_at and not waits:
        rows.append((Button(voice.plain("announcement.untimed"), SendAtTap(which, 0)),))
    rows.append((Button(voice.plain("announcement.other_day"), DaysTap(which, 0)),))
    back = ShowTap(which) if waits else ChooseTap(which, 0)
    rows.append((Button(voice.plain("announcement.back"), back),))
    return Message(voice("announcement.when", gist=gist(voice, announcement)), tuple(rows))


def until(
    voice: Voice,
    announcement: Announcement,
    offers: Sequence[datetime],
    zone: ZoneInfo,
    now: datetime,
) -> Message:
    """Until when do receipts count?"""  # fmt: skip
    which = announcement.id
    rows = [
        (Button(voice.when(at, zone, now), UntilAtTap(which, int(at.timestamp()))),)
        for at in offers
    ]
    if announcement.receipts_until:
        rows.append((Button(voice.plain("announcement.no_deadline"), UntilAtTap(which, 0)),))
    rows.append((Button(voice.plain("announcement.other_day"), DaysTap(which, 1)),))
    rows.append((Button(voice.plain("announcement.back"), ChooseTap(which, 0)),))
    return Message(voice("announcement.until_when"), tuple(rows))


def which_day(
    voice: Voice, announcement: Announcement, until: int, calendar: Calendar, now: datetime
) -> Message:
    """On which day? Days off are marked."""

    def chosen(day: date) -> Tap:
        return DayTap(announcement.id, until, day)

    here, back = DaysTap(announcement.id, until), _back(announcement, until)
    rows = dates.days(voice, calendar, now, chosen, here, back)
    return Message(voice("announcement.which_day"), rows)


def which_hour(
    voice: Voice,
    announcement: Announcement,
    until: int,
    offers: Sequence[datetime],
    zone: ZoneInfo,
    resting: Sequence[str],
) -> Message:
    """At what time of that day?"""
    tap = UntilAtTap if until else SendAtTap
    buttons = [
        Button(voice.moment(at, zone), tap(announcement.id, int(at.timestamp()))) for at in offers
    ]
    rows = [tuple(buttons[at : at + 4]) for at in range(0, len(buttons), 4)]
    day = voice.day(offers[0].astimezone(zone).date()) if offers else ""
    text = voice("announcement.at_what_time", day=day)
    if resting:
        off = voice("announcement.resting", teams=joined(voice, resting, QUOTE))
        text = Html(f"{text}\n{off}")
    back = Button(voice.plain("announcement.back"), DaysTap(announcement.id, until))
    return Message(text, (*rows, (back,)))


def day_over(voice: Voice) -> str:
    """No time of that day is still to come."""
    return voice.plain("announcement.day_over")


def _back(announcement: Announcement, until: int) -> Tap:
    return UntilTap(announcement.id) if until else TimingTap(announcement.id)


def resting(voice: Voice, teams: Sequence[str]) -> str:
    """These have a day off then."""
    return voice.plain("announcement.resting", teams=plain(joined(voice, teams, QUOTE)))


def unread(voice: Voice) -> Html:
    """That is no moment we understand."""
    return voice("announcement.unread_moment")


def untimed(voice: Voice) -> Html:
    """A day, but not the time of day."""
    return voice("announcement.which_hour")


def past(voice: Voice, at: datetime, zone: ZoneInfo, now: datetime) -> Html:
    """That moment is over."""
    return voice("announcement.past_moment", at=voice.when(at, zone, now))


def too_far(voice: Voice) -> Html:
    """That is more than a year off."""
    return voice("announcement.far_moment")


def too_early(voice: Voice) -> Html:
    """Receipts would be closed before it is sent."""
    return voice("announcement.early_deadline")


def problem(said: Html) -> Message:
    """The same as a message."""
    return Message(said)


# -- what waits for its time -----------------------------------------------------------------


def scheduled(
    voice: Voice,
    announcement: Announcement,
    targets: Sequence[Target],
    zone: ZoneInfo,
    now: datetime,
    resting: Sequence[str] = (),
) -> Message:
    """It waits for its time: what can still be done about it."""
    which = announcement.id
    at = announcement.send_at or now
    parts = [voice("announcement.scheduled", at=voice.when(at, zone, now), n=len(targets))]
    if resting:
        parts.append(voice("announcement.resting", teams=joined(voice, resting, QUOTE)))
    parts.append(voice("announcement.gist", gist=gist(voice, announcement)))
    buttons = (
        (Button(voice.plain("announcement.move"), TimingTap(which)),
         Button(voice.plain("announcement.hold"), HoldTap(which))),
        (Button(voice.plain("announcement.send_now"), SendNowTap(which)),),
    )  # fmt: skip
    return Message(Html("\n".join(parts)), buttons)


def went_out(voice: Voice, announcement: Announcement) -> Message:
    """It waited for its time, and has been sent."""
    return Message(voice("announcement.went_out", gist=gist(voice, announcement)))


def waits_no_more(voice: Voice, announcement: Announcement) -> Message:
    """It waited for its time, and is a draft again."""
    return Message(voice("announcement.waits_no_more", gist=gist(voice, announcement)))


def missed(voice: Voice, announcement: Announcement, at: datetime, zone: ZoneInfo) -> Message:
    """We were not running at its time, and it was not sent late."""
    return _unsent(voice, announcement, voice("announcement.missed_time", at=_at(voice, at, zone)))


def unsent(
    voice: Voice, announcement: Announcement, at: datetime, zone: ZoneInfo, lost: Sequence[str]
) -> Message:
    """Its author lost the right to some of the teams (or all) and so it was not sent."""
    names = joined(voice, lost, QUOTE)
    why = voice("announcement.right_lost", at=_at(voice, at, zone), teams=names)
    return _unsent(voice, announcement, why)


def nobody_left(voice: Voice, announcement: Announcement, at: datetime, zone: ZoneInfo) -> Message:
    """There is no team any more that it could be sent to."""
    return _unsent(voice, announcement, voice("announcement.none_left", at=_at(voice, at, zone)))


def told(voice: Voice, author: str, message: Message) -> Message:
    """The same for the owners."""
    return Message(voice("announcement.told_owner", author=author, said=Html(message.html)))


def _unsent(voice: Voice, announcement: Announcement, why: Html) -> Message:
    text = Html(f"{why}\n{voice('announcement.gist', gist=gist(voice, announcement))}")
    look = Button(voice.plain("announcement.look_again"), ChooseTap(announcement.id, 0))
    return Message(text, ((look,),))


def _at(voice: Voice, at: datetime, zone: ZoneInfo) -> str:
    return f"{voice.day(at.astimezone(zone).date())} {voice.moment(at, zone)}"


# -- all of somebody's -----------------------------------------------------------------------


def mine(
    voice: Voice,
    waiting: Sequence[Announcement],
    begun: Sequence[Announcement],
    sent: Sequence[Announcement],
    zone: ZoneInfo,
    now: datetime,
) -> Message:
    """What waits for its time, what was begun, what was sent lately: a button for each."""
    parts = [voice("announcement.how")]
    rows = []
    if waiting:
        parts.append(voice("announcement.waiting", n=len(waiting)))
        rows += [(_row(voice, "announcement.waits", one, one.send_at or now, zone),)
                 for one in waiting]  # fmt: skip
    if begun:
        parts.append(voice("announcement.begun", n=len(begun)))
        rows += [(_row(voice, "announcement.draft", one, one.at, zone),) for one in begun]
    if sent:
        parts.append(voice("announcement.lately"))
        for one in sent:
            key = "announcement.was_back" if one.recalled_at else "announcement.was"
            rows.append((_row(voice, key, one, one.sent_at or now, zone),))
    return Message(Html("\n\n".join(parts)), tuple(rows))


def _row(
    voice: Voice, key: str, announcement: Announcement, at: datetime, zone: ZoneInfo
) -> Button:
    local = at.astimezone(zone)
    label = voice.plain(
        key,
        at=f"{local.month}/{local.day} {local:%H:%M}",
        gist=short(gist(voice, announcement), LABEL),
    )
    return Button(label, ShowTap(announcement.id))
