"""One message of a conversation."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import NEVER_AGAIN, Base, UtcMillis

_IS_THERE = text("deleted_at IS NULL")
_TO_WIPE = text("deleted_at IS NOT NULL AND body != ''")


class Message(Base):
    """A message: ordered by `id`, last changed by the chat's `revision`, named by the sender's UUID `key`.

    `updated_at` is null until the text is edited; `by_moderator` says that it was not its sender who took it
    away. The composite foreign key makes a message from somebody outside the pair impossible.
    """

    __tablename__ = "chat_messages"
    __table_args__ = (
        UniqueConstraint("sender_id", "key"),
        UniqueConstraint("chat_id", "key"),
        ForeignKeyConstraint(
            ["chat_id", "sender_id"], ["chat_members.chat_id", "chat_members.user_id"], ondelete="CASCADE"
        ),
        Index(None, "chat_id", "id"),
        Index(None, "chat_id", "revision"),
        Index(None, "chat_id", "inserted_at", "id"),
        # What somebody has not read yet is what the other one sent.
        Index(
            "ix_chat_messages_unread",
            "chat_id",
            "sender_id",
            "id",
            sqlite_where=_IS_THERE,
            postgresql_where=_IS_THERE,
        ),
        # Few at any time, and asked for again and again.
        Index("ix_chat_messages_to_wipe", "deleted_at", sqlite_where=_TO_WIPE, postgresql_where=_TO_WIPE),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(36))
    revision: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    updated_at: Mapped[datetime | None] = mapped_column(UtcMillis)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcMillis)
    by_moderator: Mapped[bool] = mapped_column(server_default=false())
