"""What the Bot API answers when it will not do a thing."""

from typing import Any


class Refusal(Exception):
    """An answer with `ok: false`, in Telegram's own words."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Give the JSON object that is answered."""
        told = {"ok": False, "error_code": self.code, "description": self.description}
        return told | ({"parameters": self.parameters} if self.parameters else {})


def bad(reason: str, **parameters: Any) -> Refusal:
    """Make a 400. Telegram begins the reason in lower case unless it is a CODE_NAME."""
    if len(reason) > 1 and not (reason[1].isupper() or reason[1] == "_"):
        reason = reason[0].lower() + reason[1:]
    return Refusal(400, f"Bad Request: {reason}", **parameters)


def forbidden(reason: str) -> Refusal:
    """Make a 403: the bot may not, whatever it asks."""
    return Refusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refusal:
    """Make a 409: somebody else is taking the updates."""
    return Refusal(409, f"Conflict: {reason}")


def flood(seconds: int) -> Refusal:
    """Make a 429 that asks for `seconds` of patience."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
