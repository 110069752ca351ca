import json
import logging
from collections.abc import Iterator

import pytest
from structlog.contextvars import bound_contextvars

from bot import logs

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
