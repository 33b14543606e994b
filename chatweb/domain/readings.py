"""What people are told, later, of administrators who read their conversations: that, and when, not who."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from chatweb.domain import audit, holds
from chatweb.models import Chat, Entry, Hold, User, utc_now

MOST = 50
_READ = (audit.CHAT_READ, audit.CHAT_FOLLOW_ENDED, audit.CHAT_FOUND, audit.CHAT_EXPORTED)
_DAY_MS = 24 * 60 * 60 * 1000


class Reading(NamedTuple):
    """The conversation with somebody was read on one day (UTC), the last time at this moment."""

    name: str
    at: datetime


def readings(session: Session, person_id: int, days: int) -> Sequence[Reading]:
    """The 50 newest of somebody's conversations that are at least so many days old. One SELECT.

    Of a conversation on hold only those that they were told of before: who is looked into is not to learn
    of it, neither by a line that comes nor by one that goes.
    """
    other_id = case((Chat.user_1_id == person_id, Chat.user_2_id), else_=Chat.user_1_id)
    told_at = type_coerce(Entry.inserted_at, BigInteger) + days * _DAY_MS
    found = (
        select(User.display_name, func.max(Entry.inserted_at, type_=Entry.inserted_at.type))
        .select_from(Chat)
        .join(Entry, Entry.chat_id == Chat.id)
        .join(User, User.id == other_id)
        .where(
            or_(Chat.user_1_id == person_id, Chat.user_2_id == person_id),
            Entry.action.in_(_READ),
            Entry.count > 0,
            Entry.inserted_at <= utc_now() - timedelta(days=days),
            ~holds.covers(Chat.id, type_coerce(Hold.inserted_at, BigInteger) < told_at),
        )
        .group_by(Chat.id, User.display_name, type_coerce(Entry.inserted_at, BigInteger) // _DAY_MS)
        .order_by(func.max(Entry.id).desc())
        .limit(MOST)
    )
    return [Reading._make(row) for row in session.execute(found)]
