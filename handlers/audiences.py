"""Whom an announcement is for: teams, units, people with a tag, saved lists; on which terms."""

from collections.abc import Collection
from dataclasses import replace

from handlers.desks import UNSENT, Desk, choice, desk, laid_out
from handlers.reading.plain import line
from handlers.requests import Press, Reply, Request, Route
from handlers.rules.permissions import Action
from handlers.taps.announcements import (
    AskReceiptTap,
    ChooseTap,
    ForgetListTap,
    ListsTap,
    PickListTap,
    PickTagTap,
    PickTeamTap,
    PickUnitTap,
    PinTap,
    SaveListTap,
    SilentTap,
    TagsTap,
)
from handlers.words import announcements as made
from handlers.words import audiences as words
from handlers.words import plain
from storage import announcements, audiences, cues, teams
from storage.audiences import LISTS, number
from storage.kinds import Cueing
from storage.tables import Cue

NAME = 20  # characters of a list's name


async def choose(request: Request, tap: ChooseTap) -> Reply:
    """Show a page of the choice."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    await cues.end(request.session, found.draft.author_id)
    return Reply(edit=choice(request, found, tap.page))


async def pick_team(request: Request, tap: PickTeamTap) -> Reply:
    """Add a team, or leave it out."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    if not any(team.id == tap.team for team in found.teams):
        return Reply(toast=plain.denied(request.voice))
    return await _toggle(request, found, {tap.team}, tap)


async def pick_unit(request: Request, tap: PickUnitTap) -> Reply:
    """Add all teams of a unit, or leave them out where all of them were in."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    unit = next((unit for unit in found.branches if unit.id == tap.unit), None)
    if unit is None:
        return Reply(toast=plain.denied(request.voice))
    return await _toggle(request, found, unit.teams, tap)


async def _toggle(
    request: Request, found: Desk, ids: Collection[int], tap: PickTeamTap | PickUnitTap
) -> Reply:
    if set(ids) <= found.chosen:
        await announcements.leave_out(request.session, found.draft.id, ids)
    else:
        await announcements.choose(request.session, found.draft.id, ids)
    page = found.page(tap)
    return Reply(edit=choice(request, await laid_out(request, found.draft), page))


# -- terms -----------------------------------------------------------------------------------


async def ask_receipt(request: Request, tap: AskReceiptTap) -> Reply:
    """Ask for receipts, or do not."""
    return await _turn(request, tap.announcement, "wants_receipt")


async def pin(request: Request, tap: PinTap) -> Reply:
    """Have it pinned until it is done, or not."""
    return await _turn(request, tap.announcement, "pins")


async def silent(request: Request, tap: SilentTap) -> Reply:
    """Let it come without a sound, or with one."""
    return await _turn(request, tap.announcement, "silent")


async def _turn(request: Request, announcement_id: int, option: str) -> Reply:
    found = await desk(request, announcement_id)
    if isinstance(found, Reply):
        return found
    setattr(found.draft, option, not getattr(found.draft, option))
    request.session.add(found.draft)
    return Reply(edit=choice(request, found))


# -- tags ------------------------------------------------------------------------------------


async def tags(request: Request, tap: TagsTap) -> Reply:
    """Show the tags of the members that the author looks after."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    known = await audiences.tags(request.session, [team.id for team in found.teams])
    if not known and not found.draft.tags:
        return Reply(toast=words.no_tags(request.voice))
    page = words.tags(request.voice, found.draft, known, len(found.picked))
    return Reply(edit=page)


async def pick_tag(request: Request, tap: PickTagTap) -> Reply:
    """Those with this tag are meant, or not: their teams get it, nobody else is to confirm."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    known = await audiences.tags(request.session, [team.id for team in found.teams])
    tag = next((one for one in [*known, *found.draft.tags] if number(one) == tap.tag), None)
    if tag is None:
        return Reply(toast=plain.gone(request.voice))
    on = tag not in found.draft.tags
    kept = [one for one in found.draft.tags if one != tag]
    found.draft.tags = [*kept, tag] if on else kept
    request.session.add(found.draft)
    theirs = known.get(tag, frozenset())
    if on:
        await announcements.choose(request.session, found.draft.id, theirs)
    else:
        others = {team for one in kept for team in known.get(one, ())}
        await announcements.leave_out(request.session, found.draft.id, theirs - others)
    found = await laid_out(request, found.draft)
    return Reply(edit=words.tags(request.voice, found.draft, known, len(found.picked)))


# -- saved lists -----------------------------------------------------------------------------


async def lists(request: Request, tap: ListsTap) -> Reply:
    """Show the author's saved lists."""
    found = await desk(request, tap.announcement)
    return found if isinstance(found, Reply) else await _lists(request, found)


