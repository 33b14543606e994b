"""Roles besides user and admin, and when the password was last confirmed in a browser."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHECK = "ck_users_role"


def upgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), "role IN ('user', 'moderator', 'auditor', 'admin')")
    with op.batch_alter_table("sessions") as batch:
        batch.add_column(sa.Column("confirmed_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE sessions SET confirmed_at = inserted_at")
    with op.batch_alter_table("sessions") as batch:
        batch.alter_column("confirmed_at", existing_type=sa.BigInteger(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("confirmed_at")
    op.execute("UPDATE users SET role = 'user' WHERE role IN ('moderator', 'auditor')")
    with op.batch_alter_table("users") as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), "role IN ('user', 'admin')")
