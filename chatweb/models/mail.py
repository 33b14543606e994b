"""A mail on its way out."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import Base, UtcMillis


class Mail(Base):
    """A mail that is not out yet. Its text is made when it is sent: no secret of it is kept here.

    `due_at` is when it is to be tried next. The row is gone once the mail is out, or was given up.
    """

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    due_at: Mapped[datetime] = mapped_column(UtcMillis, index=True)
