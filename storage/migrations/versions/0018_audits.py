"""The audit log, one-time links that give rights, and guesses at codes.

Whoever rebuilds the table `audit` in a later step takes its triggers away first, and puts them
back: a sealed row is neither changed nor deleted.
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
TEXT = sqlmodel.sql.sqltypes.AutoString()

APPEND_ONLY = "the audit log is append-only"


def upgrade() -> None:
    op.create_table(
        "auditend",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditend")),
    )
    op.create_table(
        "codeguess",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_codeguess")),
    )
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("doing", sa.String(length=16), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("other", ID, nullable=True),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("previous", TEXT, nullable=True),
        sa.Column("hash", TEXT, nullable=True),
        *_refers("audit", by_id="person", person_id="person", team_id="team", unit_id="unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_number")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_previous")),
    )
    for name in ("by_id", "person_id", "team_id"):
        op.create_index(f"ix_audit_{name}", "audit", [name, "number"])
    loose = sa.text("number IS NULL")
    op.create_index("ix_audit_loose", "audit", ["id"], sqlite_where=loose, postgresql_where=loose)
    op.create_table(
        "grantlink",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        *_refers("grantlink", by_id="person", team_id="team", unit_id="unit"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_grantlink")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_{verb.lower()} BEFORE {verb} ON audit"
                f" WHEN OLD.number IS NOT NULL BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_sealed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_sealed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW"
        " WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION audit_sealed()"
    )


def downgrade() -> None:
    for table in ("grantlink", "audit", "codeguess", "auditend"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_sealed()")


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}"))
        for name, to in columns.items()
    ]
