"""The audit log: rows that the database itself lets nobody change or take away."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REFUSAL = "audit entries are for good"
# REPLACE deletes without asking a trigger for DELETE: so a number that was given is not given again.
SQLITE = {
    "insert": "BEFORE INSERT ON audit_entries WHEN NEW.id <= (SELECT max(id) FROM audit_entries)",
    "update": "BEFORE UPDATE ON audit_entries",
    "delete": "BEFORE DELETE ON audit_entries",
}
FUNCTION = f"""
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
"""
TRIGGER = """
CREATE TRIGGER audit_entries_for_good BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
"""


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("inserted_at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("person_1_id", sa.Integer(), nullable=True),
        sa.Column("person_1_name", sa.String(), nullable=False),
        sa.Column("person_2_id", sa.Integer(), nullable=True),
        sa.Column("person_2_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("last_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        op.f("ix_audit_entries_chat_id_actor_id_id"),
        "audit_entries",
        ["chat_id", "actor_id", "id"],
        unique=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        for event, when in SQLITE.items():
            op.execute(
                f"CREATE TRIGGER audit_entries_{event} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    else:
        op.execute(FUNCTION)
        op.execute(TRIGGER)


def downgrade() -> None:
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_audit_change()")
