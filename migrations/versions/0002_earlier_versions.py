"""Earlier versions of edited messages, and which removed messages still have their text."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_message_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["chat_messages.id"],
            name=op.f("fk_chat_message_versions_message_id_chat_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_message_versions")),
    )
    op.create_index(
        op.f("ix_chat_message_versions_message_id"), "chat_message_versions", ["message_id"], unique=False
    )
    op.create_index(
        "ix_chat_messages_to_wipe",
        "chat_messages",
        ["deleted_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NOT NULL AND body != ''"),
        postgresql_where=sa.text("deleted_at IS NOT NULL AND body != ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_chat_messages_to_wipe", table_name="chat_messages")
    op.drop_index(op.f("ix_chat_message_versions_message_id"), table_name="chat_message_versions")
    op.drop_table("chat_message_versions")
