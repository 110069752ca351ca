"""The rosters of some teams made to match a file that lists no more than those."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from handlers.organisations.changes import Changes, Group, Node
from handlers.organisations.rosters import Rosters, crew
from handlers.organisations.tree import Tree
from handlers.reading.organisations import TeamFile, UnitFile
from handlers.words.organisations import Moved, Outcome, Path
from storage import boards, members, organisations, outbox, rosters
from storage.database import Session
from storage.tables import Member, Team


async def apply_people(
    session: Session, files: Mapping[int, TeamFile], today: date, now: datetime
) -> Outcome:
    """Give each team, by its id, the people of its file; whoever is missing there is retired.

    Who goes from one of these teams to another takes along what is open, as by a tap.
    """
    users = {one.telegram_id for file in files.values() for one in crew(file) if one.telegram_id}
    record = await organisations.load_some(session, list(files), users)
    live = {(one.team_id, one.person_id) for one in record.members if not one.retired_at}
    changes = Changes([])
    tree = Tree(session, now, record, changes)
    groups = [_group(tree, team, files[team.id]) for team in record.teams.values()]
    tree.is_at |= {group.team.id: group.path for group in groups}
    await Rosters(session, now, record, changes).people(tree, [], groups)
    await session.flush()
    at = {group.team.id: group.path for group in groups}
    moves = await _carry(session, record, live, at, today, now)
    await outbox.touch(session, await boards.keys(session), now)
    gone = {(one.name, path) for one in moves for path in (one.old, one.new)}
    told = [one for one in changes.all() if (one.name, one.where) not in gone]
    return Outcome(told, moves, {at[team]: sum(t == team for t, _ in live) for team in at})


def _group(tree: Tree, team: Team, file: TeamFile) -> Group:
    path = tree.record.path(team.unit_id)
    return Group(Node(path, UnitFile(path[-1]), team.timezone, team.locale), file, team, False)


async def _carry(
    session: Session,
    record: organisations.Record,
    live: set[tuple[int, int]],
    at: Mapping[int, Path],
    today: date,
    now: datetime,
) -> Sequence[Moved]:
    """Who left one of these teams and came into another: what is open goes along."""
    lost: defaultdict[int, list[int]] = defaultdict(list)
    won: defaultdict[int, list[int]] = defaultdict(list)
    rows = await rosters.of_teams(session, list(at))
    here = {(place.member.team_id, place.person.id): place for place in rows}
    for team, person in sorted(live - here.keys()):
        lost[person].append(team)
    for team, person in sorted(here.keys() - live):
        won[person].append(team)
    olds = {(one.team_id, one.person_id): one for one in record.members}
    moves = []
    for person, teams in lost.items():
        if len(teams) != 1 or len(won[person]) != 1:
            continue
        new = here[won[person][0], person]
        old: Member = olds[teams[0], person]
        await members.follow(session, old, new.member, today)
        place = rosters.Place(old, new.person, record.teams[old.team_id])
        await members.carry(session, place, new.member, now)
        moves.append(Moved(person, new.person.name, at[old.team_id], at[new.team.id]))
    return moves
