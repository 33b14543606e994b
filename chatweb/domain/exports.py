"""What somebody can take along: their conversations as they see them, page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from chatweb.domain.changes import Earlier, all_earlier
from chatweb.models import Chat, Member, Message, User

PAGE = 500


class Talk(NamedTuple):
    """A conversation: with whom, and up to which message this person has cleared it."""

    chat_id: int
    other_id: int
    username: str
    display_name: str
    started_at: datetime
    cleared: int


class Line(NamedTuple):
    """A message, and what it said before; a removed one has no text."""

    id: int
    is_own: bool
    body: str
    sent_at: datetime
    edited_at: datetime | None
    removed: bool
    earlier: Sequence[Earlier]


def talks(session: Session, user_id: int) -> list[Talk]:
    """The conversations of somebody in which something was said, oldest first. One SELECT."""
    other_id = case((Chat.user_1_id == user_id, Chat.user_2_id), else_=Chat.user_1_id)
    found = (
        select(Chat.id, User.id, User.username, User.display_name, Chat.inserted_at, Member.cleared)
        .select_from(Member)
        .join(Chat, Chat.id == Member.chat_id)
        .join(User, User.id == other_id)
        .where(Member.user_id == user_id, Chat.revision > 0)
        .order_by(Chat.id)
    )
    return [Talk._make(row) for row in session.execute(found)]


def lines(session: Session, user_id: int, talk: Talk, after: int) -> list[Line]:
    """The next 500 messages after this id, oldest first. Two SELECTs."""
    after = max(after, talk.cleared)
    columns = (
        Message.id,
        Message.sender_id,
        Message.body,
        Message.inserted_at,
        Message.updated_at,
        Message.deleted_at,
    )
    wanted = select(*columns).where(Message.chat_id == talk.chat_id, Message.id > after)
    rows = session.execute(wanted.order_by(Message.id).limit(PAGE)).all()
    earlier = all_earlier(session, [row.id for row in rows if row.updated_at and not row.deleted_at])
    return [
        Line(
            row.id,
            row.sender_id == user_id,
            "" if row.deleted_at else row.body,
            row.inserted_at,
            row.updated_at,
            row.deleted_at is not None,
            earlier.get(row.id, []),
        )
        for row in rows
    ]
