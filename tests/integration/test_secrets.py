"""The token stays with us: a canary goes through failing paths, and is heard nowhere.

Everything logs at DEBUG here, the libraries that we keep quiet included.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Update
from typer.testing import CliRunner

from bot import cli, logs
from bot.line import Failure, Line

CANARY = "123456789:AAcanaryCANARYcanaryCANARYcanaryCANARY"
BASE = f"http://127.0.0.1:1/bot{CANARY}"


@pytest.fixture(autouse=True)
def _loud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Everything is logged, as console lines, and the settings hold the canary."""
    for name in [name for name in os.environ if name.startswith("ZAOHUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZAOHUI_TOKEN", CANARY)
    monkeypatch.setenv("ZAOHUI_API_URL", "http://127.0.0.1:1")
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    for name, quiet in levels.items():
        logging.getLogger(name).setLevel(quiet)


def loud(form: str) -> None:
    logs.start(form, "debug")
    for name in logs.QUIET:
        logging.getLogger(name).setLevel(logging.DEBUG)


def walked(path: str, *said: str) -> None:
    """What was said on a failing path holds no canary."""
    for text in said:
        assert "canary" not in text.lower(), f"{path}: {text}"


# -- the network -----------------------------------------------------------------------------


def _raises(kind: type[Exception]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise kind(f"it failed for {request.url}")

    return answer


def _says(status: int, body: Any) -> Callable[[httpx.Request], httpx.Response]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx.Response(status, content=content)


def _refusal(code: int, **parameters: Any) -> Callable[[httpx.Request], httpx.Response]:
    words = f"no: {BASE}/getMe"
    body = {"ok": False, "error_code": code, "description": words, "parameters": parameters}
    return _says(code, body)


NETWORK = {
    **{
        kind.__name__: _raises(kind)
        for kind in (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.ReadTimeout,
            httpx.ReadError,
            httpx.WriteTimeout,
            httpx.WriteError,
            httpx.RemoteProtocolError,
            httpx.LocalProtocolError,
            httpx.ProxyError,
            httpx.UnsupportedProtocol,
            httpx.DecodingError,
            httpx.TooManyRedirects,
            RuntimeError,
        )
    },
    "not JSON": _says(502, f"<h1>{BASE}</h1>".encode()),
    "no object": _says(200, [CANARY]),
    "half of it": _says(200, f'{{"ok": true, "result": "{BASE}'.encode()),
    "a redirect": lambda _: httpx.Response(302, headers={"location": f"{BASE}/x"}),
    **{
        str(code): _refusal(code, retry_after=1)
        for code in (400, 401, 403, 404, 409, 413, 429, 500)
    },
}


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("path", NETWORK)
async def test_a_failing_call_does_not_tell_the_token(
    path: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    loud(form)
    line = Line(CANARY, "http://127.0.0.1:1", lambda: httpx.MockTransport(NETWORK[path]))
    try:
        await line.call("getMe")
    except (Failure, RuntimeError) as fault:
        logging.getLogger("bot.test").exception("the call failed: %s %r", fault, line)
    finally:
        await line.close()
    out, err = capsys.readouterr()
    assert "the call failed" in err
    walked(f"call: {path}", out, err)


async def test_a_real_call_to_nobody_does_not_tell_the_token(
    capsys: pytest.CaptureFixture[str],
) -> None:
    loud("console")
    line = Line(CANARY, "http://127.0.0.1:1")
    with pytest.raises(Failure) as caught:
        await line.call("getMe")
    await line.close()
    walked("call: nobody there", str(caught.value), *capsys.readouterr())


# -- what cannot be parsed -------------------------------------------------------------------

UPDATES: dict[str, dict[str, Any]] = {
    "no number": {"message": {"text": BASE}},
    "a message without a chat": {"update_id": 1, "message": {"message_id": 1, "text": BASE}},
    "a date that is a text": {
        "update_id": 1,
        "message": {"message_id": 1, "date": BASE, "chat": {"id": 1, "type": "private"}},
    },
    "a tap by nobody": {"update_id": 1, "callback_query": {"id": "1", "data": BASE}},
    "a member without a status": {
        "update_id": 1,
        "my_chat_member": {"date": 1, "old_chat_member": {"user": BASE}},
    },
}


@pytest.mark.parametrize("path", UPDATES)
def test_an_update_that_cannot_be_parsed_does_not_tell_the_token(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    loud("console")
    log = logging.getLogger("bot.test")
    try:
        Update.de_json(UPDATES[path], None)
    except Exception:
        log.exception("update was not handled: %r", UPDATES[path])
    else:
        log.error("update was not handled: %r", UPDATES[path])
    said = capsys.readouterr()
    assert "was not handled" in said.err
    walked(f"update: {path}", *said)


# -- the command line ------------------------------------------------------------------------

SETTINGS = {
    "TIMEZONE": CANARY,
    "LOCALE": CANARY,
    "API_URL": BASE,
    "DATABASE_URL": f"mysql://{CANARY}@x",
    "OWNER_IDS": CANARY,
    "CLOCK": CANARY,
    "SEND_RATE": CANARY,
    "HTTP_PORT": CANARY,
    "LOG_LEVEL": CANARY,
    "LOG_FORMAT": CANARY,
    "WEBHOOK_URL": f"ftp://{CANARY}",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_holds_the_token_by_mistake_does_not_tell_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"ZAOHUI_{name}", SETTINGS[name])
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert result.exit_code != 0
    walked(f"settings: {name}", result.output, repr(result.exception))


COMMANDS = {
    "a file of that name": ("restore", CANARY, "--yes"),
    "a pack of that name": ("pack", "check", CANARY),
    "an organisation of that name": ("org", "apply", CANARY),
    "a place that is none": ("backup", f"{CANARY}/x"),
    "a clock": ("sandbox", "--clock", CANARY),
    "a run that cannot keep its database": ("run",),
}


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_that_fails_does_not_tell_the_token(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path.startswith("a run"):
        monkeypatch.setenv("ZAOHUI_DATABASE_URL", f"sqlite:////proc/{CANARY}/zaohui.db")
    result = CliRunner().invoke(cli.app, list(COMMANDS[path]))
    assert result.exit_code != 0
    walked(f"command: {path}", result.output, repr(result.exception))


def test_a_task_that_fails_unheard_does_not_tell_the_token(
    capsys: pytest.CaptureFixture[str],
) -> None:
    loud("json")

    async def lost() -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": f"nobody waited for {BASE}", "exception": RuntimeError(BASE)}
        )

    asyncio.run(lost())
    said = capsys.readouterr()
    assert "nobody waited" in said.err
    walked("a lost task", *said)


def test_there_are_enough_failing_paths_here() -> None:
    sources = (NETWORK, UPDATES, SETTINGS, COMMANDS)
    assert sum(len(source) for source in sources) >= 48
