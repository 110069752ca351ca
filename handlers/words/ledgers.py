"""A team's ledger as an .xlsx file, ready to be printed: a sheet for each matter, a summary."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from handlers.rules.ledgers import (
    THERE,
    Attendance,
    Call,
    Outcome,
    Week,
    attendance,
    outcome,
    together,
    week,
)
from handlers.words.announcements import gist
from handlers.words.deeds import deed
from handlers.words.ledger_summaries import FIGURES, TEAM, WEEK, figures, write_summary
from handlers.words.sheets import (
    DAY,
    MOMENT,
    SHARE,
    Column,
    Row,
    Value,
    fit,
    link,
    to_be_printed,
    write,
    write_headings,
)
from handlers.words.voice import Voice
from storage.checkins import Presence
from storage.kinds import Act, Progress
from storage.ledgers import Course, Ledger, Meeting
from storage.tables import Announcement, CommitmentAct

SUPERGROUP = "-100"  # begins the id of a group whose messages have addresses
FACTS = ("finding", "standard", "partners", "result", "risk")
DONE = (Progress.CLAIMED, Progress.VERIFIED, Progress.UNVERIFIED)


class Book:
    """The file while it is written. Where it is of several teams, a column says of which."""

    def __init__(self, voice: Voice, ledgers: Sequence[Ledger], now: datetime) -> None:
        self._voice, self._now = voice, now
        self._ledgers, self._ledger = ledgers, ledgers[0]
        self._zone = ZoneInfo(self._ledger.team.timezone)
        self._several = len(ledgers) > 1
        self._names = Counter(ledger.team.name for ledger in ledgers)
        self._book = Workbook()
        self._book.remove(self._book.worksheets[0])
        self._pages: dict[str, Worksheet] = {}
        self._weeks: dict[date, Week] = {}
        self._rows: dict[str, int] = {}  # of each sheet, the last that is written

    def written(self, name: str = "") -> bytes:
        """All of it. `name`: whose it is, where it is of several teams."""
        summary = self._page("summary")
        sums: list[tuple[Value, Week]] = []
        for ledger in self._ledgers:
            self._ledger, self._zone = ledger, ZoneInfo(ledger.team.timezone)
            self._weeks = {}
            if self._several:
                self._page("weeks")
            self._mornings()
            self._checkins()
            self._commitments()
            self._announcements()
            self._receipts()
            if self._several:
                self._by_week()
            sums.append((self._team(), together(self._weeks.values())))
        weeks: list[tuple[Value, Week]] = [*sorted(self._weeks.items())]
        of, rows = (TEAM, sums) if self._several else (WEEK, weeks)
        write_summary(self._voice, summary, self._titles(name), of, rows)
        out = BytesIO()
        self._book.save(out)
        return out.getvalue()

    # -- the sheets --------------------------------------------------------------------------

    def _mornings(self) -> None:
        rows: list[Row] = []
        for one in self._ledger.meetings:
            counts = Counter(self._attended(one, person) for person in one.people)
            found = self._week(one.morning.day)
            found.attended += counts
            found.mornings += 1
            found.answers += one.answers
            found.right += one.right
            there = sum(counts[kind] for kind in THERE)
            expected = there + counts[Attendance.MISSED] + counts[Attendance.OPEN]
            rows.append(
                (
                    one.morning.day,
                    one.bite.title,
                    one.pack.title,
                    expected,
                    there,
                    counts[Attendance.ON_TIME],
                    counts[Attendance.LATE],
                    counts[Attendance.MADE_UP],
                    counts[Attendance.EXCUSED],
                    there / expected if expected else None,
                    one.answers,
                    one.right,
                )
            )
        columns = (
            ("date", 12, DAY),
            ("bite", 30, ""),
            ("pack", 24, ""),
            ("expected", 8, ""),
            ("there", 8, ""),
            ("on_time", 8, ""),
            ("late", 8, ""),
            ("made_up", 8, ""),
            ("excused", 8, ""),
            ("share", 9, SHARE),
            ("answers", 8, ""),
            ("right", 8, ""),
        )
        self._table(self._page("mornings"), columns, rows)

    def _checkins(self) -> None:
        rows = [
            (
                one.morning.day,
                person.name,
                self._said(f"attendance.{self._attended(one, person)}"),
                self._local(person.at),
                self._voice.plain(f"reason.{person.reason}") if person.reason else "",
                one.bite.title,
            )
            for one in self._ledger.meetings
            for person in one.people
        ]
        columns = (
            ("date", 12, DAY),
            ("name", 14, ""),
            ("attendance", 12, ""),
            ("at", 17, MOMENT),
            ("reason", 10, ""),
            ("bite", 34, ""),
        )
        self._table(self._page("checkins"), columns, rows)

    def _commitments(self) -> None:
        page = self._page("commitments")
        rows: list[Row] = []
        for course in self._ledger.courses:
            commitment = course.commitment
            stands = self._stands(course)
            made = course.acts[0][0].due_at if course.acts else commitment.due_at
            moved = [act for act, _ in course.acts if act.act is Act.POSTPONED]
            if self._within(commitment.at):
                self._week(self._date(commitment.at)).made += 1
            if self._within(commitment.due_at):
                found = self._week(self._date(commitment.due_at))
                found.ended[stands] += 1
                verified = stands is Outcome.KEPT and commitment.state is Progress.VERIFIED
                found.verified += verified
            rows.append(
                (
                    commitment.number,
                    course.owner.name,
                    commitment.text,
                    self._said(f"origin.{commitment.origin}"),
                    self._local(commitment.at),
                    self._local(made),
                    self._local(commitment.due_at),
                    len(moved),
                    self._said(f"outcome.{stands}"),
                    self._verified(course),
                    self._evidence(course),
                    self._history(course),
                    "\n".join(act.text for act in moved if act.text),
                    course.author,
                    *self._facts(course),
                )
            )
        columns = (
            ("number", 6, ""),
            ("owner", 9, ""),
            ("text", 28, ""),
            ("origin", 9, ""),
            ("made", 16, MOMENT),
            ("first_due", 16, MOMENT),
            ("due", 16, MOMENT),
            ("moved", 9, ""),
            ("outcome", 10, ""),
            ("verified", 10, ""),
            ("evidence", 20, ""),
            ("history", 36, ""),
            ("why_moved", 16, ""),
            ("assigned_by", 9, ""),
            *((name, 14, "") for name in FACTS),
        )
        first = self._table(page, columns, rows)
        place = {key: at for at, (key, _, _) in enumerate(columns, start=1 + self._several)}
        for number, course in enumerate(self._ledger.courses, start=first):
            if address := _address(course):
                link(page, number, place["number"], address)
                if self._evidence(course):
                    link(page, number, place["evidence"], address)

    def _gist(self, announcement: Announcement) -> str:
        said = gist(self._voice, announcement)
        if announcement.recalled_at:
            return self._voice.plain("ledger.recalled", gist=said)
        return said

    def _announcements(self) -> None:
        rows: list[Row] = []
        for one in self._ledger.notices:
            sent = one.announcement.sent_at
            asks = one.announcement.wants_receipt
            if asks and sent:
                found = self._week(self._date(sent))
                found.receipts += one.tally.done
                found.asked += one.tally.expected
            rows.append(
                (
                    self._local(sent),
                    one.author,
                    self._gist(one.announcement),
                    one.tally.expected if asks else None,
                    one.tally.done if asks else None,
                    self._joined(person.person.name for person in one.missing if person.enrolled),
                )
            )
        columns = (
            ("sent", 17, MOMENT),
            ("author", 12, ""),
            ("announcement", 50, ""),
            ("expected", 8, ""),
            ("confirmed", 8, ""),
            ("missing", 40, ""),
        )
        self._table(self._page("announcements"), columns, rows)

    def _receipts(self) -> None:
        rows = [
            (
                self._local(one.announcement.sent_at),
                gist(self._voice, one.announcement),
                name,
                self._local(at),
            )
            for one in self._ledger.notices
            for name, at in one.given
        ]
        columns = (
            ("sent", 17, MOMENT),
            ("announcement", 50, ""),
            ("name", 14, ""),
            ("at", 17, MOMENT),
        )
        self._table(self._page("receipts"), columns, rows)

    def _by_week(self) -> None:
        rows = [(monday, *figures(found)) for monday, found in sorted(self._weeks.items())]
        self._table(self._page("weeks"), (WEEK, *FIGURES), rows)

    def _titles(self, name: str) -> tuple[str, str]:
        ledger, at = self._ledgers[0], self._now.astimezone(self._zone)
        span = self._said("span", first=ledger.first, last=ledger.last, at=at)
        if self._several:
            return self._said("title_teams", unit=name, n=len(self._ledgers)), span
        return self._said("title", unit=ledger.unit, team=ledger.team.name), span

    # -- what they are made of ---------------------------------------------------------------

    def _page(self, name: str) -> Worksheet:
        if name not in self._pages:
            self._pages[name] = self._book.create_sheet(self._said(f"sheet.{name}"))
        return self._pages[name]

    def _table(self, page: Worksheet, columns: Sequence[Column], rows: Iterable[Row]) -> int:
        """Rows beneath what stands on a sheet; the number of the first."""
        if self._several:
            columns = (TEAM, *columns)
            rows = ((self._team(), *row) for row in rows)
        if page.title not in self._rows:
            write_headings(page, [self._said(f"column.{key}") for key, _, _ in columns])
            to_be_printed(page, [width for _, width, _ in columns])
        widths = [width for _, width, _ in columns]
        first = self._rows.setdefault(page.title, 1) + 1
        for number, row in enumerate(rows, start=first):
            for place, (value, (_, _, form)) in enumerate(zip(row, columns, strict=True), start=1):
                write(page, number, place, value, form)
            fit(page, number, row, widths)
            self._rows[page.title] = number
        return first

    def _attended(self, one: Meeting, person: Presence) -> Attendance:
        call = Call(one.morning.day, one.morning.closes_at, self._zone)
        excused, enrolled = person.reason is not None, person.telegram_id is not None
        return attendance(call, self._now, person.at, excused=excused, enrolled=enrolled)

    def _stands(self, course: Course) -> Outcome:
        claims = [act.at for act, _ in course.acts if act.act is Act.CLAIMED]
        state = course.commitment.state
        kept = claims[-1] if claims and state in DONE else None
        left = any(a.act is Act.LEFT and a.at > course.commitment.due_at for a, _ in course.acts)
        withdrawn = state is Progress.WITHDRAWN and not left  # it was overdue before that
        return outcome(course.commitment.due_at, self._now, kept, withdrawn=withdrawn)

    @staticmethod
    def _facts(course: Course) -> Iterable[str]:
        """What was said of what was assigned."""
        return (getattr(course.assignment, name, "") for name in FACTS)

    def _verified(self, course: Course) -> str:
        by = [name for act, name in course.acts if act.act is Act.VERIFIED]
        return by[-1] if by and course.commitment.state is Progress.VERIFIED else ""

    def _evidence(self, course: Course) -> str:
        shown = [act for act, _ in course.acts if act.act in (Act.CLAIMED, Act.SHOWN)]
        texts = [act.text for act in shown if act.text]
        kinds = Counter(act.media for act in shown if act.media)
        files = [self._said(f"media.{kind}", count=count) for kind, count in kinds.items()]
        return "\n".join([*texts, *files])

    def _history(self, course: Course) -> str:
        return "\n".join(
            self._voice.plain(
                deed(
                    act,
                    assigned=course.assignment is not None,
                    own=act.person_id == course.owner.id,
                ),
                at=f"{act.at.astimezone(self._zone):{'%m-%d %H:%M'}}",
                name=name,
                text=act.text,
                due=f"{act.due_at.astimezone(self._zone):{'%m-%d'}}" if act.due_at else "",
            )
            for act, name in course.acts
        )

    @staticmethod
    def _deed(course: Course, act: CommitmentAct) -> str:
        own = act.person_id == course.owner.id
        return deed(act, assigned=course.assignment is not None, own=own)

    def _team(self) -> str:
        """With its unit, where another has the same name."""
        name = self._ledger.team.name
        return name if self._names[name] == 1 else f"{self._ledger.unit}/{name}"

    def _joined(self, names: Iterable[str]) -> str:
        return self._said("comma").join(names)

    def _week(self, day: date) -> Week:
        return self._weeks.setdefault(week(day), Week())

    def _date(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _within(self, at: datetime) -> bool:
        return self._ledger.first <= self._date(at) <= self._ledger.last

    def _local(self, at: datetime | None) -> datetime | None:
        """As a sheet has it: without a zone, to the minute."""
        if at is None:
            return None
        local = at.astimezone(self._zone).replace(tzinfo=None)
        return local - timedelta(seconds=local.second, microseconds=local.microsecond)

    def _said(self, key: str, **values: object) -> str:
        return self._voice.plain(f"ledger.{key}", **values)


def workbook(voice: Voice, ledger: Ledger, now: datetime) -> bytes:
    """The file. Days and times are those of the team's zone."""
    return Book(voice, [ledger], now).written()


def workbook_of_teams(voice: Voice, name: str, ledgers: Sequence[Ledger], now: datetime) -> bytes:
    """One file of several teams, of a unit called `name`; times are those of each team's zone."""
    return Book(voice, ledgers, now).written(name)


def _address(course: Course) -> str:
    """Where the promise's message stands, for those who are in the group; empty: nowhere."""
    chat = str(course.chat or "")
    if not course.message or not chat.startswith(SUPERGROUP):
        return ""
    return f"https://t.me/c/{chat.removeprefix(SUPERGROUP)}/{course.message}"
