"""What becomes of a call, by its cause: carried out, certainly not, or nobody knows."""

import asyncio

import httpx
import pytest

from bot.line import (
    READ_SECONDS,
    UPLOAD_RATE,
    Failure,
    Line,
    Lost,
    NotSent,
    Part,
    Refused,
    TooBig,
)
from bot.transport import TooLong

REQUEST = httpx.Request("POST", "http://127.0.0.1/")


def line(answer: httpx.Response | Exception) -> Line:
    def respond(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Line("1:x", "http://127.0.0.1", lambda: httpx.MockTransport(respond))


async def fate(answer: httpx.Response | Exception) -> Failure:
    with pytest.raises(Failure) as caught:
        await line(answer).call("sendMessage")
    return caught.value


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("x"),
        httpx.ConnectTimeout("x"),
        httpx.PoolTimeout("x"),
        httpx.ProxyError("x"),
        httpx.UnsupportedProtocol("x"),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_what_never_left_may_be_sent_again(fault: Exception) -> None:
    assert type(await fate(fault)) is NotSent


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ReadTimeout("x"),
        httpx.ReadError("x"),
        httpx.WriteTimeout("x"),
        httpx.WriteError("x"),
        httpx.RemoteProtocolError("x"),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_what_left_without_an_answer_may_have_arrived(fault: Exception) -> None:
    assert type(await fate(fault)) is Lost


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="<html>Bad Gateway</html>"),
        httpx.Response(200, text='{"ok":true,"resu'),
        httpx.Response(200, text='{"ok":true}'),
        httpx.Response(200, text='{"ok":true,"result":NaN}'),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(500, json={"ok": False, "error_code": 500, "description": "x"}),
    ],
    ids=["502", "half", "no result", "no number", "too deep", "500"],
)
async def test_an_answer_that_says_nothing_leaves_it_open(answer: httpx.Response) -> None:
    assert type(await fate(answer)) is Lost


async def test_a_refusal_says_why_and_for_how_long() -> None:
    body = {"ok": False, "error_code": 429, "description": "Too Many", "parameters": {}}
    refusal = await fate(httpx.Response(429, json=body | {"parameters": {"retry_after": 7}}))
    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.retry_after) == (429, 7)
    refusal = await fate(httpx.Response(429, text="<html>slow down</html>"))
    assert isinstance(refusal, Refused), "something before the Bot API refused it"
    assert (refusal.code, refusal.retry_after) == (429, 1)


class Hanging(httpx.AsyncBaseTransport):
    """An answer comes once it is let go; `closed` tells whether this hung up."""

    def __init__(self) -> None:
        self.called, self.let_go, self.closed = asyncio.Event(), asyncio.Event(), False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.called.set()
        await self.let_go.wait()
        return httpx.Response(200, json={"ok": True, "result": str(request.url)})

    async def aclose(self) -> None:
        self.closed = True


async def test_dialling_anew_leaves_calls_on_their_way_alone() -> None:
    old, new = dialled = Hanging(), Hanging()
    dials = iter(dialled)
    called = Line("1:x", "http://127.0.0.1", lambda: next(dials))
    calling = asyncio.create_task(called.call("getMe"))
    await old.called.wait()
    await called.renew()
    assert not old.closed
    new.let_go.set()
    assert await called.call("logOut") == "http://127.0.0.1/bot1:x/logOut"
    old.let_go.set()
    assert await calling == "http://127.0.0.1/bot1:x/getMe"
    assert (old.closed, new.closed) == (True, False)
    await called.close()
    assert new.closed


async def test_a_file_goes_along_in_a_form_and_is_waited_for_by_its_size() -> None:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"ok": True, "result": 1})

    called = Line("1:x", "http://127.0.0.1", lambda: httpx.MockTransport(respond))
    params = {"chat_id": -5, "caption": "看", "reply_markup": {"inline_keyboard": []}}
    part = Part("规程.pdf", b"%PDF" + b"\0" * UPLOAD_RATE * 30)
    assert await called.upload("sendDocument", params, {"document": part}) == 1
    (request,) = seen
    assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    for piece in ('name="chat_id"\r\n\r\n-5', '{"inline_keyboard": []}', "看", "规程.pdf"):
        assert piece.encode() in request.content
    assert request.extensions["timeout"]["read"] > READ_SECONDS + 30


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (httpx.Response(413, text="<html>nginx</html>"), Refused),
        (httpx.Response(502, text="<html>"), Lost),
        (httpx.Response(404, json={"ok": False, "error_code": 404, "description": "x"}), Refused),
        (httpx.ConnectError("x"), NotSent),
        (TooLong(), TooBig),
    ],
)
async def test_a_file_that_cannot_be_had_says_why(
    answer: httpx.Response | Exception, fault: type[Failure]
) -> None:
    with pytest.raises(fault):
        await line(answer).fetch("documents/a.yaml", 100)


async def test_a_file_is_what_it_is() -> None:
    data = b'{"ok":false}'
    assert await line(httpx.Response(200, content=data)).fetch("documents/a.yaml", 100) == data
