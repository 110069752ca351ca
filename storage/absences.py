"""A condition that queries of many matters share: that a member is on leave."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from storage.tables import Leave


def away(member_id: Any, day: Any) -> ColumnElement[bool]:
    """Whether leave covers a member's day; both may be columns of the query around it."""
    return (
        select(Leave.id)
        .where(Leave.member_id == member_id, col(Leave.first) <= day, col(Leave.last) >= day)
        .exists()
    )
