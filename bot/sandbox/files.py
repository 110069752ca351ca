"""The files that were sent: bytes kept in memory under the names Telegram gives them."""

import base64
import hashlib
import struct
from dataclasses import dataclass
from typing import Any

DOWNLOAD_LIMIT = 20 * 1024 * 1024
MARKS = {"photo": "AgAC", "video": "BAAC"}  # how Telegram's ids begin, by what they name


@dataclass(frozen=True, slots=True)
class Stored:
    """One file. `width` and `height` are 0 where it is no picture."""

    id: str
    unique: str
    kind: str
    name: str
    mime: str
    data: bytes
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        """Where it is found below /file/bot<token>/."""
        ending = self.name.rpartition(".")[2] if "." in self.name else "bin"
        return f"{self.kind}s/{self.unique}.{ending}"

    def keys(self) -> dict[str, Any]:
        """Give the fields that name a file everywhere in the Bot API."""
        return {"file_id": self.id, "file_unique_id": self.unique, "file_size": len(self.data)}


class Files:
    """All files, found by `file_id`, `file_unique_id` or path."""

    def __init__(self) -> None:
        self._found: dict[str, Stored] = {}

    def add(self, kind: str, name: str, mime: str, data: bytes) -> Stored:
        """Keep a file. The same bytes of the same kind are the same file."""
        digest = hashlib.sha256(b"\0".join((kind.encode(), name.encode(), data))).digest()
        unique = base64.urlsafe_b64encode(digest[:12]).decode()
        if unique not in self._found:
            name_of_it = f"{MARKS.get(kind, 'BQAC')}{unique}{unique[::-1]}"
            file = Stored(name_of_it, unique, kind, name, mime, data, *size(data))
            self._found |= dict.fromkeys((file.id, unique, file.path), file)
        return self._found[unique]

    def find(self, key: str) -> Stored | None:
        """Look a file up by its id, unique id or path."""
        return self._found.get(key)


def size(data: bytes) -> tuple[int, int]:
    """Read the width and height of a PNG, GIF, JPEG or WebP picture; (0, 0) if it is none."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in {b"GIF87a", b"GIF89a"} and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:4] == b"RIFF" and data[8:15] == b"WEBPVP8" and len(data) >= 30:
        return _webp(data)
    return _jpeg(data) if data[:2] == b"\xff\xd8" else (0, 0)


def _webp(data: bytes) -> tuple[int, int]:
    if data[15:16] == b"X":
        wide, high = data[24:27] + b"\0", data[27:30] + b"\0"
        return struct.unpack("<I", wide)[0] + 1, struct.unpack("<I", high)[0] + 1
    if data[15:16] == b"L":
        bits = struct.unpack("<I", data[21:25])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(data: bytes) -> tuple[int, int]:
    """Walk over the segments of a JPEG to the frame header (SOF0 to SOF15 but DHT, JPG, DAC)."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0
