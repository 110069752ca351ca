"""Keeps bot tokens out of everything that is printed, logged or written down."""

import re

TOKEN = re.compile(r"(?<!\d)\d{4,12}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")


def clean(text: str) -> str:
    """A text without bot tokens, wherever it came from."""
    return TOKEN.sub("***", text)
