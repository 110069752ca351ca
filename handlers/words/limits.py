"""What we say to who says too much."""

from handlers.words.message import Message
from handlers.words.voice import Voice


def slow(voice: Voice) -> str:
    """That was fast: wait a little."""
    return voice.plain("limits.slow")


def refused(voice: Voice, why: str) -> Message:
    """Too fast, too long, or too much of one group at once."""
    return Message(voice(f"limits.{why}"), silent=True)
