"""Why a chat takes no messages, in our own words."""

from handlers.words.voice import Html, Voice

REASONS = {  # of what Telegram says when a chat refuses us
    "kicked": "trouble.removed",
    "left": "trouble.removed",
    "not a member": "trouble.removed",
    "rights": "trouble.muted",
    "restricted": "trouble.muted",
    "write_forbidden": "trouble.muted",
    "topic": "trouble.topic",
    "thread": "trouble.topic",
    "deactivated": "trouble.closed",
    "chat not found": "trouble.closed",
}


def reason(voice: Voice, said: str) -> Html:
    """`said`: Telegram's own words, which are nothing to show to people."""
    found = next((key for part, key in REASONS.items() if part in said.lower()), "trouble.other")
    return voice(found)
