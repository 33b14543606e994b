"""Putting conversations and people on hold and releasing them, on record. It shows nothing that was said."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from chatweb.domain import audit, changes
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.oversight import Overview
from chatweb.domain.refusals import Conflict, NotFound
from chatweb.models import Chat, Entry, Hold, User, utc_now

LIST_PAGE = 50


class Held(NamedTuple):
    """A hold: what it is on, since when, by whom, and why. It is on a person unless there is a `chat_id`."""

    id: int
    chat_id: int | None
    user_id: int | None
    person_1_name: str
    person_2_name: str
    inserted_at: datetime
    actor_name: str
    kind: str
    reference: str
    reason: str


def newest(session: Session, before: int | None = None) -> Sequence[Held]:
    """Up to 51 holds, the newest first: one more than a page has. One SELECT."""
    found = select(
        Hold.id,
        Hold.chat_id,
        Hold.user_id,
        Entry.person_1_name,
        Entry.person_2_name,
        Hold.inserted_at,
        Entry.actor_name,
        Entry.kind,
        Entry.reference,
        Entry.reason,
    ).join(Entry, Entry.id == Hold.entry_id)
    if before is not None:
        found = found.where(Hold.id < before)
    rows = session.execute(found.order_by(Hold.id.desc()).limit(LIST_PAGE + 1))
    return [Held._make(row) for row in rows]


def is_held(session: Session, chat_id: int) -> bool:
    """Whether a conversation is on hold itself, and not only with one of its two people. One SELECT."""
    return session.scalar(select(Hold.id).where(Hold.chat_id == chat_id)) is not None


def hold_chat(session: Session, actor: Actor, chat: Overview, reason: Reason) -> None:
    """Keep a conversation from being deleted.

    Raises Conflict if it is so already, and for one's own, here and below.
    """
    entry_id = _record_chat(session, actor, audit.CHAT_HELD, chat, reason)
    # The foreign key waits for whoever deletes there, as `hold_person` does below.
    _hold(session, entry_id, chat_id=chat.id)


def release_chat(session: Session, actor: Actor, chat: Overview, reason: Reason) -> None:
    """Let what is deleted in a conversation go again, also what was deleted meanwhile."""
    _record_chat(session, actor, audit.CHAT_RELEASED, chat, reason)
    _release(session, Hold.chat_id == chat.id)


def hold_person(session: Session, actor: Actor, user_id: int, reason: Reason) -> None:
    """Keep an account and all its conversations from being deleted."""
    entry_id = _record_person(session, actor, audit.PERSON_HELD, user_id, reason)
    # Whoever deletes in one of theirs waits here, or is waited for, and looks for holds afterwards.
    theirs = select(Chat.id).where(or_(Chat.user_1_id == user_id, Chat.user_2_id == user_id))
    session.execute(theirs.order_by(Chat.id).with_for_update()).all()
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    _username(session, user_id)
    _hold(session, entry_id, user_id=user_id)


def release_person(session: Session, actor: Actor, user_id: int, reason: Reason) -> None:
    """Let them and others delete what is theirs again, also what was deleted meanwhile."""
    _record_person(session, actor, audit.PERSON_RELEASED, user_id, reason)
    _release(session, Hold.user_id == user_id)


def _record_chat(session: Session, actor: Actor, action: str, chat: Overview, reason: Reason) -> int:
    if actor.id in (chat.user_1_id, chat.user_2_id):
        raise Conflict("own_chat_here")
    return audit.record(session, actor, action, chat.named, reason)


def _record_person(session: Session, actor: Actor, action: str, user_id: int, reason: Reason) -> int:
    if actor.id == user_id:
        raise Conflict("yourself_here")
    about = {"person_1_id": user_id, "person_1_name": _username(session, user_id)}
    return audit.record(session, actor, action, about, reason)


def _username(session: Session, user_id: int) -> str:
    found = session.scalar(select(User.username).where(User.id == user_id, User.left_at.is_(None)))
    if found is None:
        raise NotFound("no_such_user")
    return found


def _hold(session: Session, entry_id: int, **what: int) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = insert(Hold).values(entry_id=entry_id, inserted_at=utc_now(), **what)
    if session.scalar(new.on_conflict_do_nothing().returning(Hold.id)) is None:
        raise Conflict("held_already")


def _release(session: Session, which: ColumnElement[bool]) -> None:
    if session.scalar(delete(Hold).where(which).returning(Hold.id)) is None:
        raise Conflict("not_held")
    changes.wipe(session)
