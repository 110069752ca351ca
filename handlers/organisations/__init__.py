"""The organisation: the database made to match a file.

Nothing is ever deleted but rights and plans, which have no history of their own: whoever is
missing from a later file is retired, and comes back with all that was theirs when listed again.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time

from handlers import menus
from handlers.organisations.changes import Changes, Node
from handlers.organisations.days import own_days
from handlers.organisations.rosters import Rosters
from handlers.organisations.tree import Tree
from handlers.reading.faults import Fault, Faults
from handlers.reading.organisations import OrganisationFile, UnitFile
from handlers.words.organisations import Change, Kind, Path
from storage import audits, boards, organisations, outbox
from storage.database import Session
from storage.kinds import Doing

SIGNS = {Kind.ADDED: "+", Kind.CHANGED: "~", Kind.RETIRED: "-"}


async def apply(
    session: Session,
    file: OrganisationFile,
    now: datetime,
    default_timezone: str,
    default_locale: str,
) -> list[Change]:
    """Make the database match `file`; what that changes, in the order of the file.

    The file speaks for the whole installation. Applied again it changes nothing. A team without a
    `chat_id` keeps the chat that it was given from inside Telegram, and one without `work_ends`
    what was said there. Raises Faults, with nothing changed, when a plan names a pack that was not
    imported.
    """
    record = await organisations.load(session)
    nodes = spread(file.root, (), default_timezone, default_locale)
    need_packs(nodes, record.packs)
    changes = Changes(nodes)
    tree = Tree(session, now, record, changes)
    await tree.units(nodes)
    groups = await tree.teams(nodes)
    rosters = Rosters(session, now, record, changes)
    await rosters.people(tree, nodes, groups)
    await rosters.plans(tree, groups)
    await own_days(session, now, record, changes, tree, nodes, groups)
    # Names may be others now, and who left the teams takes their commitments along.
    await outbox.touch(session, await boards.keys(session), now)
    await menus.renew(session, now, default_locale)
    await menus.renew(session, now, default_locale, rosters.lost)
    told = changes.all()
    if told:
        kinds = Counter(change.kind for change in told)
        detail = " ".join(f"{SIGNS[kind]}{kinds[kind]}" for kind in Kind if kinds[kind])
        await audits.note(session, Doing.APPLIED, now, by=None, detail=detail)
    return told


def spread(
    unit: UnitFile, above: Path, timezone: str, locale: str, work_ends: time | None = None
) -> list[Node]:
    """A unit and all units below it, each after the one that contains it."""
    given = unit.timezone or timezone, unit.locale or locale, unit.work_ends or work_ends
    node = Node((*above, unit.name), unit, *given)
    below = [spread(child, node.path, *given) for child in unit.units]
    return [node, *(found for nodes in below for found in nodes)]


def need_packs(nodes: Iterable[Node], packs: set[str]) -> None:
    """Raise Faults for the packs that plans name and nobody imported."""
    plans = [team.plan for node in nodes for team in node.file.teams if team.plan]
    named = dict.fromkeys(pack for plan in plans for pack in plan.every_pack)
    missing = [pack for pack in named if pack not in packs]
    if missing:
        raise Faults([Fault("", "organisation.no_pack", {"pack": pack}) for pack in missing])
