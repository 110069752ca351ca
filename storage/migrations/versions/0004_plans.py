"""Plans by weekday and by shifts, days of one's own, what was skipped, calendars we were told."""

from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
WAITING = sa.text("next_at IS NOT NULL")
# What each plan and each member has that is there already.
PLAN: dict[str, tuple[Any, Any]] = {
    "weekdays": (sa.JSON(), "{}"),
    "eve": (sa.Boolean(), sa.false()),
    "cycle": (TEXT, ""),
    "crews": (sa.JSON(), "{}"),
}
MEMBER: dict[str, tuple[Any, Any]] = {"crew": (TEXT, "")}


def upgrade() -> None:
    op.create_table(
        "calendaryear",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("off", sa.JSON(), nullable=False),
        sa.Column("work", sa.JSON(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendaryear")),
    )
    op.create_table(
        "ownday",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("off", "work", "pause", "usual", name="daykind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_ownday_team_id_team")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ownday_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownday")),
        sa.UniqueConstraint("team_id", "day", "listed", name=op.f("uq_ownday_team_id_day_listed")),
        sa.UniqueConstraint("unit_id", "day", "listed", name=op.f("uq_ownday_unit_id_day_listed")),
    )
    op.create_index("ix_ownday_day", "ownday", ["day"])
    op.create_table(
        "passage",
        sa.Column("team_id", ID, nullable=False),
        sa.Column("bite_id", ID, nullable=False),
        sa.Column("had", sa.Boolean(), nullable=False),
        sa.Column("after_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["bite_id"], ["bite.id"], name=op.f("fk_passage_bite_id_bite")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_passage_team_id_team")),
        sa.PrimaryKeyConstraint("team_id", "bite_id", name=op.f("pk_passage")),
    )
    op.create_index("ix_passage_bite_id", "passage", ["bite_id"])
    op.create_index("ix_morning_studied", "morning", ["team_id", "bite_id", "id"])
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.alter_column("by_person_id", existing_type=ID, nullable=True)
    op.drop_index("ix_plan_next_at", "plan")  # a table that is rebuilt might lose its condition
    for table, columns in (("member", MEMBER), ("plan", PLAN)):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, (kind, value) in columns.items():
                batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in columns:
                batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cycle_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("again_id", ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_plan_again_id_bite"), "bite", ["again_id"], ["id"]
        )
    _index_plans()


def downgrade() -> None:
    op.drop_index("ix_plan_next_at", "plan")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_plan_again_id_bite"), type_="foreignkey")
        for name in ("again_id", "cycle_from", *PLAN):
            batch_op.drop_column(name)
    _index_plans()
    with op.batch_alter_table("member", schema=None) as batch_op:
        for name in MEMBER:
            batch_op.drop_column(name)
    op.execute(
        "UPDATE leave SET by_person_id ="
        " (SELECT person_id FROM member WHERE member.id = leave.member_id)"
        " WHERE by_person_id IS NULL"
    )
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.alter_column("by_person_id", existing_type=ID, nullable=False)
    op.drop_index("ix_morning_studied", "morning")
    for table in ("passage", "ownday", "calendaryear"):
        op.drop_table(table)


def _index_plans() -> None:
    op.create_index(
        "ix_plan_next_at",
        "plan",
        ["next_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
