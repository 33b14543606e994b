"""A person with an account."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, false, or_, true
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import Base, UtcMillis


class User(Base):
    """One account. `username_key` is NFKC + casefold of `username`; `email` is kept in lower case.

    `pending_email` is an address of which nobody has shown yet that it is theirs: it may be anybody's.

    `seen_at` is when they last had a page in view, to the minute while they have one.
    `avatar` is the hash of their picture, empty without one.
    `time_zone` is an IANA name, empty for that of the browser, which is UTC where there is none.
    Since `paused_at` they have closed it themselves, and it is not active until they sign in.
    After `left_at` the account belongs to nobody, and can never be active again.
    What somebody does not show to others they do not see of others either.
    With `asks_first` conversations that others begin wait until they are accepted.
    """

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('user', 'moderator', 'auditor', 'admin')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    username_key: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    pending_email: Mapped[str | None]
    display_name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(default="user")
    is_active: Mapped[bool] = mapped_column(default=True)
    shows_reading: Mapped[bool] = mapped_column(default=True, server_default=true())
    shows_typing: Mapped[bool] = mapped_column(default=True, server_default=true())
    shows_presence: Mapped[bool] = mapped_column(default=True, server_default=true())
    asks_first: Mapped[bool] = mapped_column(default=False, server_default=false())
    time_zone: Mapped[str] = mapped_column(default="", server_default="")
    avatar: Mapped[str] = mapped_column(default="", server_default="")
    seen_at: Mapped[datetime | None] = mapped_column(UtcMillis)
    paused_at: Mapped[datetime | None] = mapped_column(UtcMillis)
    left_at: Mapped[datetime | None] = mapped_column(UtcMillis)
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    updated_at: Mapped[datetime] = mapped_column(UtcMillis)


CAN_SIGN_IN: ColumnElement[bool] = or_(User.is_active, User.paused_at.is_not(None))
