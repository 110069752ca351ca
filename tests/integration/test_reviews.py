"""What answers tell of memory: kept as facts, made anew at any time, and of a team by no name."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import select

from handlers import mine, reviews, study
from handlers.packs import import_pack
from handlers.reading.packs import BiteFile, PackFile, QuestionFile
from handlers.routes import ROUTES, Switchboard
from handlers.rules.review import urgency
from handlers.taps.cards import AnswerTap
from storage import migrations, pupils, tutorials
from storage import reviews as facts
from storage.database import Database
from storage.tables import Bite, Memory, Question, Review
from tests.conftest import LI, NAMES, ONE, SUN, TWO, WANG, WU, ZHANG, ZHAO, Office
from tests.integration.reviewing import answered, cache, mornings, owed, today
from tests.postgres import Postgres


async def tap(office: Office, user: int, question: int, choice: int) -> str:
    async with office.database.begin() as session:
        request = await office.ask(session, user, chat=ONE)
        return (await study.answer(request, AnswerTap(1, question, choice))).toast


async def test_the_first_answer_on_a_card_is_a_review_and_no_later_one(office: Office) -> None:
    async with office.database.begin() as session:
        await office.morning(session)
    await tap(office, ZHANG, 1, 2)
    await tap(office, ZHANG, 1, 1)
    async with office.database.read() as session:
        (row,) = (await session.exec(select(Review))).all()
    assert (row.person_id, row.question_id, row.right) == (office.people[ZHANG].id, 1, False)
    assert (row.day, row.tutorial_id) == (today(office), None)
    assert row.team_id == office.teams[ONE].id
    ((_, _, due, known),) = (await cache(office.database)).values()
    assert (due, known) == (today(office) + timedelta(days=1), False)


async def test_of_two_answers_on_one_day_the_first_is_a_review(office: Office) -> None:
    assert await answered(office, ZHANG, right=False)
    assert not await answered(office, ZHANG, right=True, chat=TWO)
    ((_, _, _, known),) = (await cache(office.database)).values()
    assert not known


@pytest.mark.parametrize("seed", range(6))
async def test_what_is_kept_for_speed_is_what_the_facts_come_to(office: Office, seed: int) -> None:
    """Whatever is answered, and whatever packs change meanwhile."""
    chance = random.Random(seed)
    for _ in range(40):
        act = chance.random()
        if act < 0.75:
            user = chance.choice([ZHANG, ZHAO, WU])
            await answered(office, user, chance.choice([1, 2]), right=chance.random() < 0.7)
        elif act < 0.9:
            office.clock.forward(hours=chance.randrange(1, 200))
        else:
            async with office.database.begin() as session:
                question = await session.get_one(Question, chance.choice([1, 2]))
                question.edition += 1
                session.add(question)
                await facts.forget(session, [question.id])
    before = await cache(office.database)
    told: list[float] = []
    assert await reviews.rebuild(office.database, told.append) == len(before)
    assert told[-1] == 1
    assert await cache(office.database) == before
    assert before


async def test_where_nothing_is_kept_for_speed_it_is_made_at_the_start(office: Office) -> None:
    await answered(office, ZHANG, right=True)
    before = await cache(office.database)
    async with office.database.begin() as session:
        await facts.clear(session, [office.people[ZHANG].id])
    await reviews.complete(office.database)
    assert await cache(office.database) == before != {}


async def test_the_database_asks_first_what_the_rule_asks_first(office: Office) -> None:
    day = today(office)
    chance = random.Random(1)
    async with office.database.begin() as session:
        for number in range(3, 23):
            session.add(
                Question(id=number, bite_id=1, position=number, ask="?", answers=["a"], right=1)
            )
        await session.flush()
        rows = [
            Memory(
                person_id=office.people[ZHANG].id,
                question_id=number,
                last=day,
                stability=1.0,
                due=day - timedelta(days=chance.randrange(0, 9)),
                known=chance.random() < 0.5,
            )
            for number in range(3, 23)
        ]
        chance.shuffle(rows)
        session.add_all(rows)
    first = min(rows, key=lambda row: (*urgency(row.known, row.due), row.question_id))
    await mornings(office)
    async with office.database.read() as session:
        morning = (await pupils.untold(session, office.clock()), await owed(office))
    assert morning[0] == []
    (message,) = morning[1]
    async with office.database.read() as session:
        (sheet,) = (await tutorials.sheets(session, [int(message.key.split(":")[1])])).values()
    assert sheet.points[0].question.id == first.question_id


def pack(ask: str, answers: tuple[str, ...], right: int, version: int, why: str = "") -> PackFile:
    bite = BiteFile("b", "课", "正文", questions=(QuestionFile(ask, answers, right, why),))
    return PackFile("again", "包", "zh", version, "", (bite,))


@pytest.mark.parametrize(
    ("ask", "answers", "right", "anew"),
    [
        ("先做什么?", ("检查", "作业。"), 1, False),
        ("先不做什么？", ("检查", "作业"), 1, True),
        ("先做什么？", ("检查", "作业"), 2, True),
        ("先做什么？", ("作业", "检查"), 2, True),
        ("先做什么？", ("检查", "作业", "吃饭"), 1, True),
    ],
)
async def test_a_question_that_asks_something_else_starts_anew(
    office: Office, ask: str, answers: tuple[str, ...], right: int, anew: bool
) -> None:
    async with office.database.begin() as session:
        await import_pack(session, pack("先做什么？", ("检查", "作业"), 1, 1), office.clock())
        query = select(Question.id).join(Bite).where(Bite.slug == "b")
        (number,) = (await session.exec(query)).all()
    await answered(office, ZHANG, number, right=False)
    async with office.database.begin() as session:
        await import_pack(session, pack(ask, answers, right, 2, "新"), office.clock())
    assert (await cache(office.database) == {}) is anew
    office.clock.forward(days=1)
    await mornings(office)
    assert (await owed(office) == []) is anew
    assert await answered(office, ZHANG, number, right=True)
    async with office.database.begin() as session:
        history = await facts.history(session, office.people[ZHANG].id, number, 1 + anew)
    assert len(history) == (1 if anew else 2)


async def test_a_retired_question_never_returns(office: Office) -> None:
    await answered(office, ZHANG, 1, right=False)
    await answered(office, ZHAO, 2, right=False)
    async with office.database.begin() as session:
        question = await session.get_one(Question, 1)
        question.retired_at = office.clock()
        bite = await session.get_one(Bite, 2)
        bite.retired_at = office.clock()
        session.add_all([question, bite])
    office.clock.forward(days=1)
    await mornings(office)
    assert await owed(office) == []


# -- of a team -------------------------------------------------------------------------------


async def ask(office: Office, user: int, text: str, chat: int | None = None) -> tuple[str, str]:
    """What is said where it was asked, and in private."""
    async with office.database.begin() as session:
        request = await office.ask(session, user, text, chat)
        reply = await Switchboard(ROUTES).phrase(request, addressed=True)
    assert reply is not None
    said = [one.html if one else "" for one in (reply.message, reply.private)]
    return said[0], said[1]


async def test_what_a_team_missed_most_is_told_to_its_leader_and_names_nobody(
    office: Office,
) -> None:
    await answered(office, ZHANG, 1, right=False)
    await answered(office, ZHAO, 1, right=False)
    await answered(office, ZHAO, 2, right=False)
    await answered(office, ZHANG, 2, right=True)
    await answered(office, SUN, 2, right=True, chat=TWO)
    (here, private) = await ask(office, ZHAO, "本周错得最多的题")
    assert here == (
        "🎯 <b>错得最多的题</b>\n11月17日 周二 至 11月23日 周一\n\n<b>一班</b>\n"
        "1. 先做什么？\n   答错 2 次，共答 2 次。应选“检查”。先检查，后作业。\n"
        "2. 先做什么？\n   答错 1 次，共答 2 次。应选“检查”。先检查，后作业。"
    )
    assert private == ""
    assert not any(name in here for name in NAMES.values())
    assert await ask(office, ZHAO, "本周错得最多的题", ONE) == ("", here)


async def test_a_secretary_reads_the_most_missed_of_each_team(office: Office) -> None:
    for number in (1, 2):
        await answered(office, ZHANG, number, right=False)
    await answered(office, SUN, 2, right=False, chat=TWO)
    await answered(office, WU, 2, right=False, chat=-1003)
    (first, _) = await ask(office, LI, "最近的错题")
    assert [first.count(team) for team in ("一班", "二班", "三班")] == [1, 1, 0]
    assert "2. " not in first
    (all_, _) = await ask(office, WANG, "最近的错题")
    assert "三班" in all_


async def test_a_member_does_not_learn_what_others_missed(office: Office) -> None:
    await answered(office, ZHAO, 1, right=False)
    for chat in (None, ONE):
        here, private = await ask(office, ZHANG, "本周错得最多的题", chat)
        assert "没有这项操作的权限" in here
        assert private == ""


async def test_only_the_week_counts_and_only_what_is_asked_now(office: Office) -> None:
    team = office.teams[ONE].id
    await answered(office, ZHANG, 1, right=False)
    office.clock.forward(days=7)
    await answered(office, ZHAO, 2, right=False)
    now = office.clock()
    async with office.database.begin() as session:
        week = await facts.missed(session, [team], now - timedelta(days=6), now)
        assert week == [], "until is not included"
        later = now + timedelta(seconds=1)
        week = await facts.missed(session, [team], now - timedelta(days=6), later)
        assert [(one.question.id, one.wrong, one.answers) for one in week] == [(2, 1, 1)]
        longer = await facts.missed(session, [team], now - timedelta(days=8), later, limit=1)
        assert [one.question.id for one in longer] == [1]
        question = await session.get_one(Question, 2)
        question.edition = 2
        session.add(question)
        await session.flush()
        assert await facts.missed(session, [team], now - timedelta(days=6), later) == []
    (said, _) = await ask(office, ZHAO, "本周错得最多的题")
    assert said == "11月24日 周二 至 11月30日 周一，没有答错的题。"


# -- of oneself ------------------------------------------------------------------------------


async def test_my_page_says_what_sits_and_what_returns_when(office: Office) -> None:
    day = today(office)
    async with office.database.begin() as session:
        person = office.people[ZHANG].id
        for number, stability, days in ((1, 30.0, 20), (2, 20.0, -3)):
            session.add(
                Memory(
                    person_id=person,
                    question_id=number,
                    last=day - timedelta(days=2),
                    stability=stability,
                    due=day + timedelta(days=days),
                    known=True,
                )
            )
    async with office.database.begin() as session:
        reply = await mine.mine(await office.ask(session, ZHANG))
    assert reply.message is not None
    assert reply.message.html == (
        "🧠 答过 2 题，已掌握 1 题\n接下来温习：\n· 11月23日 周一 起：受限空间\n"
        "· 12月13日 周日 起：动火作业\n\n你没有进行中的承诺。"
    )


# -- what was there before -------------------------------------------------------------------

OLD = (
    "INSERT INTO unit (id, name) VALUES (1, 'U')",
    "INSERT INTO team (id, unit_id, name, topic_id, timezone, locale)"
    " VALUES (1, 1, 'T', 0, 'Asia/Shanghai', 'zh')",
    "INSERT INTO person (id, telegram_id, name) VALUES (1, 111, 'P')",
    "INSERT INTO member (id, team_id, person_id, tags, joined_at)"
    " VALUES (1, 1, 1, '[]', '2026-11-01 00:00:00+00:00')",
    "INSERT INTO pack (id, slug, title, language, version, source)"
    " VALUES (1, 'p', 'P', 'zh', 1, '')",
    "INSERT INTO bite (id, pack_id, slug, position, title, body, remember, link, media, tags,"
    " pledges) VALUES (1, 1, 'b', 1, 'B', '', '', '', '', '[]', '[]')",
    'INSERT INTO question (id, bite_id, position, ask, answers, "right", why)'
    " VALUES (1, 1, 1, '?', '[\"a\", \"b\"]', 1, '')",
    "INSERT INTO morning (id, team_id, day, bite_id, due_at, closes_at)"
    " VALUES (1, 1, '2026-11-23', 1, '2026-11-22 23:50:00+00:00', '2026-11-23 01:00:00+00:00')",
    "INSERT INTO morning (id, team_id, day, bite_id, due_at, closes_at)"
    " VALUES (2, 1, '2026-11-24', 1, '2026-11-23 23:50:00+00:00', '2026-11-24 01:00:00+00:00')",
    "INSERT INTO answer (id, morning_id, question_id, member_id, choice, at)"
    " VALUES (1, 1, 1, 1, 2, '2026-11-22 23:55:00+00:00')",
    "INSERT INTO answer (id, morning_id, question_id, member_id, choice, at)"
    " VALUES (2, 2, 1, 1, 1, '2026-11-23 23:55:00+00:00')",
)


async def upgraded(address: str) -> None:
    """A database of the step before, with two answers on cards, is brought up to date."""
    database = Database(address)
    async with migrations.migrating(database).begin() as connection:
        await connection.run_sync(migrations.run, command.upgrade, "0003")
        for statement in OLD:
            await connection.execute(text(statement))
    await migrations.upgrade(database)
    await reviews.complete(database)
    async with database.read() as session:
        rows = (await session.exec(select(Review).order_by(Review.day))).all()  # type: ignore[arg-type]
        assert [(r.person_id, r.question_id, r.day, r.right) for r in rows] == [
            (1, 1, date(2026, 11, 23), False),
            (1, 1, date(2026, 11, 24), True),
        ]
        assert await pupils.untold(session, datetime(2026, 11, 24, 1, tzinfo=UTC)) == []
        (kept,) = (await session.exec(select(Memory))).all()
        assert (kept.due, kept.known) == (date(2026, 11, 26), True)
    await database.close()


async def test_answers_from_before_are_reviews_after_the_upgrade(
    tmp_path: Path, postgres: Postgres
) -> None:
    await upgraded(f"sqlite:///{tmp_path}/old.db")
    with postgres.bare() as address:
        await upgraded(address)
