"""What somebody can take along: their conversations as they see them, page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ScalarSelect, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from chatweb.domain.changes import Earlier, all_earlier
from chatweb.models import Chat, Member, Message, User

PAGE = 500


class Talk(NamedTuple):
    """A conversation: with whom, up to which message this person has cleared it, and how they keep it.

    The last two are the times of messages: up to where they have read, and the other one was told so.
    """

    chat_id: int
    other_id: int
    username: str
    display_name: str
    started_at: datetime
    cleared: int
    draft: str
    pinned: bool
    archived: bool
    muted_until: datetime | None
    blocked: bool
    is_request: bool
    read_up_to: datetime | None
    seen_up_to: datetime | None


class Line(NamedTuple):
    """A message, and what it said before; a removed one has no text."""

    id: int
    is_own: bool
    body: str
    sent_at: datetime
    edited_at: datetime | None
    removed: bool
    by_moderator: bool
    earlier: Sequence[Earlier]


def talks(session: Session, user_id: int) -> list[Talk]:
    """The conversations that somebody has, oldest first. One SELECT."""
    other_id = case((Chat.user_1_id == user_id, Chat.user_2_id), else_=Chat.user_1_id)
    columns = (
        Chat.id,
        User.id,
        User.username,
        User.display_name,
        Chat.inserted_at,
        Member.cleared,
        Member.draft,
        Member.pinned,
        Member.archived,
        Member.muted,
        Member.blocked,
        Member.waits,
        _sent_at(Member.read_id),
        _sent_at(Member.seen_id),
    )
    found = (
        select(*columns)
        .select_from(Member)
        .join(Chat, Chat.id == Member.chat_id)
        .join(User, User.id == other_id)
        .where(Member.user_id == user_id, or_(Chat.revision > 0, Member.opened))
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
        Message.by_moderator,
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
            row.by_moderator,
            earlier.get(row.id, []),
        )
        for row in rows
    ]


def _sent_at(message_id: InstrumentedAttribute[int]) -> ScalarSelect[datetime]:
    return select(Message.inserted_at).where(Message.id == message_id).scalar_subquery()
