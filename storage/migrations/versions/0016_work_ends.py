"""When a team's working day ends, where that is not at the usual time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up."""
    with op.batch_alter_table("team") as table:
        table.add_column(sa.Column("work_ends", sa.Time(), nullable=True))


def downgrade() -> None:
    """One step down."""
    with op.batch_alter_table("team") as table:
        table.drop_column("work_ends")
