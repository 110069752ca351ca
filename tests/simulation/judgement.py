"""Judges simulated days: everything that was owed or done, and what became of it."""

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handlers.words import deliveries
from handlers.words.voice import Voice
from tests.faults import checker
from tests.simulation.teams import TEAMS, group, morning_of
from tests.simulation.telegram import ROAD

if TYPE_CHECKING:
    from tests.simulation.weeks import Week

STEADY = 145.0  # seconds of being there in which a tap, which lives for 150, must be taken
TABLES = ("outgoing", "incoming", "checkin", "commitment", "slot", "morning")
AGAIN = deliveries.again(Voice("zh"))

Row = tuple[Any, ...]
Spells = Sequence[tuple[float, bool]]


def judge(week: "Week") -> None:
    """Put it into the verdict, and the end into the history."""
    connection = sqlite3.connect(week.file)

    def ask(query: str) -> list[Row]:
        return connection.execute(query).fetchall()

    _cards(week, ask)
    _posts(week, ask)
    _updates(week, ask)
    left = ask("SELECT key, state FROM outgoing WHERE state IN ('pending', 'sending', 'unknown')")
    week.verdict.stuck += [f"{key} ({state})" for key, state in left]
    week.verdict.figures |= {
        "days": week.days,
        "crashes": week.crashes,
        "clock jumps": week.jumps,
        "messages": ask("SELECT count(*) FROM outgoing WHERE NOT repeatable")[0][0],
        "in doubt, found": ask(
            "SELECT count(*) FROM outgoing WHERE state = 'sent' AND NOT repeatable AND NOT resent "
            "AND julianday(substr(done_at, 1, 19)) - julianday(substr(tried_at, 1, 19)) > 0.001"
        )[0][0],
        "in doubt, sent again": ask("SELECT count(*) FROM outgoing WHERE resent")[0][0],
    }
    for table in TABLES:
        week.telegram.note(table, ask(f"SELECT * FROM {table} ORDER BY 1, 2"))
    connection.close()


def _cards(week: "Week", ask: Any) -> None:
    shown = [
        (chat.id, message.id, morning)
        for chat in week.world.chats.values()
        for message in chat.messages.values()
        if message.sender is week.world.bot and (morning := morning_of(message))
    ]
    owed = ask(
        "SELECT CAST(substr(o.key, 6) AS INTEGER), c.telegram_id, o.state, o.message_id "
        "FROM outgoing o JOIN chat c ON c.id = o.chat_id WHERE o.key LIKE 'card:%'"
    )
    days = {day for (day,) in ask("SELECT DISTINCT day FROM morning")} | {
        subject.partition(":")[2]
        for (subject,) in ask("SELECT subject FROM slot WHERE job = 'morning'")
    }
    wanted = [group(team) for team in range(TEAMS)] * len(days)
    missed = ask("SELECT subject FROM slot WHERE job = 'morning' AND state = 'missed'")
    for (subject,) in missed:
        wanted.remove(group(int(subject.partition(":")[0]) - 1))
        week.verdict.count("cards too late, and told")
    checker.cards(week.verdict, shown, owed, wanted)
    week.verdict.dup.clear()  # `_posts` looks at every message, and more closely


def _posts(week: "Week", ask: Any) -> None:
    """Everything that was owed came to stand once, or is written down as given up.

    A message that was sent again because nobody could know may stand twice: all of these without
    the probe; with it, only those that it cannot look for.
    """
    owed: dict[tuple[int, str], list[Row]] = {}
    for key, chat, text, state, resent, looked in ask(
        "SELECT o.key, c.telegram_id, json_extract(o.params, '$.text'), o.state, o.resent, "
        "json_extract(o.params, '$.reply_markup') IS NOT NULL "
        "FROM outgoing o JOIN chat c ON c.id = o.chat_id "
        "WHERE NOT o.repeatable AND json_extract(o.params, '$.text') IS NOT NULL"
    ):
        owed.setdefault((chat, text), []).append((key, state, resent, looked))
    stand: Counter[tuple[int, str]] = Counter()
    for (chat, text), count in week.telegram.posted.items():
        stand[chat, text.removeprefix(AGAIN)] += count
    for where, rows in owed.items():
        name = f"{', '.join(key for key, *_ in rows)} in {where[0]} ({rows[0][1]})"
        there = stand[where]
        if there < sum(state == "sent" for _, state, _, _ in rows):
            week.verdict.lost.append(f"{name}: {there} stand there")
        extra = there - len(rows)
        excused = sum(resent and not (looked and week.probe) for _, _, resent, looked in rows)
        week.verdict.allowed += max(min(extra, excused), 0)
        week.verdict.dup += [f"{name}: stands there {there} times"] * extra


def _updates(week: "Week", ask: Any) -> None:
    incoming = ask("SELECT update_id, state FROM incoming")
    taken = week.telegram.confirmed | {update for update, _ in incoming}
    for one in week.done:
        if one["update"] in taken:
            continue
        week.verdict.count("taps that Telegram gave up")
        if one["kind"] != "tap" or _reached(week, one["at"]):
            week.verdict.lost.append(f"{one['kind']} {one['update']}: nobody took it")
    checker.updates(
        week.verdict,
        [one for one in week.done if one["update"] in taken],
        incoming,
        ask(
            "SELECT p.telegram_id || ':' || k.morning_id FROM checkin k JOIN member m "
            "ON m.id = k.member_id JOIN person p ON p.id = m.person_id"
        ),
        ask("SELECT text FROM commitment ORDER BY id"),
    )
    week.verdict.figures["updates"] = len(week.done)


def _reached(week: "Week", at: float) -> bool:
    """Whether Telegram gave the program what it had, while the tap was among that."""
    next_answer = bisect_right(week.telegram.answered, at + ROAD[1])
    given = week.telegram.answered[next_answer : next_answer + 1]
    return _steady(week.alive, at) and bool(given) and given[0] < at + STEADY


def _steady(spells: Spells, at: float) -> bool:
    begun, ended = (bisect_right(spells, (moment, True)) for moment in (at, at + STEADY))
    return begun > 0 and all(good for _, good in spells[begun - 1 : ended])
