"""What one person keeps about one conversation."""

from datetime import datetime

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import Base, UtcMillis


class Member(Base):
    """Membership and its pointers, all message ids: `read_id` may go back, `seen_id` only forward.

    `cleared` hides everything up to that message for this person; `muted` is the moment until which the
    conversation keeps quiet; `opened` says that this person started it and sees it while it is still empty;
    `blocked` that this person wants to hear nothing more of the other; `waits` that the other began it and
    this person has not accepted yet.
    """

    __tablename__ = "chat_members"

    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    read_id: Mapped[int] = mapped_column(default=0)
    seen_id: Mapped[int] = mapped_column(default=0)
    muted: Mapped[datetime | None] = mapped_column(UtcMillis)
    pinned: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    cleared: Mapped[int] = mapped_column(default=0)
    opened: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[str] = mapped_column(default="")
    blocked: Mapped[bool] = mapped_column(default=False, server_default=false())
    waits: Mapped[bool] = mapped_column(default=False, server_default=false())
