"""Somebody of whom every table holds something, and a look at all that a database holds."""

import json
from datetime import date, timedelta
from typing import Any

from sqlmodel import SQLModel, select

from handlers import privacy
from handlers.requests import Reply
from handlers.taps.privacy import ForgetTap
from schedules.erasures import ERASURES
from schedules.runner import tick
from storage import audits
from storage.kinds import (
    Act,
    Cueing,
    Delivery,
    Doing,
    Intake,
    LeaveReason,
    Media,
    Origin,
    PackStage,
    Progress,
    Role,
    Stage,
    Subject,
    Switch,
)
from storage.tables import (
    Announcement,
    AnnouncementMember,
    AnnouncementPiece,
    AnnouncementTeam,
    Answer,
    Application,
    Assignment,
    Board,
    Chat,
    CheckIn,
    CodeGuess,
    Commitment,
    CommitmentAct,
    Cue,
    Departure,
    Grant,
    GrantLink,
    Incoming,
    Invitation,
    Leave,
    Meeting,
    Memory,
    Naming,
    Objection,
    Outgoing,
    Receipt,
    Recipients,
    RecipientsTeam,
    Review,
    SentPack,
    SwitchTurn,
    Todo,
    Tutorial,
    WeekTime,
    WeekWish,
    Wording,
)
from tests.conftest import NAMES, ONE, SI, ZHANG, ZHAO, Office

SECRET = "秘密7391"  # whatever the person wrote or sent
MINE = NAMES[ZHANG]


