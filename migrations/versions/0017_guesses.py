"""How often the password of an account was guessed."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guesses",
        sa.Column("whom", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_guesses_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("whom", name=op.f("pk_guesses")),
    )
    op.create_index(op.f("ix_guesses_user_id"), "guesses", ["user_id"], unique=False)
    op.create_index(op.f("ix_guesses_next_at"), "guesses", ["next_at"], unique=False)


def downgrade() -> None:
    op.drop_table("guesses")
