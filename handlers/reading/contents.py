"""What kind of picture or file it is: told by its content, or by what Telegram calls it."""

from storage.kinds import Media

MEGABYTE = 1024 * 1024
MOST = {Media.PHOTO: 10 * MEGABYTE, Media.VIDEO: 20 * MEGABYTE, Media.DOCUMENT: 20 * MEGABYTE}
STARTS = {
    b"\xff\xd8\xff": Media.PHOTO,  # JPEG
    b"\x89PNG\r\n\x1a\n": Media.PHOTO,
    b"GIF8": Media.DOCUMENT,
    b"%PDF-": Media.DOCUMENT,
}
IDS = {"AgAC": Media.PHOTO, "BAAC": Media.VIDEO}  # how Telegram's ids begin; others: documents


def of_bytes(data: bytes) -> Media | None:
    """How a file is shown, by its first bytes; None for what we do not know."""
    if data[4:8] == b"ftyp":  # MP4 and its kin
        return Media.VIDEO
    return next((kind for start, kind in STARTS.items() if data.startswith(start)), None)


def of_id(name: str) -> Media | None:
    """How a file that Telegram has is shown; None for a name that is a file's beside the pack."""
    return None if not name or "." in name else IDS.get(name[:4], Media.DOCUMENT)
