"""What we say of what is wrong with a file: plain text, for a terminal."""

from collections.abc import Mapping
from typing import Any

from handlers.words.voice import Voice


def fault(voice: Voice, place: str, key: str, values: Mapping[str, Any]) -> str:
    """One fault: where it is, and a sentence on what to do about it."""
    sentence = voice.plain(key, **values)
    return f"{place}  {sentence}" if place else sentence
