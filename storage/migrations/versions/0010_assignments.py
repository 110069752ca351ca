"""Tasks and rectifications: what somebody has others do, with what was said of it."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
ASSIGNED = sa.text("assignment_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        *(
            sa.Column(name, WORDS, nullable=False)
            for name in ("finding", "standard", "partners", "result", "risk")
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_assignment_author_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_author_id"), "assignment", ["author_id"])
    op.create_table(
        "objection",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("commitment_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_objection_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitment.id"],
            name=op.f("fk_objection_commitment_id_commitment"),
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assignment_id", ID, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_commitment_assignment_id_assignment"),
            "assignment",
            ["assignment_id"],
            ["id"],
        )
        batch_op.create_index(
            "ix_commitment_assigned",
            ["assignment_id"],
            unique=False,
            sqlite_where=ASSIGNED,
            postgresql_where=ASSIGNED,
        )


def downgrade() -> None:
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index("ix_commitment_assigned")
        batch_op.drop_constraint(
            op.f("fk_commitment_assignment_id_assignment"), type_="foreignkey"
        )
        batch_op.drop_column("assignment_id")
    op.drop_table("objection")
    op.drop_table("assignment")
    op.execute("DELETE FROM commitmentact WHERE act IN ('accepted', 'declined', 'insisted')")
