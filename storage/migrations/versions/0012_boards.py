"""The boards of teams, and messages that were turned into commitments."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    op.create_table(
        "board",
        sa.Column("team_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_board_person_id_person")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_board_team_id_team")),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_board")),
    )
    for name, column, where in (
        ("ix_board_next_at", "next_at", sa.text("next_at IS NOT NULL")),
        ("ix_board_unsettled", "team_id", sa.text("settled_at IS NULL")),
    ):
        op.create_index(name, "board", [column], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "todo",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("commitment_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member.id"], name=op.f("fk_todo_author_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_todo_commitment_id_commitment")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_todo_person_id_person")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_todo_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_todo")),
    )
    op.create_index("ix_todo_message", "todo", ["team_id", "message_id"])


def downgrade() -> None:
    op.drop_table("todo")
    op.drop_table("board")
