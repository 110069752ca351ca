"""What we say while somebody chooses whom an announcement is for, and on which terms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.taps import Tap
from handlers.taps.announcements import (
    AskReceiptTap,
    ChooseTap,
    DropTap,
    ForgetListTap,
    ListsTap,
    NeverMindTap,
    PickListTap,
    PickTagTap,
    PinTap,
    PreviewTap,
    SaveListTap,
    SilentTap,
    TagsTap,
    TimingTap,
    UntilTap,
)
from handlers.words.announcements import QUOTE, gist, joined, plain
from handlers.words.message import Button, Message
from handlers.words.parts import short
from handlers.words.voice import Voice
from storage.audiences import number
from storage.tables import Announcement, Recipients

PAGE = 8  # choices
TAGS = 30  # at most, on one page
LABEL = 24  # characters of a tag or of a list's name on a button


@dataclass(frozen=True)
class Choice:
    """A team, or a unit with all its teams, that an announcement can be for."""

    tap: Tap
    name: str
    on: bool
    whole: bool = False  # a unit


def choice(
    voice: Voice,
    announcement: Announcement,
    choices: Sequence[Choice],
    page: int,
    teams: int,
    zone: ZoneInfo,
) -> Message:
    """To whom? `teams`: how many are chosen so far."""
    last = max(0, (len(choices) - 1) // PAGE)
    page = min(max(page, 0), last)
    shown = choices[page * PAGE : (page + 1) * PAGE]
    units = [(_choice(voice, unit),) for unit in shown if unit.whole]
    pairs = [_choice(voice, team) for team in shown if not team.whole]
    rows: list[tuple[Button, ...]] = [*units, *_by_two(pairs)]
    if last:
        rows.append(_pages(voice, announcement.id, page, last))
    rows += _options(voice, announcement, zone)
    rows.append(
        (
            Button(voice.plain("announcement.preview"), PreviewTap(announcement.id)),
            Button(voice.plain("announcement.cancel"), DropTap(announcement.id)),
        )
    )
    text = voice("announcement.choice", gist=gist(voice, announcement), n=teams)
    return Message(text, tuple(rows))


def _options(voice: Voice, announcement: Announcement, zone: ZoneInfo) -> list[tuple[Button, ...]]:
    which, asks = announcement.id, announcement.wants_receipt
    tags = voice.plain("announcement.tags")
    rows = [
        (
            Button(_ticked(voice, tags, on=bool(announcement.tags)), TagsTap(which)),
            Button(voice.plain("announcement.lists"), ListsTap(which)),
        ),
        (
            Button(_ticked(voice, voice.plain("announcement.with_receipt"), on=asks),
                   AskReceiptTap(which)),
            Button(_ticked(voice, voice.plain("announcement.pins"), on=announcement.pins),
                   PinTap(which)),
            Button(_ticked(voice, voice.plain("announcement.silently"), on=announcement.silent),
                   SilentTap(which)),
        ),
    ]  # fmt: skip
    timing = _timed(voice, "announcement.timing", announcement.send_at, zone)
    until = _timed(voice, "announcement.deadline", announcement.receipts_until, zone)
    times = [Button(timing, TimingTap(which))]
    times += [Button(until, UntilTap(which))] if asks else []
    return [*rows, tuple(times)]


def _timed(voice: Voice, key: str, at: datetime | None, zone: ZoneInfo) -> str:
    """An option that is a moment: its name, or the name and when."""
    name = voice.plain(key)
    if at is None:
        return name
    local = at.astimezone(zone)
    when = f"{local.month}/{local.day} {local:%H:%M}"
    return voice.plain("announcement.chosen", name=f"{name} {when}")


def _ticked(voice: Voice, name: str, *, on: bool) -> str:
    return voice.plain("announcement.chosen", name=name) if on else name


def _choice(voice: Voice, choice: Choice) -> Button:
    name = voice.plain("announcement.unit", name=choice.name) if choice.whole else choice.name
    return Button(_ticked(voice, name, on=choice.on), choice.tap)


def _by_two(buttons: Sequence[Button]) -> list[tuple[Button, ...]]:
    return [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]


def _pages(voice: Voice, announcement_id: int, page: int, last: int) -> tuple[Button, ...]:
    """The way to the pages before and after, round the ends; with two pages, to the other."""
    turns = {"announcement.before": page - 1, "announcement.after": page + 1}
    if last == 1:
        turns.pop("announcement.before" if page == 0 else "announcement.after")
    pages = last + 1
    return tuple(
        Button(
            voice.plain(key, page=to % pages + 1, pages=pages),
            ChooseTap(announcement_id, to % pages),
        )
        for key, to in turns.items()
    )


def _back(voice: Voice, announcement_id: int) -> tuple[Button, ...]:
    return (Button(voice.plain("announcement.back"), ChooseTap(announcement_id, 0)),)


# -- by tags ---------------------------------------------------------------------------------


def tags(voice: Voice, announcement: Announcement, known: Collection[str], teams: int) -> Message:
    """Members with which tags? `teams`: how many are chosen by now."""
    on = set(announcement.tags)
    buttons = [
        Button(_ticked(voice, short(tag, LABEL), on=tag in on),
               PickTagTap(announcement.id, number(tag)))
        for tag in list(known)[:TAGS]
    ]  # fmt: skip
    text = voice("announcement.choose_tags", n=teams)
    return Message(text, (*_by_two(buttons), _back(voice, announcement.id)))


def no_tags(voice: Voice) -> str:
    """No member of yours has a tag."""
    return voice.plain("announcement.no_tags")


# -- saved lists -----------------------------------------------------------------------------


def lists(
    voice: Voice, announcement: Announcement, known: Sequence[Recipients], teams: int
) -> Message:
    """Which list? And whom you chose can be saved as one."""
    rows = [
        (
            Button(short(row.name, LABEL), PickListTap(announcement.id, row.id)),
            Button(voice.plain("announcement.forget_list"),
                   ForgetListTap(announcement.id, row.id)),
        )
        for row in known
    ]  # fmt: skip
    save = Button(voice.plain("announcement.save_list"), SaveListTap(announcement.id))
    extra = [(save,)] if teams else []
    text = voice("announcement.choose_list" if known else "announcement.no_lists", n=teams)
    return Message(text, (*rows, *extra, _back(voice, announcement.id)))


def name_it(voice: Voice, announcement: Announcement) -> Message:
    """What is the list to be called?"""
    never = Button(voice.plain("announcement.never_mind"), NeverMindTap(announcement.id))
    return Message(voice("announcement.name_list"), ((never,),))


def saved(voice: Voice, name: str, teams: int) -> Message:
    """The list is kept under that name."""
    return Message(voice("announcement.list_saved", name=name, n=teams))


def bad_name(voice: Voice, most: int) -> Message:
    """That cannot be a list's name."""
    return Message(voice("announcement.bad_list_name", most=most))


def too_many_lists(voice: Voice, most: int) -> Message:
    """No further list can be kept."""
    return Message(voice("announcement.too_many_lists", most=most))


def picked(voice: Voice, teams: int, lost: Sequence[str]) -> str:
    """The list's teams are chosen; those that are not yours any more are left out."""
    if lost:
        names = plain(joined(voice, lost, QUOTE))
        return voice.plain("announcement.list_without", n=teams, teams=names)
    return voice.plain("announcement.list_picked", n=teams)
