"""How far each person has read, and up to where they have cleared the conversation for themselves."""

from typing import cast

from sqlalchemy import Table, case, func, select, update
from sqlalchemy.orm import Session

from chatweb.domain import messages
from chatweb.domain.access import OpenChat
from chatweb.models import Member, Message


def read_up_to(session: Session, chat: OpenChat, message_id: int) -> int | None:
    """Move the person's pointers up to a message of the conversation, never back.

    Answers with the newest message the person has seen now, or None when nothing moved.
    """
    newest = select(func.max(Message.id)).where(Message.chat_id == chat.id, Message.id <= message_id)
    reached = session.scalar(newest) or 0
    if reached <= chat.read_id:
        return None
    moved = (
        update(cast("Table", Member.__table__))
        .where(
            Member.chat_id == chat.id,
            Member.user_id == chat.person_id,
            Member.read_id < reached,
        )
        .values(read_id=reached, seen_id=case((Member.seen_id < reached, reached), else_=Member.seen_id))
        .returning(Member.seen_id)
    )
    return session.scalar(moved)


def unread_from(session: Session, chat: OpenChat, message_id: int) -> bool:
    """Let everything from this message of the conversation on count as unread; what the other sees stays.

    Says whether there is such a message.
    """
    if messages.one(session, chat, message_id) is None:
        return False
    moved = (
        update(cast("Table", Member.__table__))
        .where(
            Member.chat_id == chat.id,
            Member.user_id == chat.person_id,
            Member.cleared < message_id,  # it may have been cleared since it was looked for
        )
        .values(read_id=message_id - 1)
        .returning(Member.read_id)
    )
    return session.scalar(moved) is not None


def clear(session: Session, chat: OpenChat) -> None:
    """Take every message there is now away from this person, for good; the other one keeps them all.

    They count as read, but what the other sees of that stays.
    """
    newest = select(func.max(Message.id)).where(Message.chat_id == chat.id).scalar_subquery()
    session.execute(
        update(cast("Table", Member.__table__))
        .where(Member.chat_id == chat.id, Member.user_id == chat.person_id, Member.cleared < newest)
        .values(cleared=newest, read_id=newest)
    )
