"""Mornings and promises of a long time, written straight into a SQLite file as years would.

Every workday each team has its morning, on which nine of ten members check in. Each month every
member promises something, and it is kept, but for the newest ones: they are open, some overdue.
Each quarter every member is away for some days.
"""

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.bench.crowd import Crowd

FAST = ("journal_mode=DELETE", "journal_mode=OFF", "synchronous=OFF", "cache_size=-400000")
LATER = "ix_checkin_member_id"  # an index whose order is not that of time: made when all is there
BRANCH = 20  # teams

ORGANISATION = """
INSERT INTO unit (name, parent_id)
SELECT 'U' || id, 1 FROM team WHERE (id - 1) % :branch = 0 ORDER BY id;
UPDATE team SET unit_id = 2 + (id - 1) / :branch;
INSERT INTO "grant" (person_id, role, team_id, at)
SELECT id, 'leader', id, :now FROM team;
INSERT INTO "grant" (person_id, role, unit_id, at)
SELECT :teams + id - 1, 'secretary', id, :now FROM unit WHERE id > 1;
"""

MORNINGS = """
WITH RECURSIVE calendar (day) AS (
  VALUES (:first) UNION ALL SELECT date(day, '+1 day') FROM calendar WHERE day < :last
)
INSERT INTO morning (team_id, day, bite_id, due_at, closes_at, told_at, closed_at)
SELECT team.id, day, 1 + team.id % 10, day || :due, day || :closes, day || :due,
  CASE WHEN day < :last THEN day || :closes END
FROM calendar CROSS JOIN team WHERE strftime('%w', day) BETWEEN '1' AND '5' ORDER BY day, team.id;
"""

CHECKINS = """
INSERT INTO checkin (morning_id, member_id, at)
SELECT morning.id, member.id, substr(morning.due_at, 1, 17) || (10 + member.id % 50) || '.000000'
FROM morning CROSS JOIN member ON member.team_id = morning.team_id
WHERE (morning.id + member.id / :teams) % 10 > 0 ORDER BY morning.id, member.person_id;
"""

PROMISES = """
WITH RECURSIVE month (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM month WHERE n < :months)
INSERT INTO commitment (team_id, number, member_id, text, due_at, origin, state, at)
SELECT team_id, n * :size + (member.id - 1) / :teams + 1, member.id, 'P',
  datetime(:now, '-' || (:months - n) || ' months', (member.id / :teams % 9 - 3) || ' days')
    || '.000000',
  'pledge', CASE WHEN n = :months THEN 'open' ELSE 'claimed' END, :now
FROM month CROSS JOIN member ORDER BY n, member.id;
"""

LEAVES = """
WITH RECURSIVE quarter (n) AS (
  VALUES (0) UNION ALL SELECT n + 1 FROM quarter WHERE n < :months / 3
)
INSERT INTO "leave" (member_id, first, last, reason, at, by_person_id)
SELECT id, date(:last, -ago || ' days'), date(:last, (2 - ago) || ' days'),
  'leave', :now, person_id
FROM (SELECT *, n * 90 + (id + id / :teams * 11) % 80 AS ago FROM quarter CROSS JOIN member)
ORDER BY ago DESC, id;
"""


def lived(file: Path, crowd: Crowd, now: datetime, days: int) -> tuple[int, int]:
    """Let a crowd have lived so many days up to now; its mornings and its check-ins."""
    today: date = now.date()
    values = {
        "branch": BRANCH,
        "now": f"{now:%Y-%m-%d %H:%M:%S}.000000",
        "first": str(today - timedelta(days=days)),
        "last": str(today),
        "due": f" {now:%H:%M:%S}.000000",
        "closes": f" {now + timedelta(hours=2):%H:%M:%S}.000000",
        "months": days // 30,
        "teams": crowd.teams,
        "size": crowd.size,
    }
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in FAST:
            connection.execute(f"PRAGMA {pragma}")
        (index,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [LATER])
        connection.execute(f"DROP INDEX {LATER}")
        for statements in (ORGANISATION, MORNINGS, CHECKINS, PROMISES, LEAVES):
            for statement in statements.split(";")[:-1]:
                named = {name: values[name] for name in values if f":{name}" in statement}
                connection.execute(statement, named)
        connection.execute(index[0])
        counts = "SELECT (SELECT count(*) FROM morning), (SELECT count(*) FROM checkin)"
        (found,) = connection.execute(counts)
        return int(found[0]), int(found[1])
