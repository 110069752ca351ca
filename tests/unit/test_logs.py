import json
import logging
from collections.abc import Iterator

import pytest
from structlog.contextvars import bound_contextvars

from bot import logs
from bot.redaction import muted, wordless

CANARY = "123456789:AAcanaryCANARYcanaryCANARYcanaryCANARY"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], level = before
    root.setLevel(level)


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_line_ever_holds_the_token(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.start(form, "debug")
    log = logging.getLogger("bot.test")
    log.info("POST http://api/bot%s/getMe", CANARY)
    log.info("in the message itself: %s", f"bot{CANARY}")
    try:
        raise RuntimeError(f"http://api/bot{CANARY}/getMe")
    except RuntimeError:
        log.exception("failed with %r", {"url": f"/file/bot{CANARY}/x"})
    said = capsys.readouterr().err
    assert "getMe" in said
    assert "canary" not in said


def test_for_collectors_each_line_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("json", "info")
    logging.getLogger("bot.test").warning("第%d次", 2)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["logger"]) == ("第2次", "warning", "bot.test")


def test_a_line_says_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("json", "info")
    with bound_contextvars(update=7, job="morning"):
        logging.getLogger("bot.test").info("within")
    logging.getLogger("bot.test").info("after")
    within, after = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (within["update"], within["job"]) == (7, "morning")
    assert not {"update", "job"} & set(after)


@pytest.mark.parametrize("form", ["console", "json"])
def test_an_error_is_told_without_the_words_that_it_met(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.start(form, "debug")
    log = logging.getLogger("bot.test")
    name, words = "张三", "完成3号泵检修"
    try:
        try:
            int(name)
        except ValueError as fault:
            raise KeyError(words) from fault
    except KeyError as fault:
        log.exception("update 7 was not handled")
        log.error("again", exc_info=fault)
        log.warning("and again", exc_info=True)
    said = capsys.readouterr().err
    assert "张三" not in said
    assert "3号泵" not in said
    for part in ("KeyError", "ValueError", "withheld", "test_logs", "update 7 was not handled"):
        assert part in said


@pytest.mark.parametrize("form", ["console", "json"])
def test_what_the_machine_says_is_told(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.start(form, "debug")
    try:
        raise OSError(28, "No space left on device", "data/zaohui.db")
    except OSError:
        logging.getLogger("bot.test").exception("it failed")
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "withheld" not in said


def test_what_postgresql_quotes_of_a_row_is_left_out() -> None:
    class Violation(Exception):
        __module__ = "psycopg.errors"

    fault = Violation('duplicate key violates "uq_x"\nDETAIL:  Key (name)=(张三) already exists.')
    assert str(muted(fault)) == 'duplicate key violates "uq_x"'


def test_what_telegram_quotes_of_a_message_is_left_out() -> None:
    said = wordless('400 Bad Request: unsupported start tag "张三" at byte offset 7')
    assert said == '400 Bad Request: unsupported start tag "…" at byte offset 7'


def test_errors_that_turn_in_a_circle_end() -> None:
    one, two = ValueError("张三"), KeyError("李四")
    one.__context__, two.__context__ = two, one
    assert "张三" not in str(muted(one))
