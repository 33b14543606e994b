"""Whether somebody shows how far they have read, and that they are typing."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SWITCHES = ("shows_reading", "shows_typing")


def upgrade() -> None:
    with op.batch_alter_table("users") as batch:
        for name in SWITCHES:
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("users") as batch:
        for name in SWITCHES:
            batch.drop_column(name)
