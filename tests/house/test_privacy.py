"""Whatever the tables hold of people is declared, so that it can be handed out and erased."""

from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Column, Enum, String, Table
from sqlmodel import AutoString, SQLModel

from storage.privacy import HOLDINGS, Fate, Holding

DECLARED = {holding.name: holding for holding in HOLDINGS}
TABLES: dict[str, Table] = dict(SQLModel.metadata.tables)
NUMBERS = {
    "message_id",
    "update_id",
    "bot_id",
    "number",
    "other",
    "subject_id",
}  # of things: nobody's
GROUPS = {("chat", "telegram_id")}  # of groups as well, and of private chats


def refers(column: Column[Any]) -> set[str]:
    return {key.column.table.name for key in column.foreign_keys}


def worded(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON | AutoString | String) and not isinstance(
        column.type, Enum
    )


def numbering(column: Column[Any]) -> bool:
    """A number that Telegram gives, not one of ours."""
    own = column.foreign_keys or (column.primary_key and column.name == "id")
    return isinstance(column.type, BigInteger) and not own and column.name not in NUMBERS


def test_every_table_is_declared_once() -> None:
    assert len(DECLARED) == len(HOLDINGS)
    assert set(DECLARED) == set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_column_with_a_person_or_with_words_is_declared(name: str) -> None:
    holding, columns = DECLARED[name], list(TABLES[name].columns)
    people = {c.name for c in columns if refers(c) & {"person", "member"}}
    if name == "person":
        people = {"id"}
    assert set(holding.people) == people, "columns with a person's number"
    texts = {c.name for c in columns if worded(c)}
    assert {*holding.words, *holding.plain} == texts, "columns with words"
    assert not set(holding.words) & set(holding.plain)
    users = {c.name for c in columns if numbering(c)} - {"after_id"}
    assert set(holding.users) == users, "columns with Telegram's numbers"


def test_a_column_that_nobody_declared_would_be_noticed() -> None:
    """The test above is worth something: a table that is declared as less than it is fails it."""
    short = Holding(DECLARED["todo"].table, Fate.BLANK, people=("person_id",))
    columns = TABLES["todo"].columns
    assert {c.name for c in columns if worded(c)} - {*short.words, *short.plain} == {"text"}
    assert {c.name for c in columns if refers(c) & {"person", "member"}} - set(short.people) == {
        "author_id"
    }
