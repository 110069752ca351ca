"""Where on disk a copy of a piece of evidence lies."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UNKEPT = "kept IS NULL AND file_id <> ''"


def upgrade() -> None:
    with op.batch_alter_table("commitmentact") as batch:
        batch.add_column(sa.Column("kept", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_index(
        "ix_commitmentact_unkept",
        "commitmentact",
        ["kept", "id"],
        sqlite_where=sa.text(UNKEPT),
        postgresql_where=sa.text(UNKEPT),
    )


def downgrade() -> None:
    op.drop_index("ix_commitmentact_unkept", table_name="commitmentact")
    with op.batch_alter_table("commitmentact") as batch:
        batch.drop_column("kept")
