"""Course packs: what a file holds, taken into the database and out of it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.reading.faults import Fault, Faults
from handlers.reading.packs import BiteFile, PackFile, QuestionFile
from handlers.rules.review import same_question
from storage import packs, reviews
from storage.database import Session
from storage.tables import Bite, Pack, Question


@dataclass(frozen=True)
class Imported:
    """What became of a pack: how many bites are new, another, as before, and retired."""

    slug: str
    version: int
    added: int
    changed: int
    same: int
    retired: int


async def import_pack(session: Session, pack: PackFile, now: datetime) -> Imported:
    """Take in a pack that is new, or of a higher version than the one we have.

    Bites are known by their ids, questions by their places: they are changed where they are, so
    that what people did with them stays. What is missing is retired. Raises Faults when we have
    this version or a higher one.
    """
    row = await packs.by_slug(session, pack.slug)
    if row is None:
        row = Pack(slug=pack.slug, title="", language="", version=0)
        session.add(row)
    elif pack.version <= row.version:
        values = {"pack": pack.slug, "version": pack.version, "have": row.version}
        raise Faults([Fault("", "pack.not_newer", values)])
    row.title, row.language = pack.title, pack.language
    row.version, row.source = pack.version, pack.source
    await session.flush()

    known = await packs.bites(session, row.id)
    fresh = {
        listed.slug: Bite(pack_id=row.id, slug=listed.slug, position=0, title="", body="")
        for listed in pack.bites
        if listed.slug not in known
    }
    session.add_all(fresh.values())
    bites = known | fresh
    changed = {
        listed.slug
        for position, listed in enumerate(pack.bites, start=1)
        if put(bites[listed.slug], columns(listed, position))
    }
    gone = known.keys() - {listed.slug for listed in pack.bites}
    retired = sum(retire(known[slug], now) for slug in gone)
    await session.flush()

    asked = await packs.questions(session, row.id)
    editions = {question.id: question.edition for found in asked.values() for question in found}
    for listed in pack.bites:
        bite = bites[listed.slug]
        if ask(session, bite.id, asked.get(bite.id, ()), listed.questions, now):
            changed.add(listed.slug)
    renewed = [q.id for found in asked.values() for q in found if q.edition != editions[q.id]]
    await reviews.forget(session, renewed)
    altered = len(changed - fresh.keys())
    same = len(pack.bites) - len(fresh) - altered
    return Imported(pack.slug, pack.version, len(fresh), altered, same, retired)


def columns(bite: BiteFile, position: int) -> dict[str, Any]:
    """A bite of a file as a row has it."""
    return {
        "position": position,
        "title": bite.title,
        "body": bite.body,
        "remember": bite.remember,
        "link": bite.link,
        "media": bite.media,
        "tags": list(bite.tags),
        "pledges": list(bite.pledges),
        "retired_at": None,
    }


def ask(
    session: Session,
    bite_id: int,
    known: Sequence[Question],
    listed: Sequence[QuestionFile],
    now: datetime,
) -> bool:
    """Make a bite's questions those of the file; whether that changes any."""
    changed = False
    rows = {question.position: question for question in known}
    for position, question in enumerate(listed, start=1):
        row = rows.pop(position, None)
        if row is None:
            row = Question(bite_id=bite_id, position=position, ask="", answers=[], right=0)
            session.add(row)
        elif not same_question(
            (row.ask, row.right, *row.answers), (question.ask, question.right, *question.answers)
        ):
            row.edition += 1
        values = {
            "ask": question.ask,
            "answers": list(question.answers),
            "right": question.right,
            "why": question.why,
            "retired_at": None,
        }
        changed |= put(row, values)
    for row in rows.values():
        changed |= retire(row, now)
    return changed


def put(row: Bite | Question, values: Mapping[str, Any]) -> bool:
    """Give a row these values; whether any is another than before."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def retire(row: Bite | Question, now: datetime) -> bool:
    """Take a row out of use; whether it was in use."""
    if row.retired_at is not None:
        return False
    row.retired_at = now
    return True


async def export_pack(session: Session, slug: str) -> PackFile | None:
    """A pack as a file would tell it, with what is in use of it; None if we have none such."""
    row = await packs.by_slug(session, slug)
    if row is None:
        return None
    bites = (await packs.bites(session, row.id)).values()
    asked = await packs.questions(session, row.id)
    listed = sorted((b for b in bites if b.retired_at is None), key=lambda bite: bite.position)
    files = tuple(bite_file(bite, asked.get(bite.id, ())) for bite in listed)
    return PackFile(row.slug, row.title, row.language, row.version, row.source, files)


def bite_file(bite: Bite, asked: Sequence[Question]) -> BiteFile:
    """A bite as a file has it."""
    questions = (
        QuestionFile(question.ask, tuple(question.answers), question.right, question.why)
        for question in asked
        if question.retired_at is None
    )
    return BiteFile(
        bite.slug,
        bite.title,
        bite.body,
        bite.remember,
        bite.link,
        bite.media,
        tuple(bite.tags),
        tuple(questions),
        tuple(bite.pledges),
    )
