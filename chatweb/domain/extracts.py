"""What administrators take out of the record: one conversation, or all of somebody, between two moments."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from chatweb.domain import audit, oversight, stewards, transcripts
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.oversight import Overview
from chatweb.domain.transcripts import Line, Opening
from chatweb.models import Chat, Message, utc_now

PAGE = 200


class Range(NamedTuple):
    """From when on and until when something was written; None for any time."""

    since: datetime | None = None
    until: datetime | None = None

    def __str__(self) -> str:
        ends = {"from": self.since, "until": self.until}
        return ", ".join(f"{name}: {at:%Y-%m-%d %H:%M} UTC" for name, at in ends.items() if at)


class Span(NamedTuple):
    """The first and the last message taken out of a conversation, and how many they are."""

    first_id: int
    last_id: int
    messages: int


class Extract(NamedTuple):
    """What is taken out: by whom, why, and of which conversations what; `entry` says so in the audit log."""

    entry: int
    at: datetime
    by: str
    why: Opening
    person: str
    range: Range
    parts: Sequence[tuple[Overview, Span]]


def of_chat(session: Session, actor: Actor, chat_id: int, wanted: Range) -> Extract:
    """Record that an opened conversation is taken out. NotFound and NotOpen as for reading it.

    To be committed before anybody sees any of it.
    """
    chat, why = oversight.overview(session, chat_id), transcripts.opening(session, actor, chat_id)
    spans = _spans(session, Message.chat_id == chat_id, wanted)
    about = _about(chat, spans.get(chat_id), wanted)
    entry = audit.record(session, actor, audit.CHAT_EXPORTED, about)
    parts = [(chat, spans[chat_id])] if spans else []
    return Extract(entry, utc_now(), actor.name, why, "", wanted, parts)


def of_person(session: Session, actor: Actor, user_id: int, wanted: Range, reason: Reason) -> Extract:
    """Record that all conversations of somebody are taken out: why, and an entry for each of them.

    NotFound when there is no such account. To be committed as above.
    """
    person = stewards.account(session, user_id)
    theirs = select(Chat.id).where(or_(Chat.user_1_id == user_id, Chat.user_2_id == user_id))
    spans = _spans(session, Message.chat_id.in_(theirs), wanted)
    about = {"person_1_id": user_id, "person_1_name": person.username, "detail": str(wanted)}
    entry = audit.record(session, actor, audit.PERSON_EXPORTED, about | _taken(*spans.values()), reason)
    parts = [(chat, spans[chat.id]) for chat in oversight.some(session, spans)]
    if parts:
        abouts = [_about(chat, span, wanted) for chat, span in parts]
        audit.record_all(session, actor, audit.CHAT_EXPORTED, abouts)
    at = utc_now()
    return Extract(entry, at, actor.name, Opening(entry, at, *reason), person.username, wanted, parts)


def lines(session: Session, wanted: Range, chat: Overview, span: Span, after: int) -> Sequence[Line]:
    """The next 200 messages after this id that the span has, oldest first. Two SELECTs."""
    found = transcripts.said(chat.id).where(
        Message.id >= span.first_id, Message.id > after, Message.id <= span.last_id, *between(wanted)
    )
    return transcripts.lines(session, chat, session.execute(found.order_by(Message.id).limit(PAGE)).all())


def between(wanted: Range) -> list[ColumnElement[bool]]:
    """What holds of messages written in a range."""
    conditions = []
    if wanted.since:
        conditions.append(Message.inserted_at >= wanted.since)
    if wanted.until:
        conditions.append(Message.inserted_at < wanted.until)
    return conditions


def _spans(session: Session, which: ColumnElement[bool], wanted: Range) -> Mapping[int, Span]:
    first_last_count = (func.min(Message.id), func.max(Message.id), func.count(Message.id))
    found = select(Message.chat_id, *first_last_count).where(which, *between(wanted))
    rows = session.execute(found.group_by(Message.chat_id))
    return {chat_id: Span(*span) for chat_id, *span in rows}


def _about(chat: Overview, span: Span | None, wanted: Range) -> dict[str, object]:
    return chat.named | _taken(*([span] if span else [])) | {"detail": str(wanted)}


def _taken(*spans: Span) -> dict[str, object]:
    taken: dict[str, object] = {"count": sum(span.messages for span in spans)}
    if spans:
        taken |= {"first_id": min(spans).first_id, "last_id": max(span.last_id for span in spans)}
    return taken
