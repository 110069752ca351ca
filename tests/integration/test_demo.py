"""The demonstration, in every language: the same places, other people."""

import re

import pytest
from sqlmodel import col, select

from bot import demo
from bot.clock import Clock
from bot.sandbox.cast import Cast
from bot.settings import Settings
from handlers.words.voice import LOCALES
from storage.database import Database
from storage.tables import Pack, Plan, Team
from tests.conftest import ZONE


def cast(locale: str) -> Cast:
    return demo.cast(demo.organisation(locale), locale)


def test_every_language_has_the_same_places() -> None:
    zh, *others = (cast(locale) for locale in LOCALES)
    for other in others:
        assert [one.id for one in other.people] == [one.id for one in zh.people]
        assert [(one.id, one.members, one.admins) for one in other.groups] == [
            (one.id, one.members, one.admins) for one in zh.groups
        ]


def test_the_english_one_is_english_throughout() -> None:
    shown = cast("en")
    said = [text for one in shown.people for text in (one.name, one.note)]
    said += [one.title for one in shown.groups]
    assert [text for text in said if re.search(r"[\u4e00-\u9fff]", text)] == []


def test_the_owner_is_called_so() -> None:
    notes = {one.id: one.note for one in cast("zh").people}
    assert notes[demo.OWNER] == "书记、系统管理员 · 林业局"


@pytest.mark.parametrize("locale", LOCALES)
async def test_its_cards_speak_its_language(database: Database, locale: str) -> None:
    settings = Settings().model_copy(update={"locale": locale})
    await demo.furnish(database, demo.organisation(locale), Clock(ZONE), settings)
    async with database.read() as session:
        plans = (await session.exec(select(Plan))).all()
        slugs = {slug for plan in plans for slug in plan.packs}
        packs = (await session.exec(select(Pack).where(col(Pack.slug).in_(slugs)))).all()
        teams = (await session.exec(select(Team))).all()
    assert len(plans) == len(teams) == 3
    assert {pack.language for pack in packs} == {team.locale for team in teams} == {locale}
