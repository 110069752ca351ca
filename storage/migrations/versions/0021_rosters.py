"""Rosters: how we stand in groups, who left them, who asks for a place, what is being written."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
WANTED = sa.text("wanted_at IS NOT NULL")


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "footing",
        sa.Column("chat_id", ID, nullable=False),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("admin", "posts", "pins", "reads")
        ),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("above", sa.Integer(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.Column("wanted_at", MOMENT, nullable=True),
        refers("footing", "chat_id", "chat"),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_footing")),
    )
    op.create_index(
        "ix_footing_wanted_at",
        "footing",
        ["wanted_at"],
        sqlite_where=WANTED,
        postgresql_where=WANTED,
    )
    op.create_table(
        "formerchat",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        refers("formerchat", "chat_id", "chat"),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_formerchat")),
    )
    op.create_table(
        "departure",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        refers("departure", "chat_id", "chat"),
        refers("departure", "person_id", "person"),
        sa.PrimaryKeyConstraint("chat_id", "person_id", name=op.f("pk_departure")),
    )
    op.create_index(op.f("ix_departure_person_id"), "departure", ["person_id"])
    op.create_table(
        "application",
        sa.Column("team_id", ID, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("morning_id", ID, nullable=True),
        sa.Column("studied_at", MOMENT, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        refers("application", "team_id", "team"),
        refers("application", "member_id", "member"),
        refers("application", "morning_id", "morning"),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_at"), "application", ["at"])
    subject = sa.Enum("member", "tags", "team", name="subject", native_enum=False, length=16)
    op.create_table(
        "naming",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("subject", subject, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        refers("naming", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_naming")),
    )


def downgrade() -> None:
    op.drop_table("naming")
    op.drop_index(op.f("ix_application_at"), table_name="application")
    op.drop_table("application")
    op.drop_index(op.f("ix_departure_person_id"), table_name="departure")
    op.drop_table("departure")
    op.drop_table("formerchat")
    op.drop_index(
        "ix_footing_wanted_at",
        table_name="footing",
        sqlite_where=WANTED,
        postgresql_where=WANTED,
    )
    op.drop_table("footing")
