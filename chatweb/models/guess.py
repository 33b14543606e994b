"""How often the password of an account was guessed."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import Base, UtcMillis


class Guess(Base):
    """Passwords judged in a row since the last right one: of an account, or of a name that nobody has.

    `whom` is the SHA-256 of that and of the device, if it is one where the account has been signed in. None
    of them is judged before `next_at`.
    """

    __tablename__ = "guesses"

    whom: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    tries: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(UtcMillis, index=True)
