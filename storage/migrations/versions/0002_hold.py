"""Hold topics, not the chats they are in."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Chats that were held whole, because one topic of theirs was closed or deleted.
MISTAKEN = (
    "upper(trouble) LIKE '%TOPIC_CLOSED%' OR upper(trouble) LIKE '%MESSAGE THREAD NOT FOUND%'"
)


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("trouble", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_hold_chat_id_chat")),
        sa.PrimaryKeyConstraint("chat_id", "topic_id", name=op.f("pk_hold")),
    )
    # What is owed there is tried again: what goes into the topic is refused, and held by itself.
    op.execute(
        "UPDATE outgoing SET state = 'pending' WHERE state = 'held'"
        f" AND chat_id IN (SELECT id FROM chat WHERE {MISTAKEN})"
    )
    op.execute(f"UPDATE chat SET trouble = '', troubled_at = NULL WHERE {MISTAKEN}")


def downgrade() -> None:
    op.execute(
        "UPDATE outgoing SET state = 'pending' WHERE state = 'held' AND EXISTS (SELECT 1 FROM hold"
        " WHERE hold.chat_id = outgoing.chat_id AND hold.topic_id = outgoing.topic_id)"
    )
    op.drop_table("hold")
