"""What went wrong on a real wire, by whether the call may have been carried out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.transport import Transport

HOST = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
Deed = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def telegram(deed: Deed) -> AsyncIterator[str]:
    """A server that does the same to everybody who connects; its address."""
    over = asyncio.Event()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await deed(reader, writer)
            await over.wait()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(met, HOST, 0) as server:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}/"
        over.set()


@asynccontextmanager
async def caller(connections: int = 4) -> AsyncIterator[Callable[..., Awaitable[bytes]]]:
    transport = Transport(connections)

    async def call(address: str, read: float = 5.0, pool: float = 5.0) -> bytes:
        wait = {"connect": 5.0, "read": read, "pool": pool}
        request = httpx.Request("POST", address, content=b"{}", extensions={"timeout": wait})
        return (await transport.handle_async_request(request)).content

    try:
        yield call
    finally:
        await transport.aclose()


async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readuntil(b"{}"):
        writer.write(OK)


async def answers_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"{}")
    writer.write(OK)
    await writer.drain()
    raise ConnectionError


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    raise ConnectionError


async def hears_and_hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"{}")
    raise ConnectionError


async def answers_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"{}")
    writer.write(HALF)
    await writer.drain()
    raise ConnectionError


async def talks_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"{}")
    writer.write(b"what?\r\n\r\n")


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"{}")


async def test_calls_are_answered_one_after_the_other_and_side_by_side() -> None:
    async with telegram(answers) as address, caller() as call:
        assert await call(address) == b"ok"
        assert await asyncio.gather(*(call(address) for _ in range(20))) == [b"ok"] * 20


async def test_a_connection_that_was_closed_meanwhile_is_not_used_again() -> None:
    async with telegram(answers_once) as address, caller() as call:
        assert [await call(address) for _ in range(3)] == [b"ok"] * 3


@pytest.mark.parametrize("deed", [hangs_up, hears_and_hangs_up, answers_half, talks_nonsense])
async def test_once_there_is_a_connection_nobody_knows_what_arrived(deed: Deed) -> None:
    async with telegram(deed) as address, caller() as call:
        with pytest.raises(httpx.ReadError):
            await call(address)


async def test_an_answer_that_takes_too_long_leaves_it_open() -> None:
    async with telegram(says_nothing) as address, caller() as call:
        with pytest.raises(httpx.ReadTimeout):
            await call(address, read=0.05)


async def test_where_nobody_listens_nothing_arrived() -> None:
    async with telegram(answers) as address:
        pass
    async with caller() as call:
        with pytest.raises(httpx.ConnectError):
            await call(address)


async def test_a_name_that_nobody_knows_is_no_connection() -> None:
    async with caller() as call:
        with pytest.raises(httpx.ConnectError):
            await call("http://telegram.invalid/")


async def test_a_call_that_found_no_free_connection_never_left() -> None:
    heard = asyncio.Event()

    async def hears(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        heard.set()

    async with telegram(hears) as address, caller(connections=1) as call:
        first = asyncio.ensure_future(call(address))
        await heard.wait()
        with pytest.raises(httpx.ConnectTimeout):
            await call(address, pool=0.05)
        first.cancel()
        await asyncio.wait([first])


async def test_a_proxy_that_is_not_there_lets_nothing_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with telegram(answers) as nobody:
        pass
    monkeypatch.setenv("http_proxy", nobody)
    async with telegram(answers) as address, caller() as call:
        with pytest.raises(httpx.ProxyError):
            await call(address)
