"""Announcements and evidence of several pictures or files."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcementpiece",
        sa.Column(
            "announcement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "media",
            sa.Enum("photo", "document", "video", name="media", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("file_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcementpiece_announcement_id_announcement"),
        ),
        sa.PrimaryKeyConstraint("announcement_id", "place", name=op.f("pk_announcementpiece")),
    )
    for table in ("announcement", "commitmentact"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(  # what is there already was no album
                sa.Column(
                    "album", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""
                )
            )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("album", server_default=None)
    with op.batch_alter_table("commitmentact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitmentact_album"), ["album"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("commitmentact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitmentact_album"))
    for table in ("commitmentact", "announcement"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("album")
    op.drop_table("announcementpiece")
