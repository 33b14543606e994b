"""Pictures of accounts."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import Base


class Avatar(Base):
    """The picture that `User.avatar` names: a square WebP of at most 64 KB."""

    __tablename__ = "avatars"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[bytes]
