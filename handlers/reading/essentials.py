"""What is heard even of somebody who says too much: that something is done, or that they join."""

import re

ESSENTIAL = re.compile(
    r"\s*(?:/(?:done|join|leave|forgetme)\b|已?完成|done\b|报到|join\s*$)", re.IGNORECASE
)


def essential(text: str) -> bool:
    """Whether a message may be one that must not be lost."""
    return ESSENTIAL.match(text) is not None
