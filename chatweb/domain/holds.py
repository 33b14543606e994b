"""What a hold means: nothing of a conversation is deleted while it is held, or one of its two people is."""

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.orm import Session, aliased

from chatweb.domain.refusals import Conflict
from chatweb.models import Chat, Hold


def covers(
    chat_id: SQLColumnExpression[int] | SQLColumnExpression[int | None], *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether the conversation with this id is held, by a hold of which these conditions are true."""
    held = aliased(Chat)
    by_person = Hold.user_id.in_((held.user_1_id, held.user_2_id))
    return exists().where(held.id == chat_id, or_(Hold.chat_id == held.id, by_person), *conditions)


def check_person(session: Session, user_id: int) -> None:
    """Raise Conflict if this person, or a conversation of theirs, is held. One SELECT.

    It holds good as long as they and their conversations are locked.
    """
    own = aliased(Chat)
    chats = select(own.id).where(or_(own.user_1_id == user_id, own.user_2_id == user_id), covers(own.id))
    if session.scalar(select(or_(exists().where(Hold.user_id == user_id), chats.exists()))):
        raise Conflict("held")
