"""Deleting what is older than those who run this place want to keep, batch by batch. What is on hold stays.

To both people it is as if they had cleared the conversation up to there: so open pages follow.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Table, and_, case, delete, exists, func, select, update
from sqlalchemy.orm import Session

from chatweb.domain import audit, holds
from chatweb.domain.audit import Actor, Reason
from chatweb.models import Chat, Hold, Member, Message, Report

BATCH = 500

_CHATS, _MEMBERS = cast("Table", Chat.__table__), cast("Table", Member.__table__)


class Candidate(NamedTuple):
    """A conversation with something old in it."""

    chat_id: int
    is_held: bool


class Total(NamedTuple):
    """How much was deleted, and in how many conversations nothing was because they are on hold."""

    messages: int = 0
    chats: int = 0
    reports: int = 0
    held: int = 0


def begin(session: Session, actor: Actor, before: datetime, reason: Reason) -> None:
    """Record that everything older than a moment is going to be deleted, and why; before anything is."""
    audit.record(session, actor, audit.PURGE_BEGUN, {"detail": _older_than(before)}, reason)


def end(session: Session, actor: Actor, before: datetime, total: Total, reason: Reason) -> None:
    """Record how much it was."""
    detail = f"{_older_than(before)}: {total.messages} messages, {total.chats} chats, {total.reports} reports"
    audit.record(session, actor, audit.PURGED, {"detail": detail}, reason)


def candidates(session: Session, before: datetime, after: int = 0) -> Sequence[Candidate]:
    """Up to 500 conversations with an id above this one in which something is older. One SELECT."""
    old = exists().where(Message.chat_id == Chat.id, Message.inserted_at < before)
    found = select(Chat.id, holds.covers(Chat.id)).where(Chat.id > after, old).order_by(Chat.id).limit(BATCH)
    return [Candidate._make(row) for row in session.execute(found)]


def old(session: Session, chat_id: int, before: datetime, after: int = 0) -> Sequence[int]:
    """The ids of up to 500 messages after this one: all up to the first that is not older. One SELECT.

    Clocks go wrong. Where one did, rather too much stays.
    """
    next_ones = select(Message.id, Message.inserted_at).where(Message.chat_id == chat_id, Message.id > after)
    rows = session.execute(next_ones.order_by(Message.id).limit(BATCH))
    return [row.id for row in takewhile(lambda row: row.inserted_at < before, rows)]


def purge(session: Session, chat_id: int, before: datetime) -> int:
    """Delete the oldest 500 messages of a conversation that are older, for both people; says how many.

    0 where it is on hold.
    """
    # Whoever puts it on hold, sends or edits waits here, or is waited for.
    session.execute(select(Chat.id).where(Chat.id == chat_id).with_for_update())
    is_held = session.scalar(select(Chat.id).where(Chat.id == chat_id, holds.covers(Chat.id)))
    ids = [] if is_held else old(session, chat_id, before)
    if not ids:
        return 0
    session.execute(update(_CHATS).where(Chat.id == chat_id).values(revision=Chat.revision + 1))
    session.execute(delete(Message).where(Message.chat_id == chat_id, Message.id <= ids[-1]))
    pointers = {
        column.name: case((column < ids[-1], ids[-1]), else_=column)
        for column in (_MEMBERS.c.cleared, _MEMBERS.c.read_id)
    }
    session.execute(update(_MEMBERS).where(_MEMBERS.c.chat_id == chat_id).values(pointers))
    return len(ids)


def old_reports(session: Session, before: datetime) -> int:
    """How many reports are older, decided, and have nothing to do with what is on hold. One SELECT."""
    return session.scalar(select(func.count()).where(_is_old_report(before))) or 0


def purge_reports(session: Session, before: datetime) -> int:
    """Delete them, with what was reported; says how many."""
    gone = delete(Report).where(_is_old_report(before)).returning(Report.id)
    return len(session.scalars(gone).all())


def _is_old_report(before: datetime) -> ColumnElement[bool]:
    person_held = exists().where(Hold.user_id.in_((Report.reporter_id, Report.reported_id)))
    chat_held = and_(Report.chat_id.is_not(None), holds.covers(Report.chat_id))
    return and_(Report.inserted_at < before, Report.decision.is_not(None), ~person_held, ~chat_held)


def _older_than(before: datetime) -> str:
    return f"older than {before:%Y-%m-%d %H:%M} UTC"
