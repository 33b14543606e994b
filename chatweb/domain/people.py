"""Finding people to talk to, and who knows whom."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from chatweb.domain import texts
from chatweb.models import Chat, Member, User

QUERY_LENGTHS = range(2, 101)  # of a very long pattern SQLite says that it is too complex
MOST_PEOPLE = 10
MOST_AT_ONCE = 500


class Found(NamedTuple):
    """Somebody one may start a conversation with."""

    id: int
    username: str
    display_name: str
    avatar: str


def find(session: Session, person_id: int, query: str) -> Sequence[Found]:
    """At most 10 active people, not oneself, whose username begins with, or whose name contains, it.

    Who has blocked the person is not found. Nobody below 2 and above 100 characters. One SELECT.
    """
    typed = query.strip()
    if len(typed) not in QUERY_LENGTHS or not texts.is_storable(typed):
        return []
    key = texts.username_key(typed)
    alike = or_(
        User.username_key.startswith(key, autoescape=True),
        User.display_name.icontains(typed, autoescape=True),
    )
    found = (
        select(User.id, User.username, User.display_name, User.avatar)
        .where(alike, User.is_active, User.id != person_id, ~has_blocked(person_id))
        .order_by(User.username_key)
        .limit(MOST_PEOPLE)
    )
    return [Found(*row) for row in session.execute(found)]


def has_blocked(person_id: int) -> ColumnElement[bool]:
    """Whether the User of a statement has blocked this person."""
    mine, theirs = aliased(Member), aliased(Member)
    return exists().where(
        mine.user_id == person_id,
        theirs.chat_id == mine.chat_id,
        theirs.user_id == User.id,
        theirs.blocked,
    )


class Blocked(NamedTuple):
    """Somebody whom a person has blocked, and the topic of their conversation."""

    topic: str
    id: int
    display_name: str
    avatar: str


def blocked_by(session: Session, person_id: int) -> Sequence[Blocked]:
    """Everybody whom a person has blocked, by name. One SELECT."""
    other_id = case((Chat.user_1_id == Member.user_id, Chat.user_2_id), else_=Chat.user_1_id)
    is_seen = and_(User.is_active, ~has_blocked(person_id))
    found = (
        select(Chat.topic, User.id, User.display_name, case((is_seen, User.avatar), else_=""))
        .select_from(Member)
        .join(Chat, Chat.id == Member.chat_id)
        .join(User, User.id == other_id)
        .where(Member.user_id == person_id, Member.blocked)
        .order_by(User.display_name, User.id)
    )
    return [Blocked._make(row) for row in session.execute(found)]


def seen_by(session: Session, person_id: int) -> list[tuple[int, bool]]:
    """Everybody in whose list of chats this person stands, and whom of them they have blocked. One SELECT."""
    theirs = aliased(Member)
    found = (
        select(theirs.user_id, Member.blocked)
        .select_from(Member)
        .join(Chat, Chat.id == Member.chat_id)
        .join(theirs, and_(theirs.chat_id == Chat.id, theirs.user_id != Member.user_id))
        .where(Member.user_id == person_id, or_(Chat.revision > 0, theirs.opened))
    )
    return [(id_, is_blocked) for id_, is_blocked in session.execute(found)]


def contacts(session: Session, person_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each of these people with each one they have a conversation with, where both show that they are here.

    Those who have blocked one another do not, nor those of whom one has yet to accept. One SELECT for every
    500 people.
    """
    person, contact, theirs = aliased(User), aliased(User), aliased(Member)
    contact_id = case((Chat.user_1_id == Member.user_id, Chat.user_2_id), else_=Chat.user_1_id)
    pairs = (
        select(person.id, contact.id)
        .select_from(Member)
        .join(Chat, Chat.id == Member.chat_id)
        .join(person, person.id == Member.user_id)
        .join(contact, contact.id == contact_id)
        .join(theirs, and_(theirs.chat_id == Chat.id, theirs.user_id == contact.id))
        .where(
            person.shows_presence,
            contact.shows_presence,
            Member.blocked.is_(False),
            theirs.blocked.is_(False),
            Member.waits.is_(False),
            theirs.waits.is_(False),
        )
    )
    for start in range(0, len(person_ids), MOST_AT_ONCE):
        some = person_ids[start : start + MOST_AT_ONCE]
        yield from session.execute(pairs.where(Member.user_id.in_(some)))
