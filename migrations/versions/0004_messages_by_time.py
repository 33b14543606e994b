"""Messages of a conversation by the time they were sent."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = "ix_chat_messages_chat_id_inserted_at_id"


def upgrade() -> None:
    op.create_index(NAME, "chat_messages", ["chat_id", "inserted_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index(NAME, table_name="chat_messages")
