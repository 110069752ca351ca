"""Pictures, films and files of a call -> the fields of a message that shows them."""

import mimetypes

from bot.sandbox.chats import Json
from bot.sandbox.files import Files, Stored
from bot.sandbox.forms import Params, Upload
from bot.sandbox.refusals import bad

PHOTO_LIMIT = 10 * 1024 * 1024
FILE_LIMIT = 50 * 1024 * 1024


def content(files: Files, params: Params, kind: str, source: str) -> Json:
    """Find what is to be sent: an upload (attach://…) or a file_id. Raises Refusal."""
    if not source:
        raise bad(f"there is no {kind} in the request")
    if source.startswith("attach://"):
        upload = params.files.get(source.removeprefix("attach://"))
        if upload is None:
            raise bad(f"there is no {kind} in the request")
        return shown(files, kind, upload, params)
    if source.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")  # nothing is fetched from elsewhere
    file = files.find(source)
    if file is None or source != file.id:
        raise bad("wrong remote file identifier specified: Wrong string length")
    if file.kind != kind and "photo" in {file.kind, kind}:
        raise bad(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return fields(file, kind, params)


def shown(files: Files, kind: str, upload: Upload, params: Params) -> Json:
    """Keep an upload and give the fields that show it. Raises Refusal."""
    if not upload.data:
        raise bad("file must be non-empty")
    if len(upload.data) > (PHOTO_LIMIT if kind == "photo" else FILE_LIMIT):
        raise bad(f"file is too big for {kind}s") if kind == "photo" else bad("file is too big")
    guessed = mimetypes.guess_type(upload.name)[0]
    file = files.add(kind, upload.name, guessed or upload.mime, upload.data)
    if kind == "photo":
        if not file.width:
            raise bad("IMAGE_PROCESS_FAILED")
        if file.width + file.height > 10_000 or max(file.width, file.height) > 20 * min(
            file.width, file.height
        ):
            raise bad("PHOTO_INVALID_DIMENSIONS")
    return fields(file, kind, params)


def fields(file: Stored, kind: str, params: Params) -> Json:
    """Show a file that is kept as a photo, document, video or other medium."""
    keys = file.keys()
    if kind == "photo":
        told: Json = {"photo": [keys | {"width": file.width, "height": file.height}]}
    else:
        keys |= {"file_name": file.name, "mime_type": file.mime}
        if kind == "video":
            keys |= {name: params.number(name) for name in ("width", "height", "duration")}
        elif kind == "audio":
            keys |= {"duration": params.number("duration")}
        elif kind != "document":
            raise bad(f"type of file mismatch: {kind}")
        told = {kind: keys}
    if params.flag("has_spoiler"):
        told["has_media_spoiler"] = True
    return told
