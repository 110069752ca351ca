"""Bodies of requests -> parameters: query, form, JSON and multipart, all read the same way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.sandbox.refusals import bad

BODY_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime: str
    data: bytes


class Params:
    """The parameters of one call. Telegram keeps all of them as text, and so do we."""

    __slots__ = ("files", "values")

    def __init__(
        self, values: Mapping[str, str], files: Mapping[str, Upload] | None = None
    ) -> None:
        self.values = values
        self.files = files or {}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """Give a text, as it came."""
        return self.values.get(name, default)

    def number(
        self, name: str, default: int = 0, *, low: int = -(2**63), high: int = 2**63
    ) -> int:
        """Give a whole number between `low` and `high`; what is no number is the default."""
        try:
            return min(max(int(self.values[name]), low), high)
        except (KeyError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """Give a yes or no."""
        return self.values.get(name, "").lower() in {"true", "yes", "1"}

    def tree(self, name: str, what: str) -> Any:
        """Give a JSON value, None if absent. Raises Refusal: "can't parse `what` JSON object"."""
        raw = self.values.get(name, "")
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None

    def plain(self) -> dict[str, Any]:
        """Give all parameters for the record: JSON decoded where it is a list or an object."""
        told: dict[str, Any] = {}
        for name, value in self.values.items():
            told[name] = value
            if value[:1] in {"{", "["}:
                try:
                    told[name] = json.loads(value)
                except ValueError:
                    continue
        for name, upload in self.files.items():
            told[name] = f"<{upload.name}: {len(upload.data)} bytes>"
        return told


def flat(tree: Any) -> dict[str, str]:
    """Turn a decoded JSON object into parameters. Raises Refusal if it is no object."""
    if not isinstance(tree, dict):
        raise bad("object expected")
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in tree.items()
        if value is not None
    }


async def read(request: Request) -> Params:
    """Read a call's parameters from wherever they were put. Raises Refusal."""
    query = request.scope["query_string"]
    values = dict(parse_qsl(query.decode(), keep_blank_values=True)) if query else {}
    if request.method == "GET":
        return Params(values)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    files: dict[str, Upload] = {}
    if kind == "multipart/form-data":
        async with request.form(max_part_size=BODY_LIMIT) as form:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile):
                    mime = part.content_type or "application/octet-stream"
                    files[name] = Upload(part.filename or name, mime, await part.read())
                else:
                    values[name] = part
        return Params(values, files)
    body = await request.body()
    if kind == "application/json" and body:
        try:
            values |= flat(json.loads(body))
        except ValueError:
            raise bad("can't parse request JSON object") from None
    elif body:
        try:
            values |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            raise bad("strings must be encoded in UTF-8") from None
    return Params(values)