async def _lists(request: Request, found: Desk) -> Reply:
    known = await audiences.lists(request.session, found.draft.author_id)
    return Reply(edit=words.lists(request.voice, found.draft, known, len(found.picked)))


async def pick_list(request: Request, tap: PickListTap) -> Reply:
    """Choose what a list holds, as far as the author runs it now."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    saved = await audiences.own(request.session, tap.recipients, found.draft.author_id)
    if saved is None:
        return Reply(toast=plain.gone(request.voice))
    wanted = await audiences.teams_of(request.session, saved.id)
    mine = {team.id for team in found.teams}
    await announcements.leave_out(request.session, found.draft.id, found.chosen - wanted)
    await announcements.choose(request.session, found.draft.id, wanted & mine)
    found.draft.tags = list(saved.tags)
    request.session.add(found.draft)
    gone = await teams.by_ids(request.session, wanted - mine) if wanted - mine else {}
    found = await laid_out(request, found.draft)
    names = [team.name for team in gone.values()]
    toast = words.picked(request.voice, len(found.picked), names)
    return Reply(toast=toast, alert=bool(names), edit=choice(request, found))


async def forget_list(request: Request, tap: ForgetListTap) -> Reply:
    """Let go of a saved list."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    saved = await audiences.own(request.session, tap.recipients, found.draft.author_id)
    if saved is None:
        return Reply(toast=plain.gone(request.voice))
    await audiences.forget(request.session, saved)
    return await _lists(request, found)


async def save_list(request: Request, tap: SaveListTap) -> Reply:
    """Keep whom the author chose: under which name is asked."""
    found = await desk(request, tap.announcement)
    if isinstance(found, Reply):
        return found
    if not found.picked:
        return Reply(toast=made.nobody(request.voice))
    await cues.give(
        request.session, found.draft.author_id, found.draft.id, Cueing.NAME, request.now
    )
    return Reply(message=words.name_it(request.voice, found.draft))


async def named(request: Request, cue: Cue) -> Reply:
    """The name of a list, in the author's next words."""
    found = await desk(request, cue.announcement_id, UNSENT)
    if isinstance(found, Reply):
        await cues.end(request.session, cue.person_id)
        return replace(found, toast="", message=plain.line(found.toast))
    name = line(request.text)
    if not name or len(name) > NAME:
        return Reply(message=words.bad_name(request.voice, NAME))
    await cues.end(request.session, cue.person_id)
    if not await audiences.keep(
        request.session,
        cue.person_id,
        name,
        [team.id for team in found.picked],
        found.draft.tags,
        request.now,
    ):
        return Reply(message=words.too_many_lists(request.voice, LISTS))
    return Reply(message=words.saved(request.voice, name, len(found.picked)))


ROUTES: list[Route] = [
    Press(ChooseTap, choose, needs=Action.ANNOUNCE),
    Press(PickTeamTap, pick_team, needs=Action.ANNOUNCE),
    Press(PickUnitTap, pick_unit, needs=Action.ANNOUNCE),
    Press(AskReceiptTap, ask_receipt, needs=Action.ANNOUNCE),
    Press(PinTap, pin, needs=Action.ANNOUNCE),
    Press(SilentTap, silent, needs=Action.ANNOUNCE),
    Press(TagsTap, tags, needs=Action.ANNOUNCE),
    Press(PickTagTap, pick_tag, needs=Action.ANNOUNCE),
    Press(ListsTap, lists, needs=Action.ANNOUNCE),
    Press(PickListTap, pick_list, needs=Action.ANNOUNCE),
    Press(ForgetListTap, forget_list, needs=Action.ANNOUNCE),
    Press(SaveListTap, save_list, needs=Action.ANNOUNCE),
]
