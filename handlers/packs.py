"""Course packs: what a file holds, taken into the database and out of it again; which we have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.reading.contents import of_id
from handlers.reading.faults import Fault, Faults
from handlers.reading.packs import BiteFile, PackFile, QuestionFile
from handlers.requests import Command, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.rules.review import same_question
from handlers.taps.packs import ExportTap, PacksTap, TemplateTap
from handlers.words import packs as words
from handlers.words import plain
from handlers.words.message import Message
from storage import grants, media, outbox, packs, reviews
from storage.database import Session
from storage.tables import Bite, BiteMedia, Pack, Question


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
        listed.slug: Bite(pack_id=row.id, slug=listed.slug, **columns(listed, position))
        for position, listed in enumerate(pack.bites, start=1)
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
    await media.put(session, [*shown(pack, bites, now)])
    renewed = [q.id for found in asked.values() for q in found if q.edition != editions[q.id]]
    await reviews.forget(session, renewed)
    altered = len(changed - fresh.keys())
    same = len(pack.bites) - len(fresh) - altered
    return Imported(pack.slug, pack.version, len(fresh), altered, same, retired)


def shown(pack: PackFile, bites: Mapping[str, Bite], now: datetime) -> Iterator[BiteMedia]:
    """What bites show that name a file which Telegram has."""
    for listed in pack.bites:
        if kind := of_id(listed.media):
            bite_id, name = bites[listed.slug].id, listed.media
            yield BiteMedia(bite_id=bite_id, name=name, media=kind, file_id=name, at=now)


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
        values: dict[str, Any] = {
            "ask": question.ask,
            "answers": list(question.answers),
            "right": question.right,
            "why": question.why,
            "retired_at": None,
        }
        row = rows.pop(position, None)
        if row is None:
            session.add(Question(bite_id=bite_id, position=position, **values))
            changed = True
        else:
            if not same_question(
                (row.ask, row.right, *row.answers),
                (question.ask, question.right, *question.answers),
            ):
                row.edition += 1
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


async def listed(request: Request) -> Reply:
    """/packs: the packs that we have, and ways to take one out or to begin one."""
    message = await _page(request, 0)
    return Reply(message=message) if request.private else Reply(private=message)


async def page(request: Request, tap: PacksTap) -> Reply:
    """Another page of them."""
    return Reply(edit=await _page(request, tap.page))


async def out(request: Request, tap: ExportTap) -> Reply:
    """A pack as a file, which is made when it is sent: once for each list and version."""
    pack = await packs.one(request.session, tap.pack_id)
    if pack is None:
        return Reply(toast=plain.gone(request.voice))
    key = f"pack-export:{request.chat.id}:{request.message_id}:{pack.id}:{pack.version}"
    return await _file(request, key, words.export(request.voice, pack.slug, pack.version))


async def template(request: Request, _: TemplateTap) -> Reply:
    """A file to be filled in."""
    key = f"pack-template:{request.chat.id}:{request.message_id}"
    return await _file(request, key, words.blank(request.voice))


async def _file(request: Request, key: str, message: Message) -> Reply:
    fresh = await outbox.post(
        request.session, key, request.chat.id, message.send(), request.now, priority=outbox.URGENT
    )
    return Reply(toast=words.coming(request.voice, fresh=fresh))


async def _page(request: Request, number: int) -> Message:
    assert request.person is not None
    stock = await packs.stock(request.session)
    walkers = await packs.walkers(request.session)
    mine = {team.id for team in await grants.teams(request.session, request.person.id)}
    number = min(max(number, 0), max(len(stock) - 1, 0) // words.PAGE)
    shown = []
    for one in stock[number * words.PAGE : (number + 1) * words.PAGE]:
        teams = walkers.get(one.pack.slug, [])
        names = [team.name for team in teams if team.id in mine]
        shown.append(words.Shelf(one.pack, one.bites, names, len(teams) - len(names)))
    return words.stock(request.voice, shown, number, len(stock))


ROUTES: list[Route] = [
    Command("packs", listed, needs=Action.PACKS),
    Press(PacksTap, page, needs=Action.PACKS),
    Press(ExportTap, out, needs=Action.PACKS),
    Press(TemplateTap, template, needs=Action.PACKS),
]
