"""What administrators see of conversations from outside: who talks with whom, and when."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from chatweb.domain import holds, texts
from chatweb.domain.people import QUERY_LENGTHS
from chatweb.domain.refusals import NotFound
from chatweb.models import Chat, Message, User, UtcMillis

LIST_PAGE = 50
COUNT_CAP = 10_000

_one, _two = aliased(User), aliased(User)


class Place(NamedTuple):
    """Where a conversation stands in the list: the last active first; ids order those of one moment."""

    updated_at: datetime
    chat_id: int


class Filter(NamedTuple):
    """Which conversations are wanted: of people whom these words fit, written to between two moments."""

    person: str = ""
    other: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Overview(NamedTuple):
    """A conversation from outside, without a word of it. `messages` is capped at 10,000, removed ones count.

    `first_at` is None as long as nobody has written. It `is_held` itself, or with one of its two people.
    """

    id: int
    topic: str
    user_1_id: int
    name_1: str
    username_1: str
    avatar_1: str
    is_open_1: bool
    user_2_id: int
    name_2: str
    username_2: str
    avatar_2: str
    is_open_2: bool
    updated_at: datetime
    messages: int
    first_at: datetime | None
    is_held: bool

    @property
    def named(self) -> dict[str, object]:
        """The columns of an entry of the audit log that say which one it is."""
        return {
            "chat_id": self.id,
            "topic": self.topic,
            "person_1_id": self.user_1_id,
            "person_1_name": self.username_1,
            "person_2_id": self.user_2_id,
            "person_2_name": self.username_2,
        }

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.updated_at, self.id)


def overviews(session: Session, wanted: Filter, before: Place | None = None) -> Sequence[Overview]:
    """Up to 51 conversations, the last active first: one more than a page has. One SELECT."""
    found = select(Chat.id).where(*_conditions(wanted))
    if before:
        place = tuple_(literal(before.updated_at, UtcMillis), literal(before.chat_id))
        found = found.where(tuple_(Chat.updated_at, Chat.id) < place)
    page = found.order_by(Chat.updated_at.desc(), Chat.id.desc()).limit(LIST_PAGE + 1)
    # What is counted for each row is counted for these only.
    rows = session.execute(_described(Chat.id.in_(page)).order_by(Chat.updated_at.desc(), Chat.id.desc()))
    return [Overview._make(row) for row in rows]


def overview(session: Session, chat_id: int) -> Overview:
    """The conversation with this id from outside; NotFound when there is none. One SELECT."""
    row = session.execute(_described(Chat.id == chat_id)).one_or_none()
    if row is None:
        raise NotFound("no_such_chat")
    return Overview._make(row)


def some(session: Session, chat_ids: Collection[int]) -> Sequence[Overview]:
    """These conversations from outside, the oldest first. One SELECT."""
    rows = session.execute(_described(Chat.id.in_(chat_ids)).order_by(Chat.id))
    return [Overview._make(row) for row in rows]


def id_of(session: Session, name: str) -> int:
    """The id that somebody typed, or that of the conversation with this topic; NotFound for neither."""
    if name.isascii() and name.isdigit() and len(name) <= 9:
        return int(name)
    found = session.scalar(select(Chat.id).where(Chat.topic == (name if texts.is_storable(name) else "")))
    if found is None:
        raise NotFound("no_such_chat")
    return found


def has_member(words: str) -> ColumnElement[bool]:
    """One of the two has a name like these words, or exactly this e-mail address."""
    typed = words.strip()
    if len(typed) not in QUERY_LENGTHS or not texts.is_storable(typed):
        return literal(value=False)
    alike = or_(
        User.username_key.startswith(texts.username_key(typed), autoescape=True),
        User.display_name.icontains(typed, autoescape=True),
        User.email == typed.lower(),
    )
    theirs = select(User.id).where(alike)
    return or_(Chat.user_1_id.in_(theirs), Chat.user_2_id.in_(theirs))


def _described(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    said = select(literal(1)).where(Message.chat_id == Chat.id).limit(COUNT_CAP).correlate(Chat)
    first = select(Message.inserted_at).where(Message.chat_id == Chat.id).order_by(Message.id).limit(1)
    return (
        select(
            Chat.id,
            Chat.topic,
            Chat.user_1_id,
            _one.display_name,
            _one.username,
            _one.avatar,
            _one.is_active,
            Chat.user_2_id,
            _two.display_name,
            _two.username,
            _two.avatar,
            _two.is_active,
            Chat.updated_at,
            select(func.count()).select_from(said.subquery()).scalar_subquery(),
            first.correlate(Chat).scalar_subquery(),
            holds.covers(Chat.id),
        )
        .join(_one, _one.id == Chat.user_1_id)
        .join(_two, _two.id == Chat.user_2_id)
        .where(which)
    )


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [has_member(words) for words in (wanted.person, wanted.other) if words.strip()]
    written = select(Message.id).where(Message.chat_id == Chat.id).correlate(Chat)
    if wanted.since:
        # What was not written to since then needs no look at its messages.
        conditions.append(Chat.updated_at >= wanted.since)
        written = written.where(Message.inserted_at >= wanted.since)
    if wanted.until:
        written = written.where(Message.inserted_at < wanted.until)
    if wanted.since or wanted.until:
        conditions.append(exists(written.correlate(Chat)))
    return conditions
