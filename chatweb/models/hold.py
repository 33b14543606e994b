"""What must not be deleted for the time being."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import Base, UtcMillis


class Hold(Base):
    """A conversation, or a person with all of theirs, of which nothing is deleted while this row is there.

    Who put it there and why is in the entry `entry_id` of the audit log. Not even the database itself deletes
    what is held.
    """

    __tablename__ = "holds"
    __table_args__ = (CheckConstraint("(chat_id IS NULL) != (user_id IS NULL)", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="RESTRICT"), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), unique=True)
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    entry_id: Mapped[int]
