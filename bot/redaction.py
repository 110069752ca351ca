"""Keeps bot tokens, and people's words, out of what is printed, logged or written down."""

import re

TOKEN = re.compile(r"(?<!\d)\d{4,12}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
QUOTED = re.compile(r'"[^"\n]*"|“[^”\n]*”|«[^»\n]*»')
DETAIL = re.compile(r"^(?:DETAIL|CONTEXT|HINT|PARAMETERS):.*$", re.MULTILINE)
WITHHELD = "(its words are withheld: they may be somebody's)"
# Whose errors speak of the machine, not of what people wrote.
SOBER = {"bot", "storage", "schedules", "httpx", "httpcore", "aiohttp", "asyncio", "ssl",
         "socket", "sqlalchemy", "psycopg", "psycopg_pool", "sqlite3", "alembic"}  # fmt: skip


def clean(text: str) -> str:
    """A text without bot tokens, wherever it came from."""
    return TOKEN.sub("***", text)


def wordless(text: object) -> str:
    """What somebody else's program said of our message, without what it quotes of that."""
    return QUOTED.sub('"…"', str(text))


def muted(fault: BaseException, depth: int = 8) -> BaseException:
    """An error as it is told: what kind and where, and what it says only if that is the machine's.

    A ValueError or KeyError quotes what it met, and that may be what somebody wrote.
    """
    kind = type(fault)
    if isinstance(fault, OSError) or kind.__module__.partition(".")[0] in SOBER:
        said = DETAIL.sub("", str(fault)).strip()
    else:
        said = WITHHELD if str(fault) else ""
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    told: BaseException = type(kind.__name__, (Exception,), names)(said)
    told.__traceback__ = fault.__traceback__
    if depth:
        told.__cause__ = muted(fault.__cause__, depth - 1) if fault.__cause__ else None
        context = fault.__context__
        told.__context__ = muted(context, depth - 1) if context else None
        told.__suppress_context__ = fault.__suppress_context__
    return told
