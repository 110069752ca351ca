"""What the program says to its operator: lines for a person, or JSON for a collector.

The token is taken out where a line is formatted, the last place that every line passes,
tracebacks included.
"""

import logging
import sys
from typing import Any

import structlog

from bot.redaction import clean

QUIET = (
    "alembic",
    "httpx",
    "httpcore",
    "telegram",
    "apscheduler",
    "uvicorn",
    "asyncio",
)


class Redacting(structlog.stdlib.ProcessorFormatter):
    """A formatter whose lines never hold a bot token."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without tokens."""
        return clean(super().format(record))


def start(form: str, level: str) -> None:
    """Set up logging for the process: `form` is console or json."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=form == "json"),
    ]
    if form == "json":
        last: list[Any] = [
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        last = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        Redacting(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
