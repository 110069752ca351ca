"""What we say of the packs that a team walks: which, in which order, and which it could."""

from collections.abc import Sequence

from handlers.taps.plans import CoursesTap, CourseTap, PlanWeekTap, Wish
from handlers.words.message import Button, Message
from handlers.words.pages import paged
from handlers.words.parts import short
from handlers.words.voice import Html, Voice
from storage.packs import Stock
from storage.tables import Team

TITLE = 24  # characters of a pack's title on a button


def courses(
    voice: Voice,
    team: Team,
    walked: Sequence[str],
    found: Sequence[Stock],
    page: int,
    *,
    by_weekday: bool,
) -> Message:
    """The packs of a plan in their order, and a button for each pack that there is.

    by_weekday  the plan has other packs for some weekdays, which are not changed here
    """
    known = {one.pack.slug: one for one in found}
    lines = [voice("course.head", team=team.name)]
    for number, slug in enumerate(walked, start=1):
        if slug in known:
            one = known[slug]
            lines.append(voice("course.line", number=number, title=one.pack.title, n=one.bites))
    lines.append(voice("course.how"))
    if by_weekday:
        lines.append(voice("course.by_weekday"))
    taps = [_choice(voice, team.id, one, walked, page) for one in found]
    rows = paged(voice, taps, page, lambda to: CoursesTap(team.id, to), wide=True)
    back = Button(voice.plain("plan.back"), PlanWeekTap(team.id))
    return Message(Html("\n".join(lines)), (*rows, (back,)))


def walks(voice: Voice, title: str, *, walked: bool) -> str:
    """It is in the plan now, or is not."""
    return voice.plain("course.with" if walked else "course.without", title=title)


def last(voice: Voice) -> str:
    """A plan has at least one pack."""
    return voice.plain("course.last")


def too_many(voice: Voice, most: int) -> str:
    """A plan has only so many."""
    return voice.plain("course.too_many", most=most)


def _choice(
    voice: Voice, team_id: int, one: Stock, walked: Sequence[str], page: int
) -> tuple[str, CourseTap]:
    chosen = one.pack.slug in walked
    wish = Wish.WITHOUT if chosen else Wish.WITH
    key = "course.chosen" if chosen else "course.offered"
    label = voice.plain(key, title=short(one.pack.title, TITLE))
    return label, CourseTap(team_id, one.pack.id, wish, page)
