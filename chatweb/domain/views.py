"""Which messages a conversation's page shows when it is opened."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from chatweb.domain import messages
from chatweb.domain.access import OpenChat
from chatweb.domain.messages import PAGE, Said
from chatweb.domain.queries import Query, single
from chatweb.models import Message

_FIRST_UNREAD = Query(
    select(Message.id)
    .where(
        Message.chat_id == bindparam("chat_id"),
        Message.id > bindparam("read_id"),
        Message.sender_id == bindparam("other_id"),
        Message.deleted_at.is_(None),
    )
    .order_by(Message.id)
    .limit(1),
    single,
)


class View(NamedTuple):
    """Messages, oldest first, the id of the first unread one, and what there is beyond them."""

    messages: Sequence[Said]
    first_unread: int | None
    has_older: bool
    has_newest: bool


def newest(session: Session, chat: OpenChat, *, from_unread: bool) -> View:
    """The newest 40 messages; with `from_unread` those around the first unread one, should it lie above."""
    said = messages.newest(session, chat)
    unread = _first_unread(session, chat) if said and said[-1].id > chat.read_id else None
    is_full = len(said) == PAGE
    if from_unread and unread is not None and is_full and unread <= said[0].id:
        return around(session, chat, unread)._replace(first_unread=unread)
    return View(said, unread, has_older=is_full, has_newest=True)


def before(session: Session, chat: OpenChat, message_id: int) -> View:
    """Up to 40 messages older than this one."""
    said = messages.before(session, chat, message_id)
    return View(said, None, has_older=len(said) == PAGE, has_newest=False)


def around(session: Session, chat: OpenChat, message_id: int) -> View:
    """Up to 40 messages before this one, itself, and up to 39 after it."""
    above = messages.before(session, chat, message_id)
    below = messages.newer(session, chat, message_id - 1)
    return View([*above, *below], None, has_older=len(above) == PAGE, has_newest=len(below) < PAGE)


def _first_unread(session: Session, chat: OpenChat) -> int | None:
    return _FIRST_UNREAD.first(session, chat_id=chat.id, read_id=chat.read_id, other_id=chat.other_id)
