"""What a team promised in some days, found without a look at all that it ever promised."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up."""
    op.create_index("ix_commitment_made", "commitment", ["team_id", "at"])


def downgrade() -> None:
    """One step down."""
    op.drop_index("ix_commitment_made", table_name="commitment")
