"""Editing a message, taking it back or away, and the texts it had before."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import Table, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session

from chatweb.domain import holds, messages, texts
from chatweb.domain.access import OpenChat
from chatweb.domain.messages import Said
from chatweb.domain.refusals import Conflict, NotFound
from chatweb.models import Chat, Message, UtcMillis, Version, utc_now

UNDO = timedelta(seconds=10)
"""How long a removed message can be brought back; then its text is wiped."""


class Unchanged(Exception):
    """It is already so; `message` is as it was, and no revision was used up."""

    def __init__(self, message: Said) -> None:
        super().__init__()
        self.message = message


class Earlier(NamedTuple):
    """What a message said before, and when that was written."""

    body: str
    written_at: datetime


def edit(session: Session, chat: OpenChat, message_id: int, body: str) -> Said:
    """Give one's own message another text; the old one is kept as a version.

    Raises Invalid for a text that cannot be taken, NotFound for a message that is not one's own, Conflict for
    a removed one and where nothing can be said any more, and Unchanged for the text it has.
    """
    body = texts.message_body(body)
    chat.check_open()
    revision, now = _locked(session, chat), utc_now()
    present = _own(session, chat, message_id)
    if present.removed:
        raise Conflict("removed")
    if present.body == body:
        raise Unchanged(present)
    written_at = present.edited_at or present.inserted_at
    session.add(Version(message_id=message_id, body=present.body, written_at=written_at))
    session.flush()
    _write(session, message_id, body=body, updated_at=now, revision=revision)
    return present._replace(body=body, edited_at=now, revision=revision)


def remove(session: Session, chat: OpenChat, message_id: int) -> Said:
    """Take one's own message back for both people. NotFound and Unchanged as for `edit`."""
    revision = _locked(session, chat)
    present = _own(session, chat, message_id)
    if present.removed:
        raise Unchanged(present)
    _write(session, message_id, deleted_at=utc_now(), revision=revision)
    return present._replace(body="", removed=True, revision=revision)


def restore(session: Session, chat: OpenChat, message_id: int) -> Said:
    """Undo taking it back, within ten seconds; Conflict when that is too late."""
    revision = _locked(session, chat)
    present = _own(session, chat, message_id)
    if not present.removed:
        raise Unchanged(present)
    brought_back = session.execute(
        update(_MESSAGES)
        .where(
            Message.id == message_id,
            Message.deleted_at > utc_now() - UNDO,
            Message.by_moderator.is_(False),
            Message.body != "",
        )
        .values(deleted_at=None, revision=revision)
        .returning(Message.body)
    ).scalar_one_or_none()
    if brought_back is None:
        raise Conflict("too_late")
    return present._replace(body=brought_back, removed=False, revision=revision)


def take_away(session: Session, chat: OpenChat, message_ids: Collection[int]) -> Sequence[Said]:
    """Remove messages of the conversation for both people, as a moderator; nobody can bring them back.

    Answers with them, oldest first, each under a revision of its own. What its sender has deleted for good
    stays as it is.
    """
    # Whoever edits or deletes one waits here, or is waited for.
    session.execute(select(Chat.id).where(Chat.id == chat.id).with_for_update())
    there = or_(Message.deleted_at.is_(None), Message.deleted_at > utc_now() - UNDO)
    found = select(Message.id).where(Message.chat_id == chat.id, Message.id.in_(message_ids), there)
    whole, taken = chat._replace(cleared=0), []
    for message_id in session.scalars(found.order_by(Message.id)).all():
        removed_at = func.coalesce(Message.deleted_at, literal(utc_now(), UtcMillis))
        revision = _locked(session, chat)
        _write(session, message_id, deleted_at=removed_at, by_moderator=True, revision=revision)
        taken.append(messages.one(session, whole, message_id))
    wipe(session)
    return [said for said in taken if said]


def earlier(session: Session, chat: OpenChat, message_id: int) -> Sequence[Earlier]:
    """What a message of the conversation said before, oldest first; NotFound for a removed one and none."""
    present = messages.one(session, chat, message_id)
    if present is None or present.removed:
        raise NotFound("no_such_message")
    found = select(Version.body, Version.written_at).where(Version.message_id == message_id)
    return [Earlier(*row) for row in session.execute(found.order_by(Version.id))]


def all_earlier(session: Session, message_ids: Collection[int]) -> Mapping[int, Sequence[Earlier]]:
    """What each of these messages said before, oldest first; those that were never edited are left out.

    One SELECT, none for no messages. Whoever calls has asked who may read them.
    """
    found: dict[int, list[Earlier]] = {}
    if message_ids:
        columns = select(Version.message_id, Version.body, Version.written_at)
        rows = session.execute(columns.where(Version.message_id.in_(message_ids)).order_by(Version.id))
        for message_id, *version in rows:
            found.setdefault(message_id, []).append(Earlier._make(version))
    return found


def wipe(session: Session) -> int:
    """Forget the texts and versions of what nobody can bring back any more; says of how many messages.

    What is on hold waits until it is released.
    """
    too_late = or_(Message.deleted_at <= utc_now() - UNDO, Message.by_moderator)
    over = (
        update(_MESSAGES)
        .where(
            Message.deleted_at.is_not(None),
            too_late,
            Message.body != "",
            ~holds.covers(Message.chat_id),
        )
        .values(body="")
        .returning(Message.id)
    )
    ids = list(session.scalars(over))
    if ids:
        session.execute(delete(Version).where(Version.message_id.in_(ids)))
    return len(ids)


_MESSAGES = cast("Table", Message.__table__)


def _locked(session: Session, chat: OpenChat) -> int:
    """The next revision. Whoever comes second waits here, and reads what the first one left."""
    taken = (
        update(cast("Table", Chat.__table__))
        .where(Chat.id == chat.id)
        .values(revision=Chat.revision + 1)
        .returning(Chat.revision)
    )
    revision = session.execute(taken).scalar_one_or_none()
    if revision is None:
        raise NotFound("no_such_chat")
    return int(revision)


def _own(session: Session, chat: OpenChat, message_id: int) -> Said:
    found = messages.one(session, chat, message_id)
    if found is None or found.side != chat.side:
        raise NotFound("no_such_message")
    return found


def _write(session: Session, message_id: int, **values: object) -> None:
    session.execute(update(_MESSAGES).where(Message.id == message_id).values(**values))
