"""What somebody has told the people who run this place about a conversation of theirs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import NEVER_AGAIN, Base, UtcMillis

_IS_OPEN = text("decision IS NULL")


class Report(Base):
    """A report of one of two about the other; `key` is the reporter's UUID of it, so that it is sent once.

    It is open until there is a `decision`; who decided, when and why is in the entry `entry_id` of the audit
    log. It outlives its conversation.
    """

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("reporter_id", "key"),
        Index("ix_reports_open", "id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="SET NULL"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    reported_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    decision: Mapped[str | None]
    entry_id: Mapped[int | None]


class Evidence(Base):
    """A text that a reported message had, as it stood then, oldest first; the last one is what it said.

    `message_id` is a value: the message may be edited, deleted or gone, what was reported stays.
    """

    __tablename__ = "report_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcMillis)
