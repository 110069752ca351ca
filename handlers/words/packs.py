"""What we say of course packs that are checked or imported: plain text, for a terminal."""

from collections.abc import Mapping
from typing import Any

from handlers.words.voice import Voice


def sound(voice: Voice, file: str, slug: str, version: int, bites: int) -> str:
    """Nothing is wrong with a file."""
    return voice.plain("pack.sound", file=file, pack=slug, version=version, n=bites)


def checked(voice: Voice, files: int, faults: int) -> str:
    """The sum of a check."""
    if faults:
        return voice.plain("pack.faults", files=files, n=faults)
    return voice.plain("pack.all_sound", n=files)


def advice(voice: Voice, place: str, key: str, values: Mapping[str, Any]) -> str:
    """What could be better at one place of a file."""
    return voice.plain("pack.advice", place=place, what=voice.plain(key, **values))


def advised(voice: Voice, hints: int) -> str:
    """The sum of what could be better."""
    return voice.plain("pack.advised", n=hints)


def imported(
    voice: Voice, slug: str, version: int, added: int, changed: int, same: int, retired: int
) -> str:
    """What became of a pack."""
    return voice.plain(
        "pack.imported",
        pack=slug,
        version=version,
        added=added,
        changed=changed,
        same=same,
        retired=retired,
    )


def exported(voice: Voice, file: str, slug: str, version: int, bites: int) -> str:
    """A pack was written into a file."""
    return voice.plain("pack.exported", file=file, pack=slug, version=version, n=bites)


def template(voice: Voice, file: str) -> str:
    """A template was written."""
    return voice.plain("pack.template", file=file)
