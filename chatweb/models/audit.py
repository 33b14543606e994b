"""What was done under the administration, by whom, and why."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import Base, UtcMillis


class Entry(Base):
    """One line of the audit log. Ids and names are values: whom they mean may be gone, the entry stays.

    The ids are 1, 2, 3 …; `hash` is made of everything else, and `previous` is that of the entry before.
    Triggers refuse to change or delete one. No entry holds what people wrote to each other.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "chat_id", "actor_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    chat_id: Mapped[int | None]
    topic: Mapped[str] = mapped_column(default="")
    person_1_id: Mapped[int | None]
    person_1_name: Mapped[str] = mapped_column(default="")
    person_2_id: Mapped[int | None]
    person_2_name: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    first_id: Mapped[int | None]
    last_id: Mapped[int | None]
    count: Mapped[int | None]
    request_id: Mapped[str]
    address: Mapped[str]
    session_id: Mapped[int | None]
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
