"""Why a chat or a topic takes no messages, in our own words, and what to do about it."""

from handlers.words.voice import Html, Voice

REASONS = {  # of what Telegram says when it refuses us
    "topic_closed": "trouble.topic_closed",
    "topic_deleted": "trouble.topic_deleted",
    "thread not found": "trouble.topic_deleted",
    "kicked": "trouble.removed",
    "left": "trouble.removed",
    "not a member": "trouble.removed",
    "rights": "trouble.muted",
    "restricted": "trouble.muted",
    "write_forbidden": "trouble.muted",
    "deactivated": "trouble.closed",
    "chat not found": "trouble.closed",
}
REMEDIES = {
    "trouble.topic_closed": "trouble.reopen",
    "trouble.topic_deleted": "trouble.new_topic",
}


def reason(voice: Voice, said: str) -> Html:
    """`said`: Telegram's own words, which are nothing to show to people."""
    return voice(_kind(said))


def remedy(voice: Voice, said: str) -> Html:
    """Who reads this can mend it, in a sentence."""
    return voice(REMEDIES.get(_kind(said), "trouble.add_again"))


def passing(said: str) -> bool:
    """Whether the same chat or topic may take messages again; a deleted topic never does."""
    return _kind(said) != "trouble.topic_deleted"


def _kind(said: str) -> str:
    found = (key for part, key in REASONS.items() if part in said.lower())
    return next(found, "trouble.other")
