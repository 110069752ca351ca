"""Whoever asks for it is forgotten: since when, who is still looked for, what leaves the disk."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One step up."""
    op.add_column("person", sa.Column("erased_at", MOMENT, nullable=True))
    op.add_column("member", sa.Column("erased_on", sa.Date(), nullable=True))
    op.create_table(
        "erasure",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_erasure_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "discard",
        sa.Column("path", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_discard")),
    )


def downgrade() -> None:
    """One step down."""
    op.drop_table("discard")
    op.drop_table("erasure")
    op.drop_column("member", "erased_on")
    op.drop_column("person", "erased_at")
