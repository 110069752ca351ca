"""Questions that come back to each person, and bites for those with a tag."""

from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REVIEW = sa.table(
    "review",
    sa.column("person_id", sa.BigInteger()),
    sa.column("question_id", sa.BigInteger()),
    sa.column("edition", sa.Integer()),
    sa.column("team_id", sa.BigInteger()),
    sa.column("day", sa.Date()),
    sa.column("right", sa.Boolean()),
    sa.column("at", sqlmodel.sql.sqltypes.UTCDateTime()),
)


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "morning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["morning_id"], ["morning.id"], name=op.f("fk_invitation_morning_id_morning")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_invitation")),
    )
    op.create_table(
        "memory",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("stability", sa.Float(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_memory_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_memory_question_id_question")
        ),
        sa.PrimaryKeyConstraint("person_id", "question_id", name=op.f("pk_memory")),
    )
    with op.batch_alter_table("memory", schema=None) as batch_op:
        batch_op.create_index(
            "ix_memory_due", ["person_id", "known", "due", "question_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_memory_question_id"), ["question_id"], unique=False)

    op.create_table(
        "tutorial",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("bite_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("studied_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["bite_id"], ["bite.id"], name=op.f("fk_tutorial_bite_id_bite")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_tutorial_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_tutorial_question_id_question")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_tutorial_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutorial")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_tutorial_person_id_day")),
    )
    with op.batch_alter_table("tutorial", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tutorial_open",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "tutorial_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_review_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_review_question_id_question")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_review_team_id_team")),
        sa.ForeignKeyConstraint(
            ["tutorial_id"], ["tutorial.id"], name=op.f("fk_review_tutorial_id_tutorial")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "person_id",
            "question_id",
            "edition",
            "day",
            name=op.f("uq_review_person_id_question_id_edition_day"),
        ),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index("ix_review_team_id", ["team_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_tutorial_id"), ["tutorial_id"], unique=False)

    with op.batch_alter_table("morning", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("told_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )
        batch_op.create_index(
            "ix_morning_untold",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.alter_column("edition", server_default=None)
    op.execute("UPDATE morning SET told_at = closes_at")  # what is past gives nothing to study
    review_answers()


def review_answers() -> None:
    """What was answered on cards tells of memory as well: of each day the first answer."""
    told = op.get_bind().execute(
        sa.text(
            "SELECT member.person_id, answer.question_id, member.team_id, team.timezone,"
            ' answer.at, answer.choice = question."right" AS good FROM answer'
            " JOIN question ON question.id = answer.question_id"
            " JOIN member ON member.id = answer.member_id JOIN team ON team.id = member.team_id"
            " ORDER BY answer.at, answer.id"
        ).columns(
            person_id=sa.BigInteger(),
            question_id=sa.BigInteger(),
            team_id=sa.BigInteger(),
            timezone=sa.String(),
            at=sqlmodel.sql.sqltypes.UTCDateTime(),
            good=sa.Boolean(),
        )
    )
    first: dict[tuple[object, ...], dict[str, object]] = {}
    for person, question, team, zone, at, right in told:
        day = at.astimezone(ZoneInfo(zone)).date()
        row = {"person_id": person, "question_id": question, "edition": 1, "team_id": team}
        first.setdefault((person, question, day), row | {"day": day, "right": right, "at": at})
    if first:
        op.bulk_insert(REVIEW, list(first.values()))


def downgrade() -> None:
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_column("edition")

    with op.batch_alter_table("morning", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_morning_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.drop_column("told_at")

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_tutorial_id"))
        batch_op.drop_index("ix_review_team_id")

    op.drop_table("review")
    with op.batch_alter_table("tutorial", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_tutorial_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.drop_table("tutorial")
    with op.batch_alter_table("memory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memory_question_id"))
        batch_op.drop_index("ix_memory_due")

    op.drop_table("memory")
    op.drop_table("invitation")
