"""The emoji Telegram allows as reactions, by their code points (ReactionTypeEmoji)."""

_POINTS = """
1f44d 1f44e 2764 1f525 1f970 1f44f 1f601 1f914 1f92f 1f631 1f92c 1f622 1f389 1f929 1f92e 1f4a9
1f64f 1f44c 1f54a 1f921 1f971 1f974 1f60d 1f433 2764-200d-1f525 1f31a 1f32d 1f4af 1f923 26a1
1f34c 1f3c6 1f494 1f928 1f610 1f353 1f37e 1f48b 1f595 1f608 1f634 1f62d 1f913 1f47b
1f468-200d-1f4bb 1f440 1f383 1f648 1f607 1f628 1f91d 270d 1f917 1fae1 1f385 1f384 2603 1f485 1f92a
1f5ff 1f192 1f498 1f649 1f984 1f618 1f48a 1f64a 1f60e 1f47e 1f937-200d-2642 1f937 1f937-200d-2640
1f621
"""
VARIATION = "\N{VARIATION SELECTOR-16}"  # asks for colour; Telegram takes an emoji with or without

ALLOWED = frozenset(
    "".join(chr(int(point, 16)) for point in emoji.split("-")) for emoji in _POINTS.split()
)


def plain(emoji: str) -> str:
    """Give an emoji without its variation selectors, the form it is kept in."""
    return emoji.replace(VARIATION, "")
