"""What carries httpx's calls: aiohttp's connections, which take a third of the processor's time.

What matters to us of a failure is whether the call may have been carried out, so httpx's errors
are told apart by that: what aiohttp says of a connection that was never made becomes one of the
errors of connecting, and whatever may have come after the first byte an error of reading.
"""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx

PIECE = 64 * 1024  # bytes of an answer that are read at once where there is a bound to it
KEPT = 5.0  # seconds: a connection that rested longer may be closed just when it is used again


@cache
def trust() -> ssl.SSLContext:
    """Whom we believe to be who they say they are: made once, since it reads 140 certificates."""
    return httpx.create_ssl_context()


class TooLong(Exception):
    """An answer has more bytes than whoever asked will take."""


class Transport(httpx.AsyncBaseTransport):
    """Carries calls, as many at once as are asked for, over at most `connections`."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._proxies: Mapping[str, str] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Make a call, and read its whole answer. Raises httpx.TransportError.

        With the extension `most`: not more than so many bytes of it. Raises TooLong.
        """
        wait = request.extensions["timeout"]
        patience = aiohttp.ClientTimeout(
            connect=wait["pool"], sock_connect=wait["connect"], sock_read=wait["read"]
        )
        await asyncio.sleep(0)  # what was closed meanwhile is known then, and is not used again
        with _told():
            async with self._open().request(
                request.method,
                str(request.url),
                data=request.content,
                headers=request.headers,
                timeout=patience,
                allow_redirects=False,
                proxy=self._proxy(request.url),
            ) as answer:
                content = await _whole(answer, request.extensions.get("most"))
                return httpx.Response(answer.status, content=content)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=KEPT, ssl=trust()
            )
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    def _proxy(self, url: httpx.URL) -> str | None:
        """The environment's, read once: aiohttp would look for a password file at each call."""
        if self._proxies is None:
            self._proxies = getproxies()
        proxy = self._proxies.get(url.scheme)
        return proxy if proxy and not proxy_bypass(url.netloc.decode()) else None


async def _whole(answer: aiohttp.ClientResponse, most: int | None) -> bytes:
    if most is None:
        return await answer.read()
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise TooLong
    return b"".join(pieces)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError) as fault:
        raise httpx.ProxyError(str(fault)) from fault
    except aiohttp.ClientConnectorError as fault:
        raise httpx.ConnectError(str(fault)) from fault
    except aiohttp.ConnectionTimeoutError as fault:
        raise httpx.ConnectTimeout(str(fault)) from fault
    except aiohttp.InvalidURL as fault:
        raise httpx.UnsupportedProtocol(str(fault)) from fault
    except TimeoutError as fault:
        raise httpx.ReadTimeout(str(fault)) from fault
    except (aiohttp.ClientError, OSError) as fault:
        raise httpx.ReadError(str(fault)) from fault
