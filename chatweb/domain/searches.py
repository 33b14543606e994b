"""Looking for words in all conversations: for administrators, with a reason, and on record."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from chatweb.domain import audit, oversight, texts
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.extracts import Range, between
from chatweb.domain.refusals import Invalid
from chatweb.models import Chat, Message, User

WORDS_LENGTHS = range(2, 101)
CAP = 200
STEP = 2_000
_AROUND = 80

_one, _two = aliased(User), aliased(User)


class Search(NamedTuple):
    """What is looked for: words as they stand in a message, in chats of a person whom these words fit."""

    words: str
    person: str
    range: Range

    def __str__(self) -> str:
        parts = [f"words: {self.words}", f"person: {self.person}" if self.person else "", str(self.range)]
        return ", ".join(filter(None, parts))


class Hit(NamedTuple):
    """A message with the words in it, and the conversation."""

    id: int
    chat_id: int
    user_1_id: int
    name_1: str
    username_1: str
    avatar_1: str
    user_2_id: int
    name_2: str
    username_2: str
    avatar_2: str
    sender_id: int
    body: str
    inserted_at: datetime

    @property
    def sender_name(self) -> str:
        """The display name of who wrote it."""
        return self.name_1 if self.sender_id == self.user_1_id else self.name_2


def search(words: str, person: str, wanted: Range) -> Search:
    """A search as it was typed, without spaces at its ends. Invalid for too few or too many."""
    given = Search(words.strip(), person.strip(), wanted)
    if not (texts.is_storable(given.words) and texts.is_storable(given.person)):
        raise Invalid(words="unstorable")
    if len(given.words) not in WORDS_LENGTHS:
        raise Invalid(words="words_length")
    return given


def newest_id(session: Session) -> int:
    """Where looking begins: the id of the newest message of all, 0 for none. One SELECT."""
    return session.scalar(select(func.max(Message.id))) or 0


def hits(session: Session, wanted: Search, up_to: int, most: int) -> Sequence[Hit]:
    """The newest of those among the 2,000 ids up to this one, at most so many. Two SELECTs, one for none.

    Texts of removed messages and earlier versions are not looked at. It is Python that compares: databases
    take time without bounds for a text made for it (LIKE), and know upper and lower case of few alphabets.
    """
    looked_at = (
        select(Message.id, Message.body)
        .where(Message.id > up_to - STEP, Message.id <= up_to, *_conditions(wanted))
        .order_by(Message.id.desc())
    )
    words = wanted.words.casefold()
    ids = [id_ for id_, body in session.execute(looked_at) if words in body.casefold()][:most]
    if not ids:
        return []
    found = (
        select(
            Message.id,
            Message.chat_id,
            Chat.user_1_id,
            _one.display_name,
            _one.username,
            _one.avatar,
            Chat.user_2_id,
            _two.display_name,
            _two.username,
            _two.avatar,
            Message.sender_id,
            Message.body,
            Message.inserted_at,
        )
        .join(Chat, Chat.id == Message.chat_id)
        .join(_one, _one.id == Chat.user_1_id)
        .join(_two, _two.id == Chat.user_2_id)
        .where(Message.id.in_(ids))
    )
    return [Hit._make(row) for row in session.execute(found.order_by(Message.id.desc()))]


def record(session: Session, actor: Actor, wanted: Search, reason: Reason, found: Sequence[Hit]) -> int:
    """Record what is looked for, why, and what is shown of each conversation; the number of the first entry.

    To be committed before anybody sees any of it.
    """
    entry = audit.record(session, actor, audit.SEARCHED, {"detail": str(wanted)} | _shown(found), reason)
    abouts = [
        chat.named | _shown([hit for hit in found if hit.chat_id == chat.id])
        for chat in oversight.some(session, {hit.chat_id for hit in found})
    ]
    if abouts:
        audit.record_all(session, actor, audit.CHAT_FOUND, abouts)
    return entry


def around(body: str, words: str) -> tuple[str, str, str]:
    """What stands before the words, the words as they stand there, and what comes after; cut short."""
    place = re.search(re.escape(words), body, re.IGNORECASE)
    start, end = place.span() if place else (0, 0)
    before, after = body[max(0, start - _AROUND) : start], body[end : end + _AROUND]
    return (
        f"…{before}" if start > _AROUND else before,
        body[start:end],
        f"{after}…" if len(body) > end + _AROUND else after,
    )


def _shown(found: Sequence[Hit]) -> dict[str, object]:
    ends = {"first_id": found[-1].id, "last_id": found[0].id} if found else {}
    return {"count": len(found), **ends}


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    conditions = [
        Message.deleted_at.is_(None),
        *between(wanted.range),
    ]
    if wanted.person:
        theirs = select(Chat.id).where(oversight.has_member(wanted.person))
        conditions.append(Message.chat_id.in_(theirs))
    return conditions
