"""Announcements that are timed, pinned, corrected, recalled, or for some; lists of recipients."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
MOMENTS = ("receipts_until", "send_at", "pinned_at", "closed_at", "recalled_at")
INDEXES = (
    ("ix_announcement_send_at", "send_at", "send_at IS NOT NULL"),
    ("ix_announcement_pinned_at", "pinned_at", "pinned_at IS NOT NULL"),
    ("ix_announcement_recalled_at", "recalled_at", "recalled_at IS NOT NULL"),
    ("ix_announcement_open", "receipts_until", "closed_at IS NULL"),
)


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def upgrade() -> None:
    no, none = sa.false(), sa.text("'[]'")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("poll", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default=none))
        batch_op.add_column(sa.Column("silent", sa.Boolean(), nullable=False, server_default=no))
        batch_op.add_column(sa.Column("pins", sa.Boolean(), nullable=False, server_default=no))
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, MOMENT, nullable=True))
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        for name in ("tags", "silent", "pins"):
            batch_op.alter_column(name, server_default=None)
    for name, column, where in INDEXES:
        only = sa.text(where)
        op.create_index(name, "announcement", [column], sqlite_where=only, postgresql_where=only)
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("again_at", MOMENT, nullable=True))
    op.create_table(
        "announcementmember",
        sa.Column("announcement_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        refers("announcementmember", "announcement_id", "announcement"),
        refers("announcementmember", "member_id", "member"),
        sa.PrimaryKeyConstraint(
            "announcement_id", "member_id", name=op.f("pk_announcementmember")
        ),
    )
    op.create_index(op.f("ix_announcementmember_member_id"), "announcementmember", ["member_id"])
    op.create_table(
        "wording",
        sa.Column("id", ID, nullable=False),
        sa.Column("announcement_id", ID, nullable=False),
        sa.Column("html", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        refers("wording", "announcement_id", "announcement"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
    )
    op.create_index(op.f("ix_wording_announcement_id"), "wording", ["announcement_id"])
    op.create_table(
        "recipients",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        refers("recipients", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipients")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_recipients_person_id_name")),
    )
    op.create_table(
        "recipientsteam",
        sa.Column("recipients_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        refers("recipientsteam", "recipients_id", "recipients"),
        refers("recipientsteam", "team_id", "team"),
        sa.PrimaryKeyConstraint("recipients_id", "team_id", name=op.f("pk_recipientsteam")),
    )
    op.create_table(
        "cue",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("announcement_id", ID, nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("html", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        refers("cue", "person_id", "person"),
        refers("cue", "announcement_id", "announcement"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_cue")),
    )
    op.create_table(
        "companion",
        sa.Column("outgoing_id", ID, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        refers("companion", "outgoing_id", "outgoing"),
        sa.PrimaryKeyConstraint("outgoing_id", "message_id", name=op.f("pk_companion")),
    )


def downgrade() -> None:
    for table in ("companion", "cue", "recipientsteam", "recipients", "wording"):
        op.drop_table(table)
    op.drop_table("announcementmember")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_column("again_at")
    for name, _, _ in INDEXES:
        op.drop_index(name, table_name="announcement")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        for name in ("poll", "tags", "silent", "pins", *MOMENTS):
            batch_op.drop_column(name)
