"""Leaving for good: what goes with an account, and what stays with those it was used to talk to."""

import secrets
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Select, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from chatweb.domain import factors, guesses, holds, mails
from chatweb.domain.refusals import Conflict
from chatweb.models import (
    Avatar,
    Chat,
    HalfSignIn,
    Member,
    Message,
    SignIn,
    Ticket,
    User,
    Version,
    utc_now,
)

NAME = "Deleted account"

_CHATS = cast("Table", Chat.__table__)
_MESSAGES = cast("Table", Message.__table__)


class Belongings(NamedTuple):
    """How much somebody would leave behind."""

    chats: int
    messages: int


class Left(NamedTuple):
    """Who hears of it: browsers that are signed out, and the conversations of the person that are left."""

    session_ids: list[int]
    chat_ids: list[int]
    topics: list[str]


def belongings(session: Session, user_id: int) -> Belongings:
    """What somebody has here: conversations in which something was said, and own messages. Two SELECTs."""
    own = select(func.count()).where(Message.sender_id == user_id, Message.deleted_at.is_(None))
    chats = select(func.count()).where(_has_member(user_id), Chat.revision > 0)
    return Belongings(session.scalar(chats) or 0, session.scalar(own) or 0)


def leave(session: Session, user_id: int, *, with_messages: bool) -> Left:
    """Close an account for good and forget who it was; the name and the address can be taken again.

    The conversations stay with the other people. `with_messages` takes what the person said out of them; with
    the second of the two who leaves, a conversation goes altogether. Conflict for the last administrator, and
    as long as they or one of their conversations are on hold.
    """
    own = _own_chats(user_id)
    # In this order, so that two who leave at the same moment wait for one another, and a hold is seen.
    session.execute(own.with_for_update()).all()
    check_not_last_admin(session, user_id)
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    holds.check_person(session, user_id)
    session.execute(delete(Chat).where(_has_member(user_id), _other_has_left(user_id)))
    if with_messages:
        _take_messages(session, user_id)
    session_ids = list(session.scalars(delete(SignIn).where(SignIn.user_id == user_id).returning(SignIn.id)))
    nothing = {
        "draft": "",
        "pinned": False,
        "archived": False,
        "muted": None,
        "opened": False,
        "waits": False,
    }
    session.execute(update(Member).where(Member.user_id == user_id).values(nothing))
    _forget(session, user_id)
    return heard_by(session, user_id, session_ids)


def heard_by(session: Session, user_id: int, session_ids: list[int]) -> Left:
    """Who hears that an account is closed or open, and these browsers signed out. One SELECT."""
    kept = session.execute(_own_chats(user_id)).all()
    return Left(session_ids, [chat_id for chat_id, _ in kept], [topic for _, topic in kept])


def check_not_last_admin(session: Session, user_id: int) -> None:
    """Raise Conflict if nobody else is an administrator with an account in use."""
    admins = select(User.id).where(User.role == "admin", User.is_active).with_for_update()
    if list(session.scalars(admins)) == [user_id]:
        raise Conflict("last_admin")


def _take_messages(session: Session, user_id: int) -> None:
    own = Message.sender_id == user_id
    said = select(Message.chat_id).where(own, Message.deleted_at.is_(None))
    session.execute(update(_CHATS).where(Chat.id.in_(said)).values(revision=Chat.revision + 1))
    session.execute(delete(Version).where(Version.message_id.in_(select(Message.id).where(own))))
    revision = select(Chat.revision).where(Chat.id == Message.chat_id).scalar_subquery()
    session.execute(
        update(_MESSAGES)
        .where(own, Message.deleted_at.is_(None))
        .values(deleted_at=utc_now(), revision=revision)
    )
    session.execute(update(_MESSAGES).where(own).values(body=""))


def _forget(session: Session, user_id: int) -> None:
    name, email = session.execute(select(User.username_key, User.email).where(User.id == user_id)).one()
    mails.forget(session, user_id, name, email)
    for theirs in (HalfSignIn, Ticket):
        session.execute(delete(theirs).where(theirs.user_id == user_id))
    factors.forget(session, user_id)
    guesses.forget(session, user_id)
    session.execute(delete(Avatar).where(Avatar.user_id == user_id))
    nobody, now = f"deleted-{secrets.token_hex(8)}", utc_now()
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(
            username=nobody,
            username_key=nobody,
            email=None,
            pending_email=None,
            display_name=NAME,
            password_hash="",
            role="user",
            is_active=False,
            shows_reading=False,
            shows_typing=False,
            shows_presence=False,
            asks_first=False,
            time_zone="",
            avatar="",
            seen_at=None,
            paused_at=None,
            updated_at=now,
            left_at=now,
        )
    )


def _own_chats(user_id: int) -> Select[int, str]:
    return select(Chat.id, Chat.topic).where(_has_member(user_id)).order_by(Chat.id)


def _has_member(user_id: int) -> ColumnElement[bool]:
    return or_(Chat.user_1_id == user_id, Chat.user_2_id == user_id)


def _other_has_left(user_id: int) -> ColumnElement[bool]:
    other = aliased(User)
    return (
        select(other.id)
        .where(or_(other.id == Chat.user_1_id, other.id == Chat.user_2_id), other.id != user_id)
        .where(other.left_at.is_not(None))
        .exists()
    )
