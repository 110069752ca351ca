"""Deliberate breakages, each of which some test must notice.

A proof that nothing can fail proves nothing. Every mutant is a small change to a copy of the
tree, of the kind that is easily made by accident; the test that guards against it is run on it,
and must fail. `python -m tests.faults mutants` prints the table.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("bot", "handlers", "schedules", "storage", "tests", "pyproject.toml", "docs")
PATIENCE = 300.0

Change = tuple[str, str, str]  # a file, what stands there once, and what is put in its place


@dataclass(frozen=True)
class Mutant:
    """A breakage in words, the changes that make it, and the test that must fail."""

    name: str
    test: str
    changes: tuple[Change, ...]


def _mutant(name: str, test: str, *changes: Change) -> Mutant:
    return Mutant(name, test, changes)


WEEK = "tests/simulation/test_days.py::test_days_in_which_everything_goes_wrong_lose_nothing"
SHORT = "tests/faults/test_short.py::test_a_promise_holds_when_things_go_wrong"
OUTBOX = "tests/integration/test_outbox.py::test_"
MORNING = "tests/integration/test_morning.py::test_"
DATABASE = "tests/integration/test_database.py::test_"
DOUBT = "tests/wire/test_in_doubt.py::test_"
REACHING = "tests/wire/test_reaching_us.py::test_"
TABLES, FIRST_STEP = "storage/tables.py", "storage/migrations/versions/0001_begin.py"

MUTANTS = (
    # -- what comes in
    _mutant(
        "updates are confirmed to Telegram before they are kept",
        WEEK,
        (
            "bot/intake.py",
            "        await self.keep(sound)\n",
            "        loop = asyncio.get_running_loop()\n"
            "        loop.call_later(1, lambda: loop.create_task(self.keep(sound)))\n",
        ),
    ),
    _mutant(
        "an update is marked as handled in a transaction of its own",
        REACHING + "what_a_handler_did_is_undone_where_its_update_cannot_be_marked",
        (
            "bot/updates.py",
            "                await inbox.done(session, done)\n",
            "            async with self._database.begin() as session:\n"
            "                await inbox.done(session, done)\n",
        ),
    ),
    _mutant(
        "one update that cannot be read holds up the rest",
        REACHING + "an_update_that_cannot_be_read_is_set_aside_and_holds_nobody_up",
        (
            "bot/updates.py",
            "            await inbox.set_aside("
            "session, row.update_id, _reason(fault), self._clock())\n"
            "            return []\n",
            "            raise\n",
        ),
    ),
    _mutant(
        "an update's chat may have any number for an id",
        "tests/integration/test_intake.py"
        "::test_a_chat_of_no_sensible_number_is_kept_in_a_lane_of_its_own",
        (
            "bot/intake.py",
            "return found if isinstance(found, int) and abs(found) < BIG else 0",
            "return found if isinstance(found, int) else 0",
        ),
    ),
    _mutant(
        "a handler may take as long as it likes",
        REACHING + "a_handler_that_hangs_or_fails_keeps_no_other_waiting",
        ("bot/updates.py", "PATIENCE = 0.8  #", "PATIENCE = 800  #"),
    ),
    _mutant(
        "an update that failed does not hold back those behind it in its lane",
        "tests/integration/test_inbox.py::test_one_that_failed_holds_back_its_lane_and_no_other",
        (
            "storage/inbox.py",
            "        or_(held.c.first.is_(None), col(Incoming.update_id) < held.c.first),\n",
            "",
        ),
    ),
    _mutant(
        "whoever knows the address may speak as Telegram",
        "tests/wire/test_webhook.py::test_what_telegram_did_not_send_leaves_nothing_behind",
        (
            "bot/web/pages.py",
            "if not hmac.compare_digest(given.encode(), secret.encode()):",
            "if not secret:",
        ),
    ),
    # -- what goes out
    _mutant(
        "what was on its way at a crash is not looked after",
        "tests/wire/test_a_restart.py::test_a_card_that_had_not_left_as_the_bot_died_comes_once",
        ("bot/delivery.py", "await carriage.orphans(session, self._flying)", "0"),
    ),
    _mutant(
        "a message whose answer was lost counts as not sent",
        WEEK,
        (
            "bot/delivery.py",
            "                await self._settle(outgoing, Delivery.UNKNOWN, error=str(outcome))\n",
            "                await self._wait(outgoing, str(outcome), timedelta())\n",
        ),
    ),
    _mutant(
        "a connection that broke after the call had left counts as none",
        "tests/integration/test_transport.py"
        "::test_once_there_is_a_connection_nobody_knows_what_arrived",
        (
            "bot/transport.py",
            "        raise httpx.ReadError(str(fault)) from fault\n",
            "        raise httpx.ConnectError(str(fault)) from fault\n",
        ),
    ),
    _mutant(
        "an error of Telegram's own counts as a refusal",
        "tests/unit/test_line.py::test_an_answer_that_says_nothing_leaves_it_open",
        ("bot/line.py", "    if code >= 500:\n", "    if code >= 900:\n"),
    ),
    _mutant(
        "what is in doubt is sent again as often as it takes",
        OUTBOX + "what_was_on_its_way_at_a_crash_is_sent_once_more_then_left_to_a_person",
        (
            "storage/doubts.py",
            "        .where(*unknown, col(Outgoing.resent))\n",
            "        .where(*unknown, col(Outgoing.attempts) > 9)\n",
        ),
    ),
    _mutant(
        "the probe takes any message with the same buttons for the one",
        DOUBT + "another_message_on_which_a_try_was_cut_off_is_not_taken_for_the_card",
        (
            "bot/probe.py",
            "if says(_words(found), outgoing.params):",
            "if True:",
        ),
    ),
    _mutant(
        "the probe gives up at once",
        "tests/simulation/test_days.py"
        "::test_with_the_probe_they_double_nothing_that_it_can_look_for",
        ("bot/probe.py", "WIDTH = 60  #", "WIDTH = 1  #"),
    ),
    _mutant(
        "two messages of ours may be on their way in one chat",
        OUTBOX + "the_database_itself_refuses_a_second_message_in_flight",
        (
            TABLES,
            'Index("one_in_flight", "chat_id", unique=True,',
            'Index("one_in_flight", "chat_id",',
        ),
    ),
    _mutant(
        "a message may be owed twice under one key",
        OUTBOX + "what_has_a_key_is_owed_once",
        (TABLES, "    key: str = Field(unique=True)  # what it is", "    key: str  # what it is"),
    ),
    _mutant(
        "what comes too late is sent nevertheless",
        OUTBOX + "what_comes_too_late_is_not_sent",
        (
            "storage/carriage.py",
            '{"now": now})).scalars()',
            '{"now": now - timedelta(days=9)})).scalars()',
        ),
    ),
    _mutant(
        "a message is edited as often as it changes",
        OUTBOX + "many_changes_are_one_edit_in_five_seconds",
        ("storage/outbox.py", "EDIT_EVERY = timedelta(seconds=5)", "EDIT_EVERY = timedelta()"),
    ),
    _mutant(
        "one chat that Telegram shut shuts all",
        "tests/unit/test_pacing.py",
        ("bot/pacing.py", "FLOOD = 3  #", "FLOOD = 1  #"),
    ),
    _mutant(
        "pushes go before answers to people",
        "tests/unit/test_pacing.py",
        ("bot/pacing.py", "min(priority, URGENT + 1)", "URGENT"),
    ),
    # -- what is due
    _mutant(
        "two who look at the clock both do what is due",
        "tests/integration/test_runner.py",
        (
            "schedules/runner.py",
            "if one.subject in free]",
            "if one.subject in free or True]",
        ),
    ),
    _mutant(
        "a card may be sent hours late",
        MORNING + "a_card_that_comes_too_late_is_recorded_and_not_sent",
        (
            "handlers/outlooks.py",
            "CATCH_UP = timedelta(hours=2)",
            "CATCH_UP = timedelta(hours=20)",
        ),
    ),
    _mutant(
        "a time that comes twice counts the second time",
        "tests/unit/test_occurrences.py",
        (
            "handlers/rules/occurrences.py",
            "at.replace(tzinfo=None, fold=0))\n    late",
            "at.replace(tzinfo=None, fold=1))\n    late",
        ),
    ),
    _mutant(
        "what waits for moments waits for as long as the clock was set back",
        "tests/integration/test_setbacks.py",
        ("storage/setbacks.py", "FAR = timedelta(minutes=5)", "FAR = timedelta(days=5)"),
    ),
    # -- what is remembered
    _mutant(
        "a member may check in twice on one morning",
        SHORT + "[D2]",
        (
            TABLES,
            '    __table_args__ = (UniqueConstraint("morning_id", "member_id"),)\n',
            "",
        ),
        (
            FIRST_STEP,
            "        sa.UniqueConstraint(\n"
            '            "morning_id", "member_id", name=op.f("uq_checkin_morning_id_member_id")\n'
            "        ),\n",
            "",
        ),
    ),
    _mutant(
        "a transaction takes the write lock only when it writes",
        "tests/faults/test_units.py",
        ("storage/sqlite.py", '"BEGIN IMMEDIATE"', '"BEGIN"'),
    ),
    _mutant(
        "a commit does not wait for the disk",
        DATABASE + "sqlite_keeps_what_it_was_told_through_a_power_cut",
        ("storage/database.py", '"synchronous=FULL"', '"synchronous=NORMAL"'),
    ),
    _mutant(
        "a second program may run on the same file",
        DATABASE + "a_second_program_on_one_file_is_refused_in_a_sentence",
        ("storage/database.py", "fcntl.LOCK_EX | fcntl.LOCK_NB", "fcntl.LOCK_SH | fcntl.LOCK_NB"),
    ),
    _mutant(
        "a database that is restored says what it owed when it was copied",
        "tests/wire/test_backup_at_work.py::test_yesterdays_copy_says_nothing_of_yesterday",
        (
            "storage/copies.py",
            "WHERE state IN ('pending', 'sending', 'unknown', 'held') AND NOT repeatable",
            "WHERE state = 'nothing'",
        ),
    ),
    # -- who may do what, and what nobody may see
    _mutant(
        "rights are not asked for at a press",
        "tests/wire/test_rights.py",
        (
            "handlers/routes.py",
            "        if refusal := await self._refusal(request, route.needs):\n"
            "            if self._new",
            "        if refusal := '':\n            if self._new",
        ),
    ),
    # -- packs and files
    _mutant(
        "a pack that two have read is answered for twice",
        "tests/integration/test_sent_packs.py::test_two_that_read_the_same_file_answer_once",
        (
            "storage/sentpacks.py",
            "SentPack.id == sent_id, SentPack.stage == PackStage.WAITING)",
            "SentPack.id == sent_id)",
        ),
        (
            "handlers/sentpacks.py",
            'key = f"sentpack:{row.id}"',
            'key = f"sentpack:{row.id}:{id(session)}"',
        ),
    ),
    _mutant(
        "looking at what an import would do does it",
        "tests/integration/test_sent_packs.py",
        (
            "handlers/sentpacks.py",
            "        await trial.rollback()\n",
            "        await trial.commit()\n",
        ),
    ),
    _mutant(
        "a file is fetched however large it is said to be",
        "tests/wire/test_a_pack_by_chat.py::test_a_file_too_large_is_refused_before_it_is_fetched",
        ("handlers/sentpacks.py", "if attached.size > LIMITS[kind]:", "if False:"),
    ),
    _mutant(
        "a card whose picture is refused is not sent",
        "tests/wire/test_bite_media.py::test_what_telegram_refuses_costs_no_team_its_card",
        ("bot/delivery.py", "if refusal.code not in {400, 413} or", "if True or"),
    ),
    _mutant(
        "every chat uploads a file anew",
        "tests/integration/test_freight.py",
        ("bot/freight.py", "            await self._arrived(load, result)\n", ""),
    ),
    _mutant(
        "whoever speaks as the group counts as a person",
        "tests/wire/test_who_speaks.py",
        ("bot/updates.py", "        if message.sender_chat is not None:\n", "        if False:\n"),
    ),
    _mutant(
        "the token stands in the log",
        "tests/unit/test_logs.py",
        ("bot/logs.py", "return clean(super().format(record))", "return super().format(record)"),
    ),
)


def main() -> bool:
    """Break a copy of the tree in every way; whether all was noticed. Prints the table."""
    with tempfile.TemporaryDirectory(prefix="zaohui-mutants-") as folder:
        at = Path(folder)
        for part in PARTS:
            _copy(ROOT / part, at / part)
        tests = sorted({mutant.test for mutant in MUTANTS})
        if found := _run(at, *tests):
            sys.stdout.write(f"FAIL mutants: the tests fail without any\n{found}\n")
            return False
        noticed = [_noticed(at, mutant) for mutant in MUTANTS]  # all of them, whatever is found
        return all(noticed)


def _noticed(at: Path, mutant: Mutant) -> bool:
    whole = {name: (at / name).read_text() for name, _, _ in mutant.changes}
    for name, old, new in mutant.changes:
        if whole[name].count(old) != 1:
            return _say(mutant, "STALE: its place is gone")
        (at / name).write_text(whole[name].replace(old, new))
    found = _run(at, mutant.test)
    for name, text in whole.items():
        (at / name).write_text(text)
    failed = next((line for line in found.splitlines() if line.startswith("FAILED")), "")
    if not failed:
        return _say(mutant, "NOT NOTICED" if not found else f"NO VERDICT: {found[-500:]}")
    return _say(mutant, "", failed.split(" ")[1])


def _say(mutant: Mutant, wrong: str, test: str = "") -> bool:
    mark = "FAIL" if wrong else "ok  "
    sys.stdout.write(f"{mark} mutant: {mutant.name} → {wrong or test}\n")
    sys.stdout.flush()
    return not wrong


def _run(at: Path, *tests: str) -> str:
    """What pytest says; nothing if all is well."""
    environment = {**os.environ, "PYTHONPATH": str(at), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-rf",
        "--tb=no",
        "-p",
        "no:cacheprovider",
    ]
    try:
        done = subprocess.run(
            [*command, *tests],
            cwd=at,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE * len(tests),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "FAILED (it never ended)"
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _copy(whence: Path, to: Path) -> None:
    if whence.is_dir():
        shutil.copytree(whence, to, ignore=shutil.ignore_patterns("__pycache__", "*.db*"))
    elif whence.is_file():
        shutil.copy(whence, to)
