"""The one conversation of two people."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import NEVER_AGAIN, Base, UtcMillis


class Chat(Base):
    """A conversation; `user_1_id` is the smaller id, so a pair in either order is the same row.

    `revision` counts the changes of what the conversation shows; `updated_at` moves only with a new message.
    """

    __tablename__ = "chats"
    __table_args__ = (
        UniqueConstraint("user_1_id", "user_2_id"),
        CheckConstraint("user_1_id < user_2_id", name="order"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(unique=True, index=True)
    user_1_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    user_2_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    revision: Mapped[int] = mapped_column(default=0)
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    updated_at: Mapped[datetime] = mapped_column(UtcMillis)
