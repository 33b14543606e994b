"""Sending messages, and reading them page by page or from a revision on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import Table, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chatweb.domain import chats, texts
from chatweb.domain.access import OpenChat
from chatweb.domain.queries import Query, single
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.models import Chat, Message, UtcMillis, utc_now

PAGE = 40
CATCH_UP_LIMIT = 1_000
CATCH_UP_CHARACTERS = 500_000

_COLUMNS = (
    Message.id,
    Message.key,
    Message.revision,
    Message.sender_id,
    Message.body,
    Message.inserted_at,
    Message.updated_at,
    Message.deleted_at,
    Message.by_moderator,
)
_SENDER, _BODY = 3, 4
_IN_CHAT = select(*_COLUMNS).where(Message.chat_id == bindparam("chat_id"))
_NOT_CLEARED = _IN_CHAT.where(Message.id > bindparam("cleared"))
_NEWEST = Query(_NOT_CLEARED.order_by(Message.id.desc()).limit(PAGE), tuple)
_BEFORE = Query(
    _NOT_CLEARED.where(Message.id < bindparam("id")).order_by(Message.id.desc()).limit(PAGE), tuple
)
_NEWER = Query(_IN_CHAT.where(Message.id > bindparam("id")).order_by(Message.id).limit(PAGE), tuple)
_ONE = Query(_NOT_CLEARED.where(Message.id == bindparam("id")), tuple)
_SINCE = Query(
    _NOT_CLEARED.where(Message.inserted_at >= bindparam("moment", type_=UtcMillis))
    .order_by(Message.inserted_at, Message.id)
    .limit(1),
    tuple,
)
_CHANGED = Query(_IN_CHAT.where(Message.revision > bindparam("after")).order_by(Message.revision), tuple)
_HAS_KEY = and_(
    Message.key == bindparam("key"),
    or_(Message.sender_id == bindparam("sender_id"), Message.chat_id == bindparam("chat_id")),
)
_OF_KEY = Query(select(*_COLUMNS, Message.chat_id).where(_HAS_KEY), tuple)
_LOCK = Query(
    update(cast("Table", Chat.__table__))
    .where(Chat.id == bindparam("locked_id"), ~exists().where(_HAS_KEY))
    .values(revision=Chat.revision + 1, updated_at=bindparam("now"))
    .returning(Chat.revision),
    single,
)
_NEW = ("chat_id", "sender_id", "key", "revision", "body", "inserted_at")
_INSERT = Query(
    insert(cast("Table", Message.__table__))
    .values({name: bindparam(name) for name in _NEW})
    .returning(Message.id),
    single,
)


class KeyTaken(Exception):
    """The same key was stored a moment ago by another request; ask again."""


class Said(NamedTuple):
    """A message as both people see it. `side` is 1 or 2; a removed one has no text.

    It was its sender who removed it, if not `by_moderator`.
    """

    id: int
    key: str
    revision: int
    side: int
    sender_name: str
    body: str
    inserted_at: datetime
    edited_at: datetime | None
    removed: bool
    by_moderator: bool = False


class Sent(NamedTuple):
    """What came of sending: the message as it is now, and whether it was stored just now."""

    message: Said
    is_new: bool


class Changes(NamedTuple):
    """What changed after a position, and the position it leads to; not `complete` when it is too much."""

    messages: Sequence[Said]
    up_to: int
    complete: bool


def send(session: Session, chat: OpenChat, key: str, body: str) -> Sent:
    """Store a message of `chat.person_id`, once per key; who answers accepts.

    The same key with the same first text answers with the stored message. Raises Invalid for a text or key
    that cannot be taken, Conflict for a key that stands for something else and for a conversation that is not
    open, NotFound when it is gone, and KeyTaken when another request stored the key after this transaction
    began (PostgreSQL).
    """
    if not texts.is_key(key):
        raise Invalid(key="key_form")
    body = texts.message_body(body)
    now = utc_now()
    revision = _lock(session, chat, key, now) if chat.is_open else None
    if revision is None:
        return Sent(_known(session, chat, key, body), is_new=False)
    try:
        id_ = _INSERT.first(
            session,
            chat_id=chat.id,
            sender_id=chat.person_id,
            key=key,
            revision=revision,
            body=body,
            inserted_at=now,
        )
    except IntegrityError:
        raise KeyTaken from None
    if chat.waits:
        chats.arrange(session, chat.person_id, chat.id, waits=False)
    row = (id_, key, revision, chat.person_id, body, now, None, None, False)
    return Sent(_said(chat, row), is_new=True)


def one(session: Session, chat: OpenChat, message_id: int) -> Said | None:
    """The message with this id, if it belongs to the conversation. One SELECT."""
    row = _ONE.first(session, chat_id=chat.id, cleared=chat.cleared, id=message_id)
    return _said(chat, row) if row else None


def since(session: Session, chat: OpenChat, moment: datetime) -> Said | None:
    """The first message that was sent at this moment or later. One SELECT."""
    row = _SINCE.first(session, chat_id=chat.id, cleared=chat.cleared, moment=moment)
    return _said(chat, row) if row else None


def newest(session: Session, chat: OpenChat) -> Sequence[Said]:
    """The newest 40 messages, oldest first. One SELECT."""
    return _page(chat, _NEWEST.all(session, chat_id=chat.id, cleared=chat.cleared), backwards=True)


def before(session: Session, chat: OpenChat, message_id: int) -> Sequence[Said]:
    """Up to 40 messages older than this one, oldest first. One SELECT."""
    found = _BEFORE.all(session, chat_id=chat.id, cleared=chat.cleared, id=message_id)
    return _page(chat, found, backwards=True)


def newer(session: Session, chat: OpenChat, message_id: int) -> Sequence[Said]:
    """Up to 40 messages newer than this one, oldest first. One SELECT."""
    return _page(chat, _NEWER.all(session, chat_id=chat.id, id=max(message_id, chat.cleared)))


def around(session: Session, chat: OpenChat, message_id: int) -> Sequence[Said]:
    """Up to 40 messages before this one, itself, and up to 39 after it, oldest first. Two SELECTs."""
    return [*before(session, chat, message_id), *newer(session, chat, message_id - 1)]


def changes_after(session: Session, chat: OpenChat, position: int) -> Changes:
    """Every message changed after a revision, in the order of the changes.

    More than 1,000 changes or 500,000 characters, or a position that never was, make it incomplete: then only
    a fresh page can help.
    """
    if not 0 <= chat.revision - position <= CATCH_UP_LIMIT:
        return Changes([], chat.revision, complete=False)
    if chat.revision == position:
        return Changes([], position, complete=True)
    changed = _page(chat, _CHANGED.all(session, chat_id=chat.id, after=position))
    found = [message for message in changed if message.id > chat.cleared]
    if sum(len(message.body) for message in found) > CATCH_UP_CHARACTERS:
        return Changes([], chat.revision, complete=False)
    return Changes(found, chat.revision, complete=True)


def _lock(session: Session, chat: OpenChat, key: str, now: datetime) -> int | None:
    """The next revision of a conversation; None when the key was used before, or the conversation is gone."""
    return _LOCK.first(
        session, locked_id=chat.id, now=now, key=key, sender_id=chat.person_id, chat_id=chat.id
    )


def _known(session: Session, chat: OpenChat, key: str, body: str) -> Said:
    found = _OF_KEY.first(session, key=key, sender_id=chat.person_id, chat_id=chat.id)
    if found is None:
        chat.check_open()
        raise NotFound("no_such_chat")
    *columns, chat_id = found
    known = _said(chat, columns)
    same_place = columns[_SENDER] == chat.person_id and chat_id == chat.id
    same_text = columns[_BODY] == body or known.edited_at is not None or known.removed
    if not (same_place and same_text):
        raise Conflict("key_taken")
    return known


def _page(chat: OpenChat, rows: Iterable[Sequence[object]], *, backwards: bool = False) -> Sequence[Said]:
    said = [_said(chat, row) for row in rows]
    return said[::-1] if backwards else said


def _said(chat: OpenChat, row: Sequence[object]) -> Said:
    id_, key, revision, sender_id, body, inserted_at, updated_at, deleted_at, by_moderator = row
    side = 1 if sender_id == chat.user_1_id else 2
    name = chat.name_1 if side == 1 else chat.name_2
    removed = deleted_at is not None
    shown = "" if removed else body
    return Said(id_, key, revision, side, name, shown, inserted_at, updated_at, removed, by_moderator)  # type: ignore[arg-type]
