"""HTML as Telegram allows it -> plain text and entities. Rules: "HTML style", Bot API page."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.entities import Entity, tidy, units
from bot.sandbox.refusals import Refusal, bad

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
SIGNS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SIGN = re.compile(r"&(?:#x([0-9A-Fa-f]{0,7})|#([0-9]{0,7})|([A-Za-z]+));?")
PLAIN = re.compile(r"[^<&]+")
TAG = re.compile(r"[^\s>]*")
NAME = re.compile(r"[^\s=>]*")
TOKEN = re.compile(r"[A-Za-z0-9.-]*")
DIGITS = re.compile(r"[1-9][0-9]{0,18}")
SPACE = re.compile(r"\s*")
SCHEMES = {"http", "https", "ftp", "tg", "ton", "tonsite", "mailto", "tel"}


@dataclass(frozen=True, slots=True)
class Open:
    """A tag that waits for its end. `start`: where its text begins, in characters."""

    tag: str
    offset: int
    start: int
    argument: str


def parse(source: str) -> tuple[str, list[Entity]]:
    """Read HTML. Raises Refusal, "can't parse entities: …", with the offset in bytes."""
    return _Reader(source).read()


def _unparsed(why: str) -> Refusal:
    return bad(f"can't parse entities: {why}")


def _decoded(match: re.Match[str]) -> str:
    """Give the character a sign stands for; what is no known sign stays as it is."""
    wide, narrow, name = match.groups()
    if name is not None:
        return SIGNS.get(name, match[0])
    point = int(wide or "0", 16) if narrow is None else int(narrow or "0")
    if not 0 < point < 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        return match[0]
    return chr(point)


class _Reader:
    """Walks over the source once, with the tags that are open."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._said = ""
        self._size = 0  # of what was said, in UTF-16 units
        self._opened: list[Open] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._source):
            if plain := PLAIN.match(self._source, self._at):
                self._say(plain[0])
                self._at = plain.end()
            elif self._source[self._at] == "&":
                sign = SIGN.match(self._source, self._at)
                self._say(_decoded(sign) if sign else "&")
                self._at = sign.end() if sign else self._at + 1
            elif self._source.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._opened:
            tag = self._opened[-1].tag
            raise _unparsed(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return self._said, tidy([_shown(entity) for entity in self._entities])

    def _say(self, text: str) -> None:
        self._said += text
        self._size += units(text)

    def _byte(self, at: int) -> str:
        return f"at byte offset {len(self._source[:at].encode())}"

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._source, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    @property
    def _next(self) -> str:
        return self._source[self._at : self._at + 1]

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        tag = self._take(TAG).lower()
        if not self._next:
            raise _unparsed(f"Unclosed start tag {self._byte(begin)}")
        if tag not in KINDS:
            raise _unparsed(f'Unsupported start tag "{tag}" {self._byte(begin)}')
        attributes: dict[str, str] = {}
        while True:
            self._take(SPACE)
            if self._next == ">":
                break
            self._attribute(tag, begin, attributes)
        self._at += 1
        argument = attributes.get("href", "") if tag == "a" else ""
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsed(f'Tag "span" must have class "tg-spoiler" {self._byte(begin)}')
        if tag == "tg-emoji":
            argument = attributes.get("emoji-id", "")
        elif tag == "blockquote" and "expandable" in attributes:
            argument = "expandable"
        elif tag == "code" and attributes.get("class", "").startswith("language-"):
            argument = attributes["class"].removeprefix("language-")
        self._opened.append(Open(tag, self._size, len(self._said), argument))

    def _attribute(self, tag: str, begin: int, attributes: dict[str, str]) -> None:
        if not self._next:
            raise _unparsed(f'Unclosed start tag "{tag}" {self._byte(begin)}')
        name = self._take(NAME)
        if not name:
            raise _unparsed(f'Empty attribute name in the tag "{tag}" {self._byte(begin)}')
        self._take(SPACE)
        if self._next != "=":
            if tag == "blockquote" and name == "expandable":
                attributes[name] = ""
                return
            raise _unparsed(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" '
                f"{self._byte(begin)}"
            )
        self._at += 1
        self._take(SPACE)
        attributes[name] = self._value(tag, begin)
        if not self._next:
            raise _unparsed(f"Unclosed start tag {self._byte(begin)}")

    def _value(self, tag: str, begin: int) -> str:
        mark = self._next
        if not mark:
            raise _unparsed(f'Unclosed start tag "{tag}" {self._byte(begin)}')
        if mark not in {'"', "'"}:
            start = self._at
            token = self._take(TOKEN)
            if self._next and not self._next.isspace() and self._next != ">":
                raise _unparsed(f"Unexpected end of name token {self._byte(start)}")
            return token.lower()
        stop = self._source.find(mark, self._at + 1)
        stop = len(self._source) if stop < 0 else stop
        raw = self._source[self._at + 1 : stop]
        self._at = min(stop + 1, len(self._source))
        return SIGN.sub(_decoded, raw)

    def _end_tag(self) -> None:
        begin = self._at
        if not self._opened:
            raise _unparsed(f"Unexpected end tag {self._byte(begin)}")
        self._at += 2
        tag = self._take(TAG).lower()
        self._take(SPACE)
        if self._next != ">":
            raise _unparsed(f"Unclosed end tag {self._byte(begin)}")
        self._at += 1
        last = self._opened.pop()
        if tag not in {"", last.tag}:
            raise _unparsed(
                f'Unmatched end tag {self._byte(begin)}, expected "</{last.tag}>", '
                f'found "</{tag}>"'
            )
        if self._size > last.offset:
            self._close(last)

    def _close(self, last: Open) -> None:
        """Note the entity of a tag that ended."""
        place = {"offset": last.offset, "length": self._size - last.offset}
        before = self._entities[-1] if self._entities else {}
        same = before.items() >= place.items()
        match last.tag:
            case "a":
                link = _link(last.argument or self._said[last.start :])
                self._entities += [place | link] if link else []
            case "tg-emoji":
                if not DIGITS.fullmatch(last.argument):
                    raise _unparsed("Invalid custom emoji identifier specified")
                emoji = {"type": "custom_emoji", "custom_emoji_id": last.argument}
                self._entities.append(place | emoji)
            case "blockquote" if last.argument:
                self._entities.append(place | {"type": "expandable_blockquote"})
            case "pre" if same and before["type"] == "code" and before["language"]:
                before["type"] = "pre"
            case "code" if same and before["type"] == "pre" and last.argument:
                before["language"] = last.argument
            case "code":
                self._entities.append(place | {"type": "code", "language": last.argument})
            case tag:
                self._entities.append(place | {"type": KINDS[tag]})


def _shown(entity: Entity) -> Entity:
    """Drop the language a `code` kept for a `pre` that did not come."""
    if entity["type"] == "code":
        return {key: value for key, value in entity.items() if key != "language"}
    return entity


def _link(url: str) -> Entity | None:
    """Make a link of an address; a text that is none gives nothing. tg://user?id= is a person."""
    url = url.strip()
    try:
        parts = urlsplit(url if ":" in url else f"http://{url}")
    except ValueError:
        return None
    if parts.scheme not in SCHEMES:
        return None
    if parts.scheme == "tg" and parts.netloc == "user":
        user_id = parse_qs(parts.query).get("id", [""])[0]
        return (
            {"type": "text_mention", "user": {"id": int(user_id)}}
            if DIGITS.fullmatch(user_id)
            else None
        )
    if parts.scheme in {"http", "https"}:
        if "." not in parts.netloc and parts.hostname != "localhost":
            return None
        return {"type": "text_link", "url": parts._replace(path=parts.path or "/").geturl()}
    return {"type": "text_link", "url": url}
