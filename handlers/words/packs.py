"""What we say of course packs: plain text for a terminal, messages where somebody asks us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.taps.packs import ExportTap, PacksTap, TemplateTap
from handlers.words.message import Button, Message, Ours
from handlers.words.voice import Html, Voice
from storage.kinds import Media
from storage.tables import Pack

PAGE = 8  # packs on a page of the list: each has a button
NAMED = 12  # teams


@dataclass(frozen=True)
class Shelf:
    """A pack in the list: its bites, the names of teams that walk it, and how many others do."""

    pack: Pack
    bites: int
    teams: Sequence[str]
    others: int


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


def absent(voice: Voice, file: str, name: str, bite: str) -> str:
    """A file that a bite names is not there."""
    return voice.plain("media.absent", place=file, name=name, bite=bite)


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


def stock(voice: Voice, shown: Sequence[Shelf], page: int, count: int) -> Message:
    """A page of the packs that we have; `count` is of all."""
    lines = [voice("packs.head", n=count) if count else voice("packs.none")]
    rows: list[tuple[Button, ...]] = []
    for shelf in shown:
        pack = shelf.pack
        lines += [
            voice(
                "packs.line",
                title=pack.title,
                pack=pack.slug,
                version=pack.version,
                bites=shelf.bites,
            ),
            walked(voice, shelf.teams, shelf.others),
        ]
        rows.append((Button(voice.plain("button.export", pack=pack.slug), ExportTap(pack.id)),))
    pages = -(-count // PAGE)
    turns = []
    if page > 0:
        turns.append(Button(voice.plain("button.previous"), PacksTap(page - 1)))
    if page + 1 < pages:
        turns.append(Button(voice.plain("button.next"), PacksTap(page + 1)))
    rows += [tuple(turns)] if turns else []
    rows.append((Button(voice.plain("button.template"), TemplateTap()),))
    lines.append(voice("packs.how"))
    return Message(Html("\n".join(lines)), tuple(rows))


def walked(voice: Voice, teams: Sequence[str], others: int) -> Html:
    """Which teams have a pack in their plans; `others` are those that the reader does not run."""
    if not teams:
        return voice("packs.others", n=others) if others else voice("packs.no_team")
    names = voice.plain("format.comma").join(teams[:NAMED])
    more = len(teams) - len(teams[:NAMED]) + others
    if more:
        return voice("packs.teams_more", teams=names, n=more)
    return voice("packs.teams", teams=names)


def export(voice: Voice, slug: str, version: int) -> Message:
    """A pack as a file."""
    ours = Ours("pack", f"{slug}-v{version}.xlsx", slug, voice.locale)
    return Message(voice("packs.exported", pack=slug), media=Media.DOCUMENT, ours=ours)


def blank(voice: Voice) -> Message:
    """A file to be filled in."""
    ours = Ours("template", voice.plain("packs.template_name"), locale=voice.locale)
    return Message(voice("packs.template"), media=Media.DOCUMENT, ours=ours)


def coming(voice: Voice, *, fresh: bool) -> str:
    """The file is on its way, or was sent already."""
    return voice.plain("packs.coming" if fresh else "packs.sent")
