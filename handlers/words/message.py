"""A message before it is sent: HTML, a picture or file, buttons beneath it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from handlers.taps import Tap
from handlers.words.parts import CAPTION, TEXT, split, units
from storage.kinds import Media

Call = tuple[str, dict[str, Any]]

TAG = re.compile(r"<[^<>]*>")
ALBUM, REPLACE, POLL = "sendMediaGroup", "editMessageMedia", "sendPoll"
SEND = {Media.PHOTO: "sendPhoto", Media.DOCUMENT: "sendDocument", Media.VIDEO: "sendVideo"}


@dataclass(frozen=True)
class Button:
    """A button: its words, and what it carries, or the address it opens."""

    label: str
    tap: Tap | None = None
    url: str = ""

    def params(self) -> dict[str, str]:
        """As Telegram's InlineKeyboardButton."""
        if self.tap is None:
            return {"text": self.label, "url": self.url}
        return {"text": self.label, "callback_data": self.tap.pack()}


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Ours:
    """A file that we have or make, and Telegram may not have yet: the postman uploads it.

    what    "file" with the hash of its bytes, "pack" with a pack's id, "template" of a pack,
            "tasks" of a list of them, "ledger" or "roster" with what it is to be of, "mydata"
            with whose, "audit" with a zone, or "drawing" with the hash of what is to be drawn
    """

    what: str
    name: str  # as whoever gets it sees it
    id: str = ""
    locale: str = ""

    def params(self) -> dict[str, str]:
        """In place of Telegram's id in a call that is owed."""
        return {"what": self.what, "name": self.name, "id": self.id, "locale": self.locale}


@dataclass(frozen=True)
class Message:
    """What is said, for whichever chat it goes to."""

    html: str
    buttons: Rows = ()
    media: Media | None = None
    file_id: str = ""
    ours: Ours | None = None  # instead of `file_id`; for what is owed only
    silent: bool = False
    poll: Mapping[str, Any] | None = None  # instead of all but the buttons

    def send(self) -> Call:
        """The Bot API call that posts this; the chat is filled in by whoever carries it."""
        quiet = {"disable_notification": True} if self.silent else {}
        if self.poll:
            return POLL, {**self.poll, **self._markup(), **quiet}
        if self.media:
            name = self.media.value
            file = self.ours.params() if self.ours else self.file_id
            return SEND[self.media], {name: file, **self._caption(), **quiet}
        return "sendMessage", {**self._text(), **quiet}

    def sends(self) -> list[Call]:
        """The same for a text that may be too long for one message; buttons go with the last."""
        first, *rest = split(self.html, CAPTION if self.media else TEXT)
        if not rest:
            return [self.send()]
        said = [replace(self, html=first, buttons=())]
        said += [Message(part, silent=self.silent) for part in rest]
        said[-1] = replace(said[-1], buttons=self.buttons)
        return [message.send() for message in said]

    def edit(self) -> Call:
        """The Bot API call that turns an earlier message into this one."""
        if self.poll:
            return "editMessageReplyMarkup", self._markup()
        if self.media:
            return "editMessageCaption", self._caption()
        return "editMessageText", self._text()

    def replaces(self) -> Call:
        """The Bot API call that puts this picture or file of ours in an earlier one's place."""
        assert self.media is not None
        assert self.ours is not None
        return REPLACE, {self.media.value: self.ours.params(), **self._caption()}

    def _text(self) -> dict[str, Any]:
        return {
            "text": self.html,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            **self._markup(),
        }

    def _caption(self) -> dict[str, Any]:
        if not self.html:
            return self._markup()
        return {"caption": self.html, "parse_mode": "HTML", **self._markup()}

    def _markup(self) -> dict[str, Any]:
        if not self.buttons:
            return {}
        rows = [[button.params() for button in row] for row in self.buttons]
        return {"reply_markup": {"inline_keyboard": rows}}


def length(html: str) -> int:
    """How long Telegram finds a text, in UTF-16 units once its HTML is read."""
    return units(unescape(TAG.sub("", html)))


def plainly(call: Call) -> Call | None:
    """The call that posts only the words of one that posts a picture or file with words."""
    method, params = call
    if method not in SEND.values() or not params.get("caption"):
        return None
    kept: dict[str, Any] = {
        name: params[name] for name in ("parse_mode", "reply_markup") if name in params
    }
    quiet = {"link_preview_options": {"is_disabled": True}}
    return "sendMessage", {"text": params["caption"], **quiet, **kept}


def says(text: str, params: Mapping[str, Any]) -> bool:
    """Whether a message with this text is the one that a call posts.

    By its letters alone: the rest may have been put in order, and a mark stands before what was
    sent again.
    """
    plain = bare(params)
    said = plain.get("text") or plain.get("caption") or plain.get("question") or ""
    return _letters(text).endswith(_letters(said))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def bare(params: Mapping[str, Any]) -> dict[str, Any]:
    """The same call without any formatting: for text that Telegram could not read as HTML."""
    plain = {name: value for name, value in params.items() if name != "parse_mode"}
    for name in ("text", "caption"):
        if name in plain:
            plain[name] = unescape(TAG.sub("", plain[name]))
    return plain
