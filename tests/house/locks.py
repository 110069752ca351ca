"""`python -m tests.house.locks`: the locks name versions and hashes, and no host."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"https?://|^--(?:index|extra-index|find-links|trusted)", re.MULTILINE)


def faults() -> list[str]:
    """What is wrong with the locks."""
    found = []
    for name in ("requirements.lock", "requirements-postgres.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        if ADDRESS.search(text):
            found.append(f"{name}: names a host")
        pins, hashes = len(re.findall(r"^[a-z].*==", text, re.MULTILINE)), "--hash=sha256:" in text
        if not pins or not hashes:
            found.append(f"{name}: has no pins with hashes")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(faults()) or 0)
