"""When a promise's owner is asked midway how it stands; what is due, by its date."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
OPEN = "state = 'open'"
MIDWAY = "state = 'open' AND midway IS NOT NULL"
SLIP, LONG, SHARE = timedelta(minutes=10), timedelta(days=10), 0.6

COMMITMENT = sa.table(
    "commitment",
    sa.column("id"),
    sa.column("state"),
    sa.column("at", MOMENT),
    sa.column("due_at", MOMENT),
    sa.column("midway", MOMENT),
)
ACT = sa.table(
    "commitmentact",
    sa.column("id"),
    sa.column("commitment_id"),
    sa.column("act"),
    sa.column("text"),
    sa.column("at", MOMENT),
    sa.column("due_at", MOMENT),
)


def upgrade() -> None:
    with op.batch_alter_table("commitment") as batch:
        batch.add_column(sa.Column("midway", MOMENT, nullable=True))
    op.create_index(
        "ix_commitment_due",
        "commitment",
        ["due_at"],
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_commitment_midway",
        "commitment",
        ["midway"],
        sqlite_where=sa.text(MIDWAY),
        postgresql_where=sa.text(MIDWAY),
    )
    connection = op.get_bind()
    for number in list(postponed(connection)):
        connection.execute(ACT.update().where(ACT.c.id == number).values(act="postponed"))
    long_ones = sa.select(COMMITMENT.c.id, COMMITMENT.c.at, COMMITMENT.c.due_at)
    for number, at, due_at in connection.execute(long_ones.where(sa.text(OPEN))).all():
        if due_at - at >= LONG:
            row = COMMITMENT.update().where(COMMITMENT.c.id == number)
            connection.execute(row.values(midway=at + (due_at - at) * SHARE))


def postponed(connection: Any) -> Iterator[int]:
    """The acts by which a promise got a later date, some time after it was made."""
    query = sa.select(ACT.c.id, ACT.c.commitment_id, ACT.c.act, ACT.c.text, ACT.c.at, ACT.c.due_at)
    made: dict[int, datetime] = {}
    last: dict[int, datetime] = {}
    for number, commitment, act, text, at, due_at in connection.execute(query.order_by(ACT.c.id)):
        if due_at is None:
            continue
        later = commitment in last and due_at > last[commitment]
        if act == "moved" and not text and later and at - made[commitment] > SLIP:
            yield number
        made.setdefault(commitment, at)
        last[commitment] = due_at


def downgrade() -> None:
    op.execute("DELETE FROM commitmentact WHERE act IN ('sure', 'help', 'handled')")
    op.execute("UPDATE commitmentact SET act = 'moved', text = '' WHERE act = 'postponed'")
    op.drop_index("ix_commitment_midway", table_name="commitment")
    op.drop_index("ix_commitment_due", table_name="commitment")
    with op.batch_alter_table("commitment") as batch:
        batch.drop_column("midway")
