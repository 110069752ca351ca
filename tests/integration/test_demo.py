"""The demonstration, in every language: the same places, other people."""

import re

import pytest
from sqlmodel import col, select

from bot import demo
from bot.clock import Clock
from bot.sandbox.cast import Cast
from bot.settings import Settings
from handlers.reading.organisations import read_organisation
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


OWN = """
unit: 总公司
secretaries: [{name: 陈书记, telegram_id: 77}]
teams:
  - team: 甲班
    chat_id: -1005
    leaders: [{name: 甲班长, telegram_id: 5}]
    members: [{name: 无号一}, {name: 无号二}]
  - team: 没有群的班
    members: [{name: 无号三}]
"""


async def test_an_organisation_of_ones_own_is_played_as_it_is(database: Database) -> None:
    file = read_organisation("own.yaml", OWN.encode())
    assert demo.owner(file) == 77
    played = demo.cast(file, "zh")
    assert [group.title for group in played.groups] == ["甲班"]
    ids = [person.id for person in played.people]
    assert len(ids) == len(set(ids)) == 5
    assert {person.name for person in played.people} >= {"无号一", "无号二", "无号三", "陈书记"}
    await demo.furnish(database, file, Clock(ZONE), Settings())
    async with database.read() as session:
        named = {team.name for team in (await session.exec(select(Team))).all()}
    assert named == {"甲班", "没有群的班"}
    assert demo.morning(Clock(ZONE), file)() > Clock(ZONE)(), "though nobody has a plan"
