"""Messages of a conversation by who sent them, to count those that are unread."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = "ix_chat_messages_unread"
IS_THERE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    op.create_index(
        NAME,
        "chat_messages",
        ["chat_id", "sender_id", "id"],
        unique=False,
        sqlite_where=IS_THERE,
        postgresql_where=IS_THERE,
    )


def downgrade() -> None:
    op.drop_index(NAME, table_name="chat_messages")
