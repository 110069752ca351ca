"""What the program says to its operator: lines for a person, or JSON for a collector.

The token is taken out where a line is formatted, the last place that every line passes,
tracebacks included; and so is what an error may quote of what people wrote.
"""

import logging
import sys
from typing import Any

import structlog

from bot.redaction import clean, muted

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
    """A formatter whose lines never hold a bot token, nor what people wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without tokens; of an error what kind it is and where it was."""
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            told = muted(record.exc_info[1])
            record = logging.makeLogRecord(record.__dict__)  # other handlers have their own
            record.exc_info = (type(told), told, told.__traceback__)
            record.exc_text = None
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
