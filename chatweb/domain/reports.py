"""Reporting messages of the other person to those who run this place."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from chatweb.domain import chats, texts
from chatweb.domain.access import OpenChat
from chatweb.domain.changes import all_earlier
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.models import Chat, Evidence, Message, Report, utc_now

KINDS = ("spam", "abuse", "threat", "other")
WORDS_LIMIT = 1_000
NEIGHBOURS = 10
MOST_MESSAGES = 2 * NEIGHBOURS + 1


class Typed(NamedTuple):
    """A report as it was filled in."""

    key: str = ""
    kind: str = ""
    words: str = ""
    message_ids: frozenset[int] = frozenset()


class Pick(NamedTuple):
    """A message that can be reported."""

    id: int
    body: str
    inserted_at: datetime


def pickable(session: Session, chat: OpenChat, message_id: int | None = None) -> Sequence[Pick]:
    """Messages of the other person, oldest first: the newest 21, or one and up to ten before and after it."""
    if message_id is None:
        return _before(session, _theirs(chat), MOST_MESSAGES)
    before = _before(session, _theirs(chat, Message.id <= message_id), NEIGHBOURS + 1)
    after = _theirs(chat, Message.id > message_id).order_by(Message.id).limit(NEIGHBOURS)
    return [*before, *(Pick._make(row) for row in session.execute(after))]


def check(typed: Typed) -> Typed:
    """A report that can be sent; Invalid, with every field that is wrong, for any other."""
    cleaned = typed._replace(words=texts.with_plain_ends(typed.words).strip())
    problems = {}
    if not texts.is_key(cleaned.key):
        problems["form"] = "key_form"
    if cleaned.kind not in KINDS:
        problems["kind"] = "report_kind_missing"
    if not (cleaned.words or cleaned.message_ids):
        problems["messages"] = "report_empty"
    if len(cleaned.message_ids) > MOST_MESSAGES:
        problems["messages"] = "report_too_many"
    if len(cleaned.words) > WORDS_LIMIT:
        problems["words"] = "reason_long"
    if not texts.is_storable(cleaned.words):
        problems["words"] = "unstorable"
    if problems:
        raise Invalid(**problems)
    return cleaned


def send(session: Session, chat: OpenChat, report: Typed, *, block: bool) -> None:
    """Store a report of `chat.person_id`, once per key, with every text that its messages have had till now.

    With `block` the other person is blocked along with it. Conflict when a message is not there any more,
    NotFound when the conversation is not.
    """
    # Whoever edits or deletes waits until what is reported is kept.
    if session.scalar(select(Chat.id).where(Chat.id == chat.id).with_for_update()) is None:
        raise NotFound("no_such_chat")
    insert_new = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = insert_new(Report).values(
        key=report.key,
        chat_id=chat.id,
        reporter_id=chat.person_id,
        reported_id=chat.other_id,
        kind=report.kind,
        words=report.words,
        inserted_at=utc_now(),
    )
    report_id = session.scalar(new.on_conflict_do_nothing().returning(Report.id))
    if report_id is None:
        return
    _keep(session, chat, report_id, report.message_ids)
    if block:
        chats.arrange(session, chat.person_id, chat.id, blocked=True)


def _keep(session: Session, chat: OpenChat, report_id: int, message_ids: frozenset[int]) -> None:
    wanted = _theirs(chat, Message.id.in_(message_ids)).add_columns(Message.updated_at)
    found = session.execute(wanted.order_by(Message.id)).all()
    if len(found) < len(message_ids):
        raise Conflict("report_message_gone")
    earlier = all_earlier(session, [row.id for row in found if row.updated_at])
    kept = [
        {"report_id": report_id, "message_id": row.id, "body": body, "written_at": written_at}
        for row in found
        for body, written_at in (*earlier.get(row.id, ()), (row.body, row.updated_at or row.inserted_at))
    ]
    if kept:
        session.execute(insert(Evidence), kept)


def _theirs(chat: OpenChat, *conditions: ColumnElement[bool]) -> Select[int, str, datetime]:
    return select(Message.id, Message.body, Message.inserted_at).where(
        Message.chat_id == chat.id,
        Message.sender_id == chat.other_id,
        Message.id > chat.cleared,
        Message.deleted_at.is_(None),
        *conditions,
    )


def _before(session: Session, found: Select[int, str, datetime], most: int) -> list[Pick]:
    rows = session.execute(found.order_by(Message.id.desc()).limit(most)).all()
    return [Pick._make(row) for row in rows[::-1]]
