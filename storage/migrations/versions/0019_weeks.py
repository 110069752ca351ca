"""When a week's page comes, who wants their own, and indexes for what a week held."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    op.create_table(
        "weektime",
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_weektime_person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_weektime_unit_id_unit")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_weektime")),
    )
    op.create_table(
        "weekwish",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_weekwish_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_weekwish")),
    )
    op.create_index(
        "ix_outgoing_done",
        "outgoing",
        ["chat_id", "done_at"],
        sqlite_where=sa.text("repeatable = 0"),
        postgresql_where=sa.text("NOT repeatable"),
    )
    op.create_index("ix_announcement_sent_at", "announcement", ["sent_at"])


def downgrade() -> None:
    op.drop_index("ix_announcement_sent_at", table_name="announcement")
    op.drop_index("ix_outgoing_done", table_name="outgoing")
    op.drop_table("weekwish")
    op.drop_table("weektime")
