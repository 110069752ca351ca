"""Course packs that are sent in a chat, and the pictures and files of their bites."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_file")),
    )
    op.create_table(
        "sentpack",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("file_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("html", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "waiting",
                "faulty",
                "offered",
                "imported",
                "dropped",
                "lost",
                name="packstage",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("pack", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_sentpack_chat_id_chat")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sentpack_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentpack")),
    )
    op.create_index("ix_file_at", "file", ["at"], unique=False)
    op.create_index("ix_sentpack_at", "sentpack", ["at"], unique=False)
    op.create_index(
        "ix_sentpack_waiting",
        "sentpack",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("stage = 'waiting'"),
        postgresql_where=sa.text("stage = 'waiting'"),
    )

    op.create_table(
        "upload",
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "media",
            sa.Enum("photo", "document", "video", name="media", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("file_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["file.hash"], name=op.f("fk_upload_hash_file")),
        sa.PrimaryKeyConstraint("hash", "bot_id", "media", name=op.f("pk_upload")),
    )
    op.create_table(
        "bitemedia",
        sa.Column("bite_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "media",
            sa.Enum("photo", "document", "video", name="media", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("file_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["bite_id"], ["bite.id"], name=op.f("fk_bitemedia_bite_id_bite")),
        sa.ForeignKeyConstraint(["hash"], ["file.hash"], name=op.f("fk_bitemedia_hash_file")),
        sa.PrimaryKeyConstraint("bite_id", name=op.f("pk_bitemedia")),
    )
    op.create_index("ix_bitemedia_hash", "bitemedia", ["hash"], unique=False)


def downgrade() -> None:
    for table in ("bitemedia", "upload", "sentpack", "file"):  # with their indexes
        op.drop_table(table)
