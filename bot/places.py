"""What Telegram says of somebody's place in a group: ours, and that of others.

By the names that its answers have, whether they come as updates or to what we ask.
"""

from typing import Any

GONE = frozenset({"left", "kicked"})


def inside(place: Any) -> bool:
    """Whether somebody of that status is in the group."""
    if place.status == "restricted":
        return bool(getattr(place, "is_member", False))
    return place.status not in GONE


def footing(place: Any, *, reads_all: bool) -> dict[str, bool]:
    """What our place in a group lets us do. A plain member's rights are the group's: asked for."""
    admin = place.status == "administrator"
    restricted = place.status == "restricted"
    return {
        "admin": admin,
        "posts": not restricted or bool(getattr(place, "can_send_messages", False)),
        "pins": bool(getattr(place, "can_pin_messages", False)),
        "reads": admin or reads_all,
    }
