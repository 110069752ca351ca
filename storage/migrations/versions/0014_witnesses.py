"""Whom somebody names to verify what they report as done."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = "fk_commitmentact_witness_id_person"


def upgrade() -> None:
    with op.batch_alter_table("commitmentact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("witness_id", ID, nullable=True))
        batch_op.create_foreign_key(batch_op.f(KEY), "person", ["witness_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("commitmentact", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(KEY), type_="foreignkey")
        batch_op.drop_column("witness_id")
