"""What we say of a week on one page: six lines beneath the picture, and the buttons to others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from handlers.rules.calendar import DAY
from handlers.rules.weeks import Cost, cost
from handlers.taps.weeks import OwnWeekTap, WeekTap, WeekUnitsTap
from handlers.words.message import Button, Rows
from handlers.words.parts import CAPTION, short, units
from handlers.words.voice import Html, Voice
from storage.flows import Flow
from storage.reviews import Missed
from storage.weeks import Attendance, Receipts, TeamWeek, Waiting

ASK, ANSWER = 60, 30  # characters of a question and of its answer
WEEK = 7 * DAY
LONGEST = 60  # characters of a title


@dataclass(frozen=True)
class Column:
    """One team, by the name that tells it apart, and its week."""

    name: str
    week: TeamWeek


@dataclass(frozen=True)
class Page:
    """A week of a team, or of several side by side, as it stood at a moment."""

    title: str
    monday: date
    zone: ZoneInfo
    at: datetime
    columns: Sequence[Column]

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.monday + WEEK - DAY

    @property
    def over(self) -> bool:
        """Whether the week was at its end."""
        return self.at.astimezone(self.zone).date() > self.last

    @property
    def several(self) -> bool:
        """Whether it is of several teams."""
        return len(self.columns) > 1

    @cached_property
    def days(self) -> dict[date, Attendance]:
        """By day with a morning: the attendance of all."""
        found: dict[date, Attendance] = {}
        for column in self.columns:
            for day, one in column.week.days.items():
                found[day] = found.get(day, Attendance()) + one
        return dict(sorted(found.items()))

    @cached_property
    def attendance(self) -> Attendance:
        """Of all days."""
        return sum(self.days.values(), start=Attendance())

    @cached_property
    def flow(self) -> Flow:
        """What came of promises, of all."""
        return sum((column.week.flow for column in self.columns), start=Flow())

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell: it is shown to whoever asks, and sent to nobody."""
        flow = self.flow
        told = self.days or flow.made or flow.due or self.receipts.expected
        return not told and self.waiting == Waiting()

    @property
    def late(self) -> int:
        """Promises of these days that are open past their date."""
        return sum(column.week.late for column in self.columns)

    @property
    def receipts(self) -> Receipts:
        """Of all."""
        found = [column.week.receipts for column in self.columns]
        return Receipts(sum(one.done for one in found), sum(one.expected for one in found))

    @cached_property
    def waiting(self) -> Waiting:
        """What waits now, of all."""
        return sum((column.week.waiting for column in self.columns), start=Waiting())

    @cached_property
    def missed(self) -> tuple[Missed, int] | None:
        """The question that was missed most often, by whichever team, and how often by all."""
        wrong: Counter[int] = Counter()
        named: dict[int, Missed] = {}
        for column in self.columns:
            for one in column.week.missed:
                wrong[one.question.id] += one.wrong
                named.setdefault(one.question.id, one)
        if not wrong:
            return None
        number = min(wrong, key=lambda one: (-wrong[one], one))
        if not self.several:  # of as many wrong answers, the fewer answers: as /missed has it
            first = self.columns[0].week.missed[0]
            return first, first.wrong
        return named[number], wrong[number]

    @cached_property
    def cost(self) -> Cost:
        """What we cost a member on average."""
        members = sum(column.week.members for column in self.columns)
        each = [
            (cost(one.week.group, one.week.private, one.week.members), one.week.members)
            for one in self.columns
        ]
        if not members:
            return Cost(0, 0)
        return Cost(
            sum(one.messages * count for one, count in each) / members,
            sum(one.minutes * count for one, count in each) / members,
        )


# -- the lines -------------------------------------------------------------------------------


def caption(voice: Voice, page: Page) -> Html:
    """Whose week, which one, and six lines; it fits beneath a picture."""
    said = [
        head(voice, page),
        attendance(voice, page),
        promises(voice, page),
        missed(voice, page),
        receipts(voice, page),
        waiting(voice, page),
        costs(voice, page.cost),
    ]
    text = Html("\n".join(said))
    if units(text) > CAPTION:  # as HTML it is longer than as it is read, so that it surely fits
        said[3] = voice("week.missed_long", wrong=page.missed[1] if page.missed else 0)
        text = Html("\n".join(said))
    return text


def head(voice: Voice, page: Page) -> Html:
    """Whose week, and which."""
    days = period(voice, page.monday)
    title = short(page.title, LONGEST)
    if page.over:
        return voice("week.head", title=title, days=days)
    local = page.at.astimezone(page.zone)
    day, at = weekday(voice, local.date()), f"{local:%H:%M}"
    return voice("week.head_until", title=title, days=days, day=day, at=at)


