"""Course packs that are sent as files: read, answered for, and imported at a tap."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import rosterfiles, tasklists
from handlers.packs import Imported, import_pack
from handlers.reading.faults import Fault, Faults
from handlers.reading.inspections import LIMITS, Inspection, ending
from handlers.reading.packs import BiteFile, PackFile, packed, unpacked
from handlers.reading.plain import line
from handlers.requests import Otherwise, Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.packs import DropPackTap, ImportTap, SampleTap
from handlers.words import media as media_words
from handlers.words import plain
from handlers.words import rosterfiles as roster_words
from handlers.words import sentpacks as words
from handlers.words import study as study_words
from handlers.words import tasklists as list_words
from handlers.words.message import Message, Ours
from handlers.words.sentpacks import Effect
from handlers.words.voice import LOCALES, Html, Voice
from storage import checkins, files, grants, media, outbox, packs, sentpacks
from storage.checkins import Tally
from storage.database import Session
from storage.kinds import Doing, Media, PackStage
from storage.study import Lesson
from storage.tables import Bite, Morning, Question, SentPack, Team

MEGABYTE = 1024 * 1024
NAME = 80  # characters of a file's name


async def sent(request: Request) -> Reply | None:
    """A document that may hold a pack: it is fetched and read, and the answer comes by itself."""
    attached = request.attached
    if request.person is None or attached is None or attached.media is not Media.DOCUMENT:
        return None
    if not (kind := ending(attached.name)):
        return None
    if request.person.locale is None:  # the answer is said later, and in the same language
        request.person.locale = request.voice.locale
        request.session.add(request.person)
    name, html = line(attached.name)[-NAME:], request.html.strip()
    row = await sentpacks.add(
        request.session,
        request.person.id,
        request.chat.id,
        name,
        attached.file_id,
        html,
        request.now,
    )
    if attached.size > LIMITS[kind]:
        row.stage = PackStage.FAULTY
        size, limit = attached.size / MEGABYTE, LIMITS[kind] // MEGABYTE
        return Reply(message=words.too_big(request.voice, row.id, name, size, limit))
    return Reply(message=words.received(request.voice, name))


async def sent_list(request: Request) -> Reply | None:
    """The same from who may send lists of tasks only: a workbook."""
    table = request.attached is not None and ending(request.attached.name) == "xlsx"
    return await sent(request) if table else None


# -- once it was read ------------------------------------------------------------------------


async def found(session: Session, sent_id: int, looked: Inspection, now: datetime) -> None:
    """Say to its sender what was found in a file: once, whoever else looked at it as well."""
    pack = looked.pack
    stage = PackStage.OFFERED if pack else PackStage.FAULTY
    row = await sentpacks.read(session, sent_id, stage, packed(pack) if pack else None)
    if row is None:
        return
    sender = await sentpacks.sender(session, row)
    voice = Voice(sender.locale or LOCALES[0])
    if looked.roster is not None:
        await _roster(session, row, voice, looked, now)
        return
    if looked.tasks is not None or not await tasklists.packs_too(session, sender):
        await _tasks(session, row, voice, looked, now)
        return
    if pack is None:
        told = words.faulty(voice, row.id, row.name, looked.faults, looked.count)
        await _answer(session, row, [told], now)
        await _list(session, row, voice, looked.faults, looked.count, now)
        return
    try:
        effect = await effects(session, pack, now)
    except Faults as fault:
        row.stage, row.pack = PackStage.FAULTY, None
        told = words.not_newer(voice, row.id, row.name, fault.faults[0])
        await _answer(session, row, [told], now)
        return
    walking = (await packs.walkers(session)).get(pack.slug, [])
    mine = await grants.teams(session, sender.id)
    ids = {team.id for team in mine}
    own = [team for team in walking if team.id in ids]
    names = [team.name for team in own]
    sample = await _sample(session, pack, [*own, *mine], voice, now)
    others = len(walking) - len(names)
    offer = words.offer(voice, row.id, pack, effect, names, others, looked.hints)
    await _answer(session, row, [*sample, offer], now)
    await _list(session, row, voice, looked.hints, len(looked.hints), now)


async def _tasks(
    session: Session, row: SentPack, voice: Voice, looked: Inspection, now: datetime
) -> None:
    """It is a list of tasks, or its sender may send nothing else."""
    row.stage, row.pack = PackStage.FAULTY, None
    if looked.tasks is None:
        await _answer(session, row, [list_words.no_list(voice, row.name)], now)
        return
    faults, count = looked.faults, looked.count
    if not faults:
        sender = await sentpacks.sender(session, row)
        settled = await tasklists.settle(session, sender, row, looked.tasks, now)
        if settled.offer:
            row.stage, row.pack = PackStage.OFFERED, dict(settled.kept)
            await _answer(session, row, [settled.offer], now)
            return
        faults, count = settled.faults, len(settled.faults)
    told = list_words.faulty(voice, row.name, faults, count)
    await _answer(session, row, [told], now)
    await _list(session, row, voice, faults, count, now)


async def _roster(
    session: Session, row: SentPack, voice: Voice, looked: Inspection, now: datetime
) -> None:
    """It is a roster, from who may send one."""
    row.stage, row.pack = PackStage.FAULTY, None
    sender = await sentpacks.sender(session, row)
    if not await rosterfiles.may_send(session, sender):
        await _answer(session, row, [roster_words.not_yours(voice, row.name)], now)
        return
    faults, count = looked.faults, looked.count
    if not faults:
        settled = await rosterfiles.settle(session, sender, row, looked.roster or (), now)
        if settled.offer:
            row.stage = PackStage.OFFERED if settled.kept else PackStage.DROPPED
            row.pack = dict(settled.kept) or None
            session.add(row)
            await _answer(session, row, [settled.offer], now)
            await _file(session, row, voice, settled.whole, now)
            return
        faults, count = settled.faults, len(settled.faults)
    await _answer(session, row, [roster_words.faulty(voice, row.name, faults, count)], now)
    await _list(session, row, voice, faults, count, now)


async def taken(session: Session, sent_id: int, now: datetime) -> None:
    """What was shown of a file is done, since its sender said so."""
    row = await session.get_one(SentPack, sent_id)
    message = await rosterfiles.taken(session, sent_id, now)
    if message is not None:
        key = f"sentpack-taken:{sent_id}:{now.timestamp():.3f}"
        await outbox.post(session, key, row.chat_id, message.send(), now, priority=outbox.URGENT)


async def too_hard(session: Session, sent_id: int, now: datetime) -> None:
    """It takes more to be read than a pack may."""
    row = await sentpacks.read(session, sent_id, PackStage.LOST)
    if row is not None:
        voice = await _voice(session, row)
        await _answer(session, row, [words.too_hard(voice, row.id, row.name)], now)


async def lost(session: Session, sent_id: int, why: str, now: datetime) -> None:
    """It could not be had from Telegram."""
    row = await sentpacks.read(session, sent_id, PackStage.LOST)
    if row is not None:
        voice = await _voice(session, row)
        await _answer(session, row, [words.lost(voice, row.id, row.name, why)], now)


async def effects(session: Session, pack: PackFile, now: datetime) -> Effect:
    """What an import would do: it is done, looked at, and undone. Raises Faults."""
    row = await packs.by_slug(session, pack.slug)
    have = row.version if row else None
    trial = await session.begin_nested()
    try:
        return _effect(await import_pack(session, pack, now), have)
    finally:
        await trial.rollback()


def _effect(done: Imported, have: int | None) -> Effect:
    return Effect(have, done.added, done.changed, done.same, done.retired)


async def _voice(session: Session, row: SentPack) -> Voice:
    sender = await sentpacks.sender(session, row)
    return Voice(sender.locale or LOCALES[0])


async def _answer(
    session: Session, row: SentPack, messages: Sequence[Message], now: datetime
) -> None:
    first, *more = [message.send() for message in messages]
    key = f"sentpack:{row.id}"
    await outbox.post(session, key, row.chat_id, first, now, more=more)


async def _list(
    session: Session,
    row: SentPack,
    voice: Voice,
    faults: Sequence[Fault],
    count: int,
    now: datetime,
) -> None:
    """What does not fit the message goes as a file, all of it."""
    await _file(session, row, voice, words.told(voice, faults, count).whole, now)


async def _file(session: Session, row: SentPack, voice: Voice, whole: str, now: datetime) -> None:
    if not whole:
        return
    kept = await files.keep(session, whole.encode("utf-8-sig"), now)
    ours = Ours("file", words.list_name(voice, row.name), kept)
    message = Message(Html(""), media=Media.DOCUMENT, ours=ours)
    key = f"sentpack-list:{row.id}"
    await outbox.post(session, key, row.chat_id, message.send(), now)


async def _sample(
    session: Session,
    pack: PackFile,
    teams: Sequence[Team],
    voice: Voice,
    now: datetime,
) -> list[Message]:
    """The first card as the first of these teams would get it; its buttons do nothing."""
    nobody = Team(id=0, unit_id=0, name="", timezone="UTC", locale=voice.locale)
    team = next(iter(teams), nobody)
    first = pack.bites[0]
    day = now.astimezone(ZoneInfo(team.timezone)).date()
    morning = Morning(id=0, team_id=team.id, day=day, bite_id=0, due_at=now, closes_at=now)
    bite = Bite(id=0, pack_id=0, slug=first.slug, position=1, title=first.title, body=first.body)
    bite.remember, bite.link = first.remember, first.link
    lesson = Lesson(morning, team, bite, _questions(first))
    tally = Tally(done=0, expected=await checkins.expected(session, team.id, day))
    card = study_words.card(Voice(team.locale), lesson, tally)
    shown = await media.known(session, pack.slug, first.slug, first.media)
    return [words.harmless(message) for message in media_words.shown(card, shown)]


def _questions(bite: BiteFile) -> list[Question]:
    return [
        Question(
            id=0,
            bite_id=0,
            position=place,
            ask=asked.ask,
            answers=list(asked.answers),
            right=asked.right,
            why=asked.why,
        )
        for place, asked in enumerate(bite.questions, start=1)
    ]


# -- what its sender decides -----------------------------------------------------------------


async def take(request: Request, tap: ImportTap) -> Reply:
    """Import it, once."""
    row = await _own(request, tap.sent)
    if isinstance(row, Reply):
        return row
    pack = unpacked(row.pack or {})
    known = await packs.by_slug(request.session, pack.slug)
    have = known.version if known else None
    try:
        done = await import_pack(request.session, pack, request.now)
    except Faults as fault:  # somebody was faster, with this version or a later one
        told = words.not_newer(request.voice, row.id, row.name, fault.faults[0])
        await _close(request, row, PackStage.FAULTY)
        return Reply(edit=told)
    await request.note(Doing.IMPORTED, detail=f"{pack.slug} v{pack.version}")
    await _close(request, row, PackStage.IMPORTED)
    await _ask_for_media(request, row, pack)
    return Reply(edit=words.imported(request.voice, pack, _effect(done, have)))


async def drop(request: Request, tap: DropPackTap) -> Reply:
    """Do not."""
    row = await _own(request, tap.sent)
    if isinstance(row, Reply):
        return row
    await _close(request, row, PackStage.DROPPED)
    return Reply(edit=words.dropped(request.voice, row.name))


async def sample(request: Request, _: SampleTap) -> Reply:
    """A button of the card that is only shown."""
    return Reply(toast=words.sample(request.voice))


async def _own(request: Request, sent_id: int) -> SentPack | Reply:
    """The sender's own pack, which waits for their word; or else what to say instead."""
    if request.person is None:
        return Reply(toast=plain.gone(request.voice))
    row = await sentpacks.own(request.session, sent_id, request.person.id)
    if row is None or row.stage in {PackStage.WAITING, PackStage.FAULTY, PackStage.LOST}:
        return Reply(toast=plain.gone(request.voice))
    if {"tasks", "roster"} & (row.pack or {}).keys():
        return Reply(toast=plain.gone(request.voice))
    if row.stage is not PackStage.OFFERED:
        imported = row.stage is PackStage.IMPORTED
        return Reply(toast=words.ended(request.voice, imported=imported))
    return row


async def _close(request: Request, row: SentPack, stage: PackStage) -> None:
    row.stage, row.pack = stage, None
    request.session.add(row)


async def _ask_for_media(request: Request, row: SentPack, pack: PackFile) -> None:
    """Name the bites whose file is not here. It can be sent as a reply to that message."""
    kept = await packs.by_slug(request.session, pack.slug)
    assert kept is not None
    named = await media.named(request.session, kept.id)
    message = media_words.missing(request.voice, pack.title, named)
    if message is not None:
        key = media.asking_key(kept.id, row.id)
        await outbox.post(request.session, key, request.chat.id, message.send(), request.now)


ROUTES: list[Route] = [
    Press(ImportTap, take, needs=Action.PACKS),
    Press(DropPackTap, drop, needs=Action.PACKS),
    Press(SampleTap, sample, needs=Action.PACKS),
    Otherwise(sent, needs=Action.PACKS),
    Otherwise(sent_list, needs=Action.ASSIGN),
]
