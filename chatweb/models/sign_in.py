"""One signed-in browser."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import NEVER_AGAIN, Base, UtcMillis


class SignIn(Base):
    """A row per signed-in browser. The cookie holds a random token, this table its SHA-256.

    `confirmed_at` is when its person last signed in, or typed the password again.
    """

    __tablename__ = "sessions"
    __table_args__ = NEVER_AGAIN

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    seen_at: Mapped[datetime] = mapped_column(UtcMillis)
    expires_at: Mapped[datetime] = mapped_column(UtcMillis)
    confirmed_at: Mapped[datetime] = mapped_column(UtcMillis)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcMillis)
    address: Mapped[str]
    agent: Mapped[str]
