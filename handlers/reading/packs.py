"""Course packs: ordered study bites with their questions and ready-made pledges."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from handlers.reading import markdown
from handlers.reading.documents import read_document
from handlers.reading.faults import Fault, Faults
from handlers.reading.forms import Form
from handlers.reading.pack_pages import MARKDOWN, read_pack_page
from handlers.reading.pack_sheets import read_pack_sheets
from handlers.reading.raw import Raw, Record
from handlers.reading.tables import OLD_FORMAT, XLSX

PACK = ("pack", "title", "language", "version", "source", "bites")
BITE = ("id", "title", "body", "remember", "link", "media", "tags", "questions", "pledges")
QUESTION = ("ask", "answers", "right", "why")

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LINK = re.compile(r"https?://[^/\s]\S*", re.IGNORECASE)
OTHER_KINDS = (b"PK\x03\x04", OLD_FORMAT, b"%PDF")  # of office documents, by their first bytes
# A file beside the pack, or what Telegram calls one that it has.
FILE_NAME = re.compile(
    r"[^/\\:.][^/\\:]*\.(jpe?g|png|gif|mp4|pdf)|[A-Za-z0-9_-]{30,200}", re.IGNORECASE
)


@dataclass(frozen=True)
class QuestionFile:
    """A question on a bite. `right` counts `answers` from 1."""

    ask: str
    answers: tuple[str, ...]
    right: int
    why: str = ""


@dataclass(frozen=True)
class BiteFile:
    """One study item. `body` is simple Markdown; without `tags` it is for everybody."""

    slug: str
    title: str
    body: str
    remember: str = ""
    link: str = ""
    media: str = ""
    tags: tuple[str, ...] = ()
    questions: tuple[QuestionFile, ...] = ()
    pledges: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackFile:
    """A course pack as a file tells it. A higher version updates bites in place, by slug."""

    slug: str
    title: str
    language: str
    version: int
    source: str
    bites: tuple[BiteFile, ...]


def packed(pack: PackFile) -> dict[str, Any]:
    """A pack as JSON can hold it."""
    return asdict(pack)


def unpacked(told: Mapping[str, Any]) -> PackFile:
    """The pack that `packed` has told."""

    def question(told: Mapping[str, Any]) -> QuestionFile:
        return QuestionFile(**{**told, "answers": tuple(told["answers"])})

    def bite(told: Mapping[str, Any]) -> BiteFile:
        lists = {name: tuple(told[name]) for name in ("tags", "pledges")}
        return BiteFile(**{**told, **lists, "questions": tuple(map(question, told["questions"]))})

    return PackFile(**{**told, "bites": tuple(map(bite, told["bites"]))})


def read_pack(name: str, data: bytes) -> PackFile:
    """The course pack in a file called `name`. Raises Faults with every fault at once."""
    return pack_from(written(name, data))


def written(name: str, data: bytes) -> Raw:
    """What a file says, by its name: sheets, a Markdown page, else YAML. Raises Faults."""
    if name.lower().endswith(XLSX):
        return read_pack_sheets(name, data)
    if name.lower().endswith(MARKDOWN):
        return read_pack_page(name, data)
    if data.startswith(OTHER_KINDS):
        raise Faults([Fault(name, "fault.kind")])
    return read_document(name, data)


def pack_from(raw: Raw) -> PackFile:
    """The course pack that was written, in whatever kind of file. Raises Faults.

    Lengths are in characters (code points), as on the card: body 600, remember 60, an answer and
    a pledge 40, why 180.
    """
    if not isinstance(raw, Record):
        raise Faults([Fault(raw.place, "fault.not_record", {"field": "pack"})])
    faults: list[Fault] = []
    form = Form(raw, PACK, faults)
    bites = form.forms("bites", BITE, least_items=1, most_items=500)
    pack = PackFile(
        slug=form.matching("pack", SLUG, "fault.slug", most=60),
        title=form.text("title", most=60),
        language=form.matching("language", LANGUAGE, "fault.language"),
        version=count(form, "version"),
        source=form.text("source", most=200, needed=False),
        bites=tuple(map(bite, bites)),
    )
    object_to_repeats(bites, pack.bites)
    if faults:
        raise Faults(faults)
    return pack


def bite(form: Form) -> BiteFile:
    """One bite of a pack."""
    questions = form.forms("questions", QUESTION, most_items=3)
    body = form.text("body", most=600, lines=True)
    for rule, written in markdown.not_shown(body):
        form.fault("body", rule, written=written)
    return BiteFile(
        slug=form.matching("id", SLUG, "fault.slug", most=60),
        title=form.text("title", most=60),
        body=body,
        remember=form.text("remember", most=60, needed=False),
        link=form.matching("link", LINK, "fault.link", needed=False),
        media=form.matching("media", FILE_NAME, "fault.media", needed=False, most=200),
        tags=form.texts("tags", most=20, most_items=20),
        questions=tuple(map(question, questions)),
        pledges=form.texts("pledges", most=40, most_items=3),
    )


def question(form: Form) -> QuestionFile:
    """One question of a bite."""
    answers = form.texts("answers", most=40, least_items=2, most_items=6)
    right = count(form, "right")
    if right > len(answers) >= 2:
        form.fault("right", "fault.right", written=right, count=len(answers))
    return QuestionFile(
        ask=form.text("ask", most=150),
        answers=answers,
        right=right,
        why=form.text("why", most=180, needed=False),
    )


def count(form: Form, key: str) -> int:
    """A number from 1; 0 with a fault kept."""
    number = form.integer(key)
    if number is not None and not 1 <= number <= 1_000_000_000:
        form.fault(key, "fault.out_of_range", written=number, least=1, most=1_000_000_000)
        return 0
    return number or 0


def object_to_repeats(forms: Iterable[Form], bites: Iterable[BiteFile]) -> None:
    """Note bites whose id another bite has already."""
    first: dict[str, str] = {}
    for form, item in zip(forms, bites, strict=True):
        if item.slug in first:
            form.fault("id", "fault.repeated_id", written=item.slug, first=first[item.slug])
        elif item.slug:
            first[item.slug] = form.place("id")