async def everywhere(office: Office, *, user: int = ZHANG) -> None:
    """Rows of a person's in every table that can hold any, and rows of others that name them."""
    now = office.clock()
    team, person, member = office.teams[ONE], office.people[user], office.members[user]
    leader = office.people[ZHAO]
    today = now.date()
    async with office.database.begin() as session:

        async def add(row: Any) -> Any:
            session.add(row)
            await session.flush()
            return row

        chat = (await session.exec(select(Chat).where(Chat.telegram_id == user))).one()
        group = (await session.exec(select(Chat).where(Chat.telegram_id == ONE))).one()
        morning = await office.morning(session)
        await add(CheckIn(morning_id=morning.id, member_id=member.id, at=now))
        await add(
            Answer(morning_id=morning.id, question_id=1, member_id=member.id, choice=2, at=now)
        )
        tutorial = await add(
            Tutorial(person_id=person.id, team_id=team.id, day=today, question_id=1, at=now)
        )
        await add(
            Review(
                person_id=person.id,
                question_id=1,
                edition=1,
                team_id=team.id,
                day=today,
                tutorial_id=tutorial.id,
                right=False,
                at=now,
            )
        )
        await add(
            Memory(
                person_id=person.id,
                question_id=1,
                last=today,
                stability=1.5,
                due=today,
                known=False,
            )
        )
        await add(Invitation(person_id=person.id, morning_id=morning.id, at=now))
        await add(
            Leave(
                member_id=member.id,
                first=date(2026, 11, 2),
                last=date(2026, 11, 3),
                reason=LeaveReason.FIELD,
                at=now,
                by_person_id=person.id,
            )
        )
        await add(Meeting(team_id=team.id, day=today, person_id=person.id, at=now))
        await add(Board(team_id=team.id, number=1, person_id=person.id, at=now))
        await add(
            SwitchTurn(
                team_id=team.id, switch=Switch.RANKING, turned_on=True, person_id=person.id, at=now
            )
        )
        await add(Grant(person_id=person.id, role=Role.LEADER, team_id=team.id, at=now))
        await add(
            GrantLink(hash="0", role=Role.LEADER, team_id=team.id, by_id=person.id, expires_at=now)
        )
        await add(CodeGuess(user_id=user, tries=1, at=now))
        unit = team.unit_id
        await add(WeekTime(unit_id=unit, weekday=4, hour=17, person_id=person.id, at=now))
        await add(WeekWish(person_id=person.id, at=now))
        await add(
            Application(team_id=team.id, user_id=user, name=SECRET, member_id=member.id, at=now)
        )
        await add(Departure(chat_id=group.id, person_id=person.id, at=now))
        await add(Naming(person_id=person.id, subject=Subject.TAGS, subject_id=member.id, at=now))
        await audits.note(session, Doing.SWITCHED, now, by=person.id, team=team.id)
        await add(
            SentPack(
                person_id=person.id,
                chat_id=chat.id,
                name=SECRET,
                file_id=SECRET,
                html=SECRET,
                stage=PackStage.OFFERED,
                not_before=now,
                at=now,
                pack={"title": SECRET},
            )
        )
        task = await add(
            Assignment(author_id=leader.id, standard=f"和{MINE}一起", partners=MINE, at=now)
        )
        own = await add(Assignment(author_id=person.id, standard="查漏", at=now))
        states = (Progress.OPEN, Progress.OPEN, Progress.CLAIMED, Progress.VERIFIED)
        for number, state in enumerate(states, start=1):
            promise = await add(
                Commitment(
                    team_id=team.id,
                    number=number,
                    member_id=member.id,
                    text=SECRET,
                    due_at=now + timedelta(days=number - 2),
                    origin=Origin.PLEDGE,
                    state=state,
                    at=now - timedelta(days=3),
                    assignment_id=task.id if number == 2 else None,
                )
            )
            await add(
                CommitmentAct(
                    commitment_id=promise.id,
                    act=Act.CLAIMED,
                    person_id=person.id,
                    at=now - timedelta(days=2),
                    text=SECRET,
                    media=Media.PHOTO,
                    file_id=SECRET,
                    album=SECRET,
                    kept=f"1-一班/{number}-{promise.id}.jpg",
                    witness_id=person.id,
                )
            )
            await add(
                CommitmentAct(
                    commitment_id=promise.id,
                    act=Act.RETURNED,
                    person_id=leader.id,
                    at=now,
                    text=f"{SECRET} {MINE}",
                )
            )
        theirs = await add(
            Commitment(
                team_id=team.id,
                number=9,
                member_id=office.members[SI].id,
                text=f"和{MINE}检修",
                due_at=now + timedelta(days=1),
                origin=Origin.TASK,
                at=now,
                assignment_id=own.id,
            )
        )
        await add(
            CommitmentAct(
                commitment_id=theirs.id, act=Act.RETURNED, person_id=person.id, at=now, text=SECRET
            )
        )
        await add(Objection(person_id=person.id, commitment_id=theirs.id, at=now))
        await add(Todo(team_id=team.id, message_id=5, person_id=person.id, text=SECRET, at=now))
        await add(
            Todo(
                team_id=team.id,
                message_id=6,
                person_id=leader.id,
                author_id=member.id,
                text=SECRET,
                at=now,
                commitment_id=theirs.id,
            )
        )
        draft = await add(Announcement(author_id=person.id, html=SECRET, at=now))
        await add(
            AnnouncementPiece(announcement_id=draft.id, place=1, media=Media.PHOTO, file_id=SECRET)
        )
        await add(AnnouncementTeam(announcement_id=draft.id, team_id=team.id))
        await add(
            Cue(
                person_id=person.id,
                announcement_id=draft.id,
                about=Cueing.CORRECTION,
                html=SECRET,
                at=now,
            )
        )
        saved = await add(Recipients(person_id=person.id, name=SECRET, at=now))
        await add(RecipientsTeam(recipients_id=saved.id, team_id=team.id))
        sent = await add(
            Announcement(
                author_id=leader.id, html=f"请{MINE}参加", stage=Stage.SENT, at=now, sent_at=now
            )
        )
        await add(AnnouncementTeam(announcement_id=sent.id, team_id=team.id))
        await add(AnnouncementMember(announcement_id=sent.id, member_id=member.id))
        sent.poll = {"question": f"{MINE}去吗？", "options": [MINE, "别人"]}
        session.add(sent)
        await add(Wording(announcement_id=sent.id, html=f"请{MINE}到会", at=now))
        await add(Receipt(announcement_id=sent.id, member_id=member.id, at=now))
        user_json = {"id": user, "first_name": MINE}
        for number, lane, message in (
            (
                1,
                user,
                {
                    "message_id": 3,
                    "chat": {"id": user, "type": "private"},
                    "from": user_json,
                    "text": SECRET,
                },
            ),
            (
                2,
                ONE,
                {
                    "message_id": 4,
                    "chat": {"id": ONE, "type": "supergroup"},
                    "from": user_json,
                    "text": SECRET,
                },
            ),
        ):
            await add(
                Incoming(
                    update_id=number,
                    raw={"update_id": number, "message": message},
                    lane=lane,
                    state=Intake.DONE,
                    not_before=now,
                    received_at=now,
                )
            )
        said = {"text": f"<b>{MINE}</b> 承诺", "parse_mode": "HTML"}
        for key, where, number in (
            ("nudge:1", chat.id, 11),
            ("closing:1", group.id, 12),
            (f"admit:1:{user}:0:5", group.id, 13),
        ):
            await add(
                Outgoing(
                    key=key,
                    chat_id=where,
                    method="sendMessage",
                    params=said,
                    priority=1,
                    state=Delivery.SENT,
                    not_before=now,
                    done_at=now,
                    message_id=number,
                )
            )
        await add(
            Outgoing(
                key="waits:1",
                chat_id=group.id,
                method="sendMessage",
                params=said,
                priority=1,
                not_before=now + timedelta(hours=1),
            )
        )


async def dump(office: Office) -> dict[str, list[str]]:
    """By table: all its rows, each as one line of text."""
    found = {}
    async with office.database.read() as session:
        connection = await session.connection()
        for table in SQLModel.metadata.sorted_tables:
            rows = await connection.execute(table.select())
            found[table.name] = [
                json.dumps(list(row), default=str, ensure_ascii=False) for row in rows
            ]
    return found


async def holding(office: Office, *marks: str) -> dict[str, list[str]]:
    """By table: the rows in which any of these stand."""
    found = await dump(office)
    return {
        name: hit
        for name, rows in found.items()
        if (hit := [row for row in rows if any(mark in row for mark in marks)])
    }


async def forget(office: Office, user: int = ZHANG) -> Reply:
    """They ask for it, and press the button."""
    async with office.database.begin() as session:
        asked = await privacy.leave(await office.ask(session, user, "/forgetme"))
    assert asked.message is not None
    tap = asked.message.buttons[0][0].tap
    assert isinstance(tap, ForgetTap)
    async with office.database.begin() as session:
        return await privacy.forget(await office.ask(session, user), tap)


async def search(office: Office) -> None:
    """The minute is over in which something may be on its way, and the clock ticks twice."""
    office.clock.forward(seconds=61)
    await tick(office.database, [ERASURES], office.clock())
    await tick(office.database, [ERASURES], office.clock())
