"""Quiet hours and pauses of people, and the switches of teams."""

from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
SWITCHES = sa.Enum("nudge", "names", "ranking", name="switch", native_enum=False, length=16)
QUIET: dict[str, Any] = {
    "quiet_from": sa.Time(),
    "quiet_until": sa.Time(),
    "paused_until": sa.Date(),
}


def upgrade() -> None:
    for name, kind in QUIET.items():
        op.add_column("person", sa.Column(name, kind, nullable=True))
    op.create_table(
        "switchturn",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("switch", SWITCHES, nullable=False),
        sa.Column("turned_on", sa.Boolean(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_switchturn_person_id_person")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_switchturn_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switchturn")),
    )
    op.create_index("ix_switchturn_team", "switchturn", ["team_id", "switch", "id"])


def downgrade() -> None:
    op.drop_table("switchturn")
    with op.batch_alter_table("person", schema=None) as batch_op:
        for name in QUIET:
            batch_op.drop_column(name)
