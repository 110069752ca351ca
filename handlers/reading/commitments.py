"""How people say that they promise something, have kept it, or want to see what is open."""

import re

_GAP = r"[\s,，:：、]"
_ENDS = " \t\r\n\u3000,，:：、"
_MARK = r"[#＃]?\s*"
# 完成 3号泵检修 speaks of pump 3, and 完成 2 项 of two things: neither names a promise.
_COUNTED = r"(?!\s*[号台个项条次件份处度%％])"
_VOW = r"我?承诺(?![书制的了过])"

PROMISE = re.compile(
    rf"(?:{_VOW}|(?:i\s+)?(?:promise|commit)\b(?:\s+to\b)?){_GAP}*+"
    r"(?P<what>(?:.*[^?？\s])?)\s*",
    re.IGNORECASE | re.DOTALL,
)
DONE_NUMBER = re.compile(
    rf"(?:已?完成了?|done){_GAP}*{_MARK}(?P<number>\d{{1,9}})(?!\d){_COUNTED}"
    rf"(?:[。.!！]?\s*|{_GAP}+(?P<text>.+))",
    re.IGNORECASE | re.DOTALL,
)
DONE = re.compile(
    rf"(?:已?完成了?|done)(?:[。.!！]?\s*|{_GAP}+(?P<text>.+))", re.IGNORECASE | re.DOTALL
)
# The same words once more behind /commit. There a bare "commit" may be what is to be done.
_REPEATED = re.compile(
    rf"(?:{_VOW}|(?:i\s+)?promise\b(?:\s+to\b)?|i\s+commit\b(?:\s+to\b)?|commit\s+to\b)"
    rf"{_GAP}*+",
    re.IGNORECASE,
)
# What follows /done: a number, words of evidence, both or neither.
CLAIM = re.compile(
    rf"(?:{_MARK}(?P<number>\d{{1,9}})(?!\d){_COUNTED}(?:{_GAP}+|$))?(?P<text>.*)", re.DOTALL
)
# Who is to verify it, at the end of those words. 见证了 tells what happened.
WITNESS = re.compile(
    rf"(?:^|{_GAP}|[。.；;!！])(?:见证人?(?!了|过)|witness\b)\s*[:：]?\s*"
    r"(?P<name>[^\s,，。、；;:：!！?？][^\n,，。、；;:：!！?？]{0,59}?)\s*[。.!！]?\s*",
    re.IGNORECASE,
)
TURN = re.compile(
    rf"(?:转(?:为|成)?承诺|make\s+(?:this|it)\s+a\s+(?:promise|commitment))"
    rf"(?:[。.!！]?\s*|{_GAP}+(?P<when>.+))",
    re.IGNORECASE | re.DOTALL,
)
HISTORY = re.compile(rf"(?:历史|history){_GAP}*{_MARK}(?P<number>\d{{1,9}})", re.IGNORECASE)
NUMBER = re.compile(rf"{_MARK}(?P<number>\d{{1,9}})")


def promised(text: str) -> str:
    """What is promised in the words behind /commit, where some people say 承诺 as well."""
    found = _REPEATED.match(text)
    return text[found.end() :] if found else text


def claimed(text: str) -> tuple[str, str]:
    """The number and the evidence in the words behind /done, where some say 完成 as well."""
    for pattern in (DONE_NUMBER, DONE, CLAIM):
        if found := pattern.fullmatch(text):
            parts = found.groupdict(default="")
            return parts.get("number", ""), parts["text"]
    raise AssertionError("every text has words, if none before them")


def witnessed(text: str) -> tuple[str, str]:
    """What is shown for it, and the name of whoever is to verify it; empty where none is named."""
    for found in WITNESS.finditer(text):
        if whole := WITNESS.fullmatch(text, found.start()):
            return text[: found.start()].rstrip(_ENDS), whole["name"]
    return text, ""
