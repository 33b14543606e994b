"""Starting conversations, and what each person keeps about theirs."""

import secrets
from collections.abc import Collection, Mapping
from typing import cast

from sqlalchemy import Table, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from chatweb.domain import people, texts
from chatweb.domain.refusals import Invalid
from chatweb.models import Chat, Member, User, utc_now


def arrange(session: Session, person_id: int, chat_id: int, **values: object) -> None:
    """Set what a person keeps about a conversation: any of Member's columns that are no pointers."""
    theirs = (Member.chat_id == chat_id, Member.user_id == person_id)
    session.execute(update(cast("Table", Member.__table__)).where(*theirs).values(values))


def new_topic() -> str:
    """A name for a conversation that nobody can guess: 144 random bits. No command takes it for an option."""
    while (topic := secrets.token_urlsafe(18)).startswith("-"):
        pass
    return topic


def drafts(session: Session, person_id: int, chat_ids: Collection[int]) -> Mapping[int, str]:
    """What a person has typed and not sent in each of these conversations, whole. One SELECT."""
    theirs = (Member.chat_id.in_(chat_ids), Member.user_id == person_id)
    return dict(session.execute(select(Member.chat_id, Member.draft).where(*theirs)).all())


def start(session: Session, person_id: int, username: str) -> str:
    """The topic of the one conversation with that person, made if need be.

    Two people who start at the same moment get the same one. Raises Invalid for an unknown name, for
    somebody who has blocked the person, and for oneself.
    """
    other_id, asks_first = _other(session, username, person_id)
    if other_id == person_id:
        raise Invalid(username="yourself")
    pair = {"user_1_id": min(person_id, other_id), "user_2_id": max(person_id, other_id)}
    now = utc_now()
    fresh = {**pair, "topic": new_topic(), "revision": 0, "inserted_at": now, "updated_at": now}
    _insert_missing(session, Chat, [fresh])
    chat_id, topic = session.execute(select(Chat.id, Chat.topic).filter_by(**pair)).one()
    blank = {"read_id": 0, "seen_id": 0, "pinned": False, "archived": False, "cleared": 0, "draft": ""}
    members = [
        {"chat_id": chat_id, "user_id": id_, "opened": False, "waits": waits, **blank}
        for id_, waits in ((person_id, False), (other_id, asks_first))
    ]
    _insert_missing(session, Member, members)
    # Who comes before anything was said has not been written to; who comes later does not accept by looking.
    is_silent = select(Chat.id).where(Chat.id == chat_id, Chat.revision == 0).exists()
    session.execute(
        update(Member)
        .where(Member.chat_id == chat_id, Member.user_id == person_id)
        .values(opened=True, waits=and_(Member.waits, ~is_silent))
    )
    return str(topic)


def have_met(session: Session, person_id: int, username: str) -> bool:
    """Whether there is a conversation with that person already. One SELECT."""
    key = texts.username_key(username.strip())
    if not texts.is_storable(key):
        return False
    found = (
        select(Chat.id)
        .join(User, and_(User.username_key == key, User.id.in_((Chat.user_1_id, Chat.user_2_id))))
        .where(or_(Chat.user_1_id == person_id, Chat.user_2_id == person_id), User.id != person_id)
    )
    return session.scalar(found) is not None


def revisions(session: Session, topics: Collection[str]) -> Mapping[str, int]:
    """The present revision of each of these topics. One SELECT."""
    found = select(Chat.topic, Chat.revision).where(Chat.topic.in_(topics))
    return dict(session.execute(found).all())


def _other(session: Session, username: str, person_id: int) -> tuple[int, bool]:
    key = texts.username_key(username.strip())
    known = (
        select(User.id, User.asks_first)
        .where(User.username_key == key, User.is_active, ~people.has_blocked(person_id))
        # Who is asked first from a moment on is asked before every conversation that begins after it.
        .with_for_update(read=True)
    )
    other = session.execute(known).one_or_none() if key and texts.is_storable(key) else None
    if other is None:
        raise Invalid(username="nobody")
    return other.id, other.asks_first


def _insert_missing(
    session: Session, table: type[Chat] | type[Member], rows: list[dict[str, object]]
) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(table).values(rows).on_conflict_do_nothing())
