"""With the morning's card: what is for one person alone, in one private message.

Cards come first: this is looked at after them, and its messages go out behind theirs. Nothing is
computed here but which bite comes next; what is due was written down when it was answered.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.recipients import may_write
from handlers.rules.tutorials import next_bite
from handlers.words import tutorials as words
from handlers.words.message import Message
from handlers.words.voice import Voice
from schedules.job import Appointment, Job
from storage import outbox, people, pupils, teams, tutorials
from storage.database import Session
from storage.pupils import Pupil
from storage.tables import Morning, Outgoing

NAME = PREFIX = tutorials.PREFIX
CATCH_UP = timedelta(hours=2)  # as the card's: a message that is later is not sent any more
TOGETHER = 20  # mornings in one transaction, about 600 people: taps wait while it lasts


async def due(session: Session, now: datetime) -> Sequence[Appointment]:
    """Mornings that have begun since the last look, some together."""
    found = await pupils.untold(session, now)
    some = [found[start : start + TOGETHER] for start in range(0, len(found), TOGETHER)]
    return [Appointment(f"{one[0].id}-{one[-1].id}", one) for one in some]


async def give(session: Session, appointment: Appointment, now: datetime) -> None:
    """Owe everybody of these mornings their message: a fixed number of queries for all."""
    mornings: Sequence[Morning] = appointment.what
    ids = await pupils.tell(session, [one.id for one in mornings], now)
    late = [one.id for one in mornings if now - one.due_at > CATCH_UP]
    named = await _open(session, await pupils.of(session, sorted(set(ids) - set(late))), now)
    bites = await _bites(session, [one.person_id for one in named if one.tagged])
    given = [one for one in named if one.question_id or one.person_id in bites]
    if not given:
        return
    days: dict[date, list[int]] = {}
    for pupil in given:
        days.setdefault(pupil.day, []).append(pupil.person_id)
    for day, persons in days.items():
        closed = await tutorials.replace(session, persons, day, now)
        await outbox.touch(session, [tutorials.key(one) for one in closed], now)
    rows = [_row(pupil, bites.get(pupil.person_id), now) for pupil in given]
    made = dict(await tutorials.give(session, rows, now))
    sheets = await tutorials.sheets(session, list(made.values()))
    posts = [
        outbox.Post(
            tutorials.key(made[pupil.person_id]),
            pupil.chat_id,
            words.tutorial(Voice(sheet.locale), sheet).send(),
        )
        for pupil in given
        if (sheet := sheets.get(made.get(pupil.person_id, 0)))
    ]
    last = max(one.due_at for one in mornings) + CATCH_UP
    await outbox.post_all(session, posts, now, priority=outbox.CARDS, expires_at=last)


async def _open(session: Session, named: Sequence[Pupil], now: datetime) -> Sequence[Pupil]:
    """Without those who do not want to be written to now: the next morning is time enough."""
    persons = await people.by_ids(session, {one.person_id for one in named})
    zones = {
        team.id: ZoneInfo(team.timezone)
        for team in (await teams.by_ids(session, {one.team_id for one in named})).values()
    }
    return [one for one in named if may_write(persons[one.person_id], zones[one.team_id], now)]


async def _bites(session: Session, persons: Sequence[int]) -> dict[int, int]:
    """By person: the bite that is theirs today, of those who have tags."""
    if not persons:
        return {}
    places = await pupils.places(session, persons)
    packs = {pack for found in places.values() for place in found for pack in place.packs}
    shelf = await pupils.shelf(session, packs)
    if not shelf:
        return {}
    had = await pupils.had(session, persons)
    return {
        person: bite
        for person, found in places.items()
        if (bite := next_bite([(p.tags, p.packs) for p in found], shelf, had.get(person, ())))
    }


def _row(pupil: Pupil, bite_id: int | None, now: datetime) -> dict[str, object]:
    return {
        "person_id": pupil.person_id,
        "team_id": pupil.team_id,
        "day": pupil.day,
        "question_id": pupil.question_id,
        "bite_id": bite_id,
        "sent": True,
        "at": now,
    }


async def again(session: Session, outgoing: Outgoing, _: datetime) -> Message | None:
    """The message as it stands now."""
    tutorial_id = int(outgoing.key.removeprefix(f"{PREFIX}:"))
    sheet = (await tutorials.sheets(session, [tutorial_id])).get(tutorial_id)
    return words.tutorial(Voice(sheet.locale), sheet) if sheet else None


TUTORIALS = Job(NAME, due, give, together=1)
