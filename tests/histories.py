"""What the made-up histories of two people have in common, over HTTP and in Chromium."""

import re
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from chatweb.models import Chat, Message

ARTICLE = re.compile(
    r'<article [^>]*id="message-([^"]+)" data-order="(\d+)" data-revision="(\d+)".*?</article>', re.DOTALL
)
TEXTS = ("hello", "two\nlines", "<b>bold</b>", "Grüße 🍰", "  spaces  ")


class Kept(NamedTuple):
    """A message as the database has it; a removed one says nothing."""

    id: int
    key: str
    sender_id: int
    body: str
    is_removed: bool


def kept(session: Session, topic: str) -> tuple[int, list[Kept]]:
    """The revision of a conversation, and its messages in order. No two of them share a revision."""
    chat = session.execute(select(Chat.id, Chat.revision).filter_by(topic=topic)).one()
    columns = Message.id, Message.key, Message.sender_id, Message.body, Message.deleted_at, Message.revision
    rows = session.execute(select(*columns).where(Message.chat_id == chat.id).order_by(Message.id)).all()
    revisions = [row.revision for row in rows]
    assert len(set(revisions)) == len(revisions)
    assert max(revisions, default=0) == chat.revision
    gone = [row.deleted_at is not None for row in rows]
    return chat.revision, [
        Kept(row.id, row.key, row.sender_id, "" if is_gone else row.body, is_gone)
        for row, is_gone in zip(rows, gone, strict=True)
    ]
