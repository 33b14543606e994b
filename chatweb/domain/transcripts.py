"""What administrators read of a conversation that they have opened.

First they open it, with a reason. For 15 minutes, in the browser in which they did, they then see page after
page; each is read in the transaction that records it, and nothing shows it that is not committed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.orm import Session

from chatweb.domain import audit, oversight
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.changes import Earlier, all_earlier
from chatweb.domain.oversight import Overview
from chatweb.domain.refusals import Refusal
from chatweb.models import Entry, Message, utc_now

PAGE = 50
ACCESS = timedelta(minutes=15)


class NotOpen(Refusal):
    """It was not opened, or too long ago, or by another browser."""


class Opening(NamedTuple):
    """Why somebody reads a conversation, and until when: the entry that says so."""

    id: int
    at: datetime
    kind: str
    reference: str
    reason: str

    @property
    def ends_at(self) -> datetime:
        """When it has to be opened anew."""
        return self.at + ACCESS


class Line(NamedTuple):
    """A message as it stands in the record: nothing of a removed one but that it was there."""

    id: int
    revision: int
    side: int
    sender_name: str
    body: str
    inserted_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None
    by_moderator: bool
    versions: Sequence[Earlier]


class Page(NamedTuple):
    """Up to 50 messages, oldest first, and whether there are others before and after them."""

    chat: Overview
    opening: Opening
    lines: Sequence[Line]
    has_older: bool
    has_newer: bool

    @property
    def is_newest(self) -> bool:
        """Whether what is written next belongs at its end."""
        return not self.has_newer and (bool(self.lines) or self.chat.first_at is None)


def open_chat(session: Session, actor: Actor, chat: Overview, reason: Reason) -> None:
    """Record why somebody begins to read a conversation."""
    audit.record(session, actor, audit.CHAT_OPENED, chat.named, reason)


def close_chat(session: Session, actor: Actor, chat: Overview) -> None:
    """Record that they have done so; there is nothing to record where it was not open."""
    if find_opening(session, actor, chat.id):
        audit.record(session, actor, audit.CHAT_CLOSED, chat.named)


def read(
    session: Session, actor: Actor, chat_id: int, *, before: int | None = None, after: int | None = None
) -> Page:
    """The newest page, or the one before or after a message; recorded with what it shows.

    NotFound when there is no such conversation, NotOpen when it was not opened. To be committed before
    anybody sees it.
    """
    chat = oversight.overview(session, chat_id)
    why = opening(session, actor, chat_id)
    shown = _page(session, chat, before, after)
    span = {"first_id": shown[0].id, "last_id": shown[-1].id} if shown else {}
    audit.record(session, actor, audit.CHAT_READ, chat.named | span | {"count": len(shown)})
    has_older, has_newer = _beyond(session, chat, shown) if shown else (False, False)
    return Page(chat, why, shown, has_older, has_newer)


def opening(session: Session, actor: Actor, chat_id: int) -> Opening:
    """Why this browser may read the conversation at this moment; NotOpen when it may not. One SELECT."""
    found = find_opening(session, actor, chat_id)
    if found is None:
        raise NotOpen
    return found


def find_opening(session: Session, actor: Actor, chat_id: int) -> Opening | None:
    """The same; None when it may not."""
    last = (
        select(Entry.action, Entry.id, Entry.inserted_at, Entry.kind, Entry.reference, Entry.reason)
        .where(
            Entry.chat_id == chat_id,
            Entry.actor_id == actor.id,
            Entry.session_id == actor.session_id,
            Entry.action.in_((audit.CHAT_OPENED, audit.CHAT_CLOSED)),
        )
        .order_by(Entry.id.desc())
        .limit(1)
    )
    row = session.execute(last).one_or_none()
    if row is None or row.action == audit.CHAT_CLOSED:
        return None
    found = Opening(*row[1:])
    return found if utc_now() < found.ends_at else None


def said(chat_id: int) -> Select[*tuple[Any, ...]]:
    """The messages of a conversation, as `lines` wants them."""
    return select(
        Message.id,
        Message.revision,
        Message.sender_id,
        Message.body,
        Message.inserted_at,
        Message.updated_at,
        Message.deleted_at,
        Message.by_moderator,
    ).where(Message.chat_id == chat_id)


def lines(session: Session, chat: Overview, rows: Sequence[Row[*tuple[Any, ...]]]) -> Sequence[Line]:
    """What these rows of `said` look like in the record. One SELECT, none where nothing was edited."""
    versions = all_earlier(session, [row.id for row in rows if row.updated_at and not row.deleted_at])
    return [
        Line(
            id_,
            revision,
            side := 1 if sender_id == chat.user_1_id else 2,
            chat.name_1 if side == 1 else chat.name_2,
            "" if deleted_at else body,
            inserted_at,
            updated_at,
            deleted_at,
            by_moderator,
            versions.get(id_, ()),
        )
        for id_, revision, sender_id, body, inserted_at, updated_at, deleted_at, by_moderator in rows
    ]


def _page(session: Session, chat: Overview, before: int | None, after: int | None) -> Sequence[Line]:
    if after is not None:
        newer = said(chat.id).where(Message.id > after).order_by(Message.id).limit(PAGE)
        return lines(session, chat, session.execute(newer).all())
    older = said(chat.id).where(Message.id < before) if before is not None else said(chat.id)
    return lines(session, chat, session.execute(older.order_by(Message.id.desc()).limit(PAGE)).all()[::-1])


def _beyond(session: Session, chat: Overview, lines: Sequence[Line]) -> tuple[bool, bool]:
    in_chat = select(Message.id).where(Message.chat_id == chat.id)
    sides = exists(in_chat.where(Message.id < lines[0].id)), exists(in_chat.where(Message.id > lines[-1].id))
    older, newer = session.execute(select(*sides)).one()
    return bool(older), bool(newer)