def period(voice: Voice, monday: date) -> str:
    """11月23日—29日."""
    return voice.plain("week.days", first=monday, last=monday + WEEK - DAY)


def weekday(voice: Voice, day: date) -> str:
    """周一."""
    return voice.plain(f"week.weekday.{day.weekday()}")


def attendance(voice: Voice, page: Page) -> Html:
    """By day: how many studied, of how many expected; who was excused apart."""
    if not page.days:
        return voice("week.no_mornings")
    days = voice.plain("format.comma").join(
        voice.plain("week.day", day=weekday(voice, day), done=one.done, expected=one.expected)
        for day, one in page.days.items()
    )
    if page.attendance.excused:
        return voice("week.attendance_excused", days=days, n=page.attendance.excused)
    return voice("week.attendance", days=days)


def promises(voice: Voice, page: Page) -> Html:
    """Made, due, kept, open past their date."""
    flow = page.flow
    if not (flow.made or flow.due):
        return voice("week.no_promises")
    return voice("week.promises", made=flow.made, due=flow.due, kept=flow.kept, late=page.late)


def missed(voice: Voice, page: Page) -> Html:
    """What was missed most often, with the right answer. It names nobody."""
    if page.missed is None:
        return voice("week.no_missed")
    found, wrong = page.missed
    question = found.question
    right = short(question.answers[question.right - 1], ANSWER)
    return voice("week.missed", ask=short(question.ask, ASK), right=right, wrong=wrong)


def receipts(voice: Voice, page: Page) -> Html:
    """How many came, of how many expected."""
    found = page.receipts
    if not found.expected:
        return voice("week.no_receipts")
    return voice("week.receipts", done=found.done, expected=found.expected)


def waiting(voice: Voice, page: Page) -> Html:
    """What needs a decision, as it stands now."""
    found = pending(voice, page.waiting)
    if not found:
        return voice("week.no_waiting")
    return voice("week.waiting", what=voice.plain("format.comma").join(found))


def pending(voice: Voice, found: Waiting) -> list[str]:
    """The matters that wait, each with how many."""
    counts = {
        "claimed": found.claimed,
        "help": found.help,
        "hard": found.hard,
        "overdue": found.overdue,
    }
    return [
        voice.plain(f"week.waits.{key}", count=count) for key, count in counts.items() if count
    ]


def costs(voice: Voice, found: Cost) -> Html:
    """What we cost each member, in messages and minutes."""
    if not found.messages:
        return voice("week.no_cost")
    return voice("week.cost", messages=rounded(found.messages), minutes=rounded(found.minutes))


def rounded(amount: float) -> str:
    """A small amount to a tenth, a larger one whole."""
    return f"{amount:.1f}".removesuffix(".0") if amount < 10 else f"{amount:.0f}"


# -- the buttons -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Ways:
    """Where buttons lead from a page: to whose other weeks, and to what else the reader has."""

    team: int = 0
    unit: int = 0
    page: int = 0
    pages: int = 1  # of teams
    newest: date = date.max  # the Monday of the last week that has begun
    own: bool = False  # they have a week of their own
    runs: bool = False  # they may say when pages come


def buttons(voice: Voice, monday: date, ways: Ways) -> Rows:
    """To the weeks before and after, to the other teams, to one's own."""

    def to(first: date, page: int) -> WeekTap:
        return WeekTap(ways.team, ways.unit, first, page)

    rows = [turning(voice, monday, ways.newest, lambda first: to(first, ways.page))]
    if ways.pages > 1:
        ends = {"announcement.before": ways.page - 1, "announcement.after": ways.page + 1}
        rows.append(
            tuple(
                Button(voice.plain(key, page=at + 1, pages=ways.pages), to(monday, at))
                for key, at in ends.items()
                if 0 <= at < ways.pages
            )
        )
    more = []
    if ways.own:
        more.append(Button(voice.plain("week.button.own"), OwnWeekTap(monday)))
    if ways.runs:
        more.append(Button(voice.plain("week.button.time"), WeekUnitsTap(0)))
    return (*rows, tuple(more)) if more else tuple(rows)


def turning(voice: Voice, monday: date, newest: date, to: object) -> tuple[Button, ...]:
    """◀ and ▶ with the days of those weeks."""
    assert callable(to)
    shown = [("week.button.before", monday - WEEK)]
    if monday < newest:
        shown.append(("week.button.after", monday + WEEK))
    return tuple(
        Button(voice.plain(key, first=first, last=first + WEEK - DAY), to(first))
        for key, first in shown
    )
