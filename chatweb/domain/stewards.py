"""What administrators see of accounts and do to them; everything done is in the audit log.

An account whose owner has left is nobody's: it is not among them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.orm import Session

from chatweb.domain import accounts as people
from chatweb.domain import audit, factors, leaving, new_passwords, roles, sign_ins, texts
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.leaving import Left
from chatweb.domain.people import QUERY_LENGTHS
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.models import Hold, SignIn, User, utc_now

LIST_PAGE = 50


class Account(NamedTuple):
    """An account from outside, in how many browsers it is signed in, and whether it is on hold itself.

    Who `has_paused` has closed it, and opens it by signing in.
    """

    id: int
    username: str
    username_key: str
    display_name: str
    avatar: str
    email: str | None
    role: str
    is_active: bool
    has_paused: bool
    inserted_at: datetime
    seen_at: datetime | None
    sign_ins: int
    has_factor: bool
    is_held: bool


def accounts(session: Session, words: str = "", after: str = "") -> Sequence[Account]:
    """Up to 51 accounts by name, those after one of that key: one more than a page has. One SELECT."""
    typed = words.strip()
    found = _described().where(User.username_key > (after if texts.is_storable(after) else ""))
    if typed:
        if len(typed) not in QUERY_LENGTHS or not texts.is_storable(typed):
            return []
        alike = (
            User.username_key.startswith(texts.username_key(typed), autoescape=True),
            User.display_name.icontains(typed, autoescape=True),
            User.email.startswith(typed.lower(), autoescape=True),
        )
        found = found.where(or_(*alike))
    rows = session.execute(found.order_by(User.username_key).limit(LIST_PAGE + 1))
    return [Account._make(row) for row in rows]


def account(session: Session, user_id: int) -> Account:
    """The account with this id; NotFound when there is none. One SELECT."""
    row = session.execute(_described().where(User.id == user_id)).one_or_none()
    if row is None:
        raise NotFound("no_such_user")
    return Account._make(row)


def deactivate(session: Session, actor: Actor, user_id: int, reason: Reason) -> Left:
    """Close an account and sign it out everywhere; who hears of that.

    Raises Conflict for oneself and for the last administrator, here and below.
    """
    found = _recorded(session, actor, user_id, audit.PERSON_DEACTIVATED, reason)
    leaving.check_not_last_admin(session, user_id)
    _change(session, found, is_active=False, paused_at=None)
    return leaving.heard_by(session, user_id, sign_ins.end_all(session, user_id))


def reactivate(session: Session, actor: Actor, user_id: int, reason: Reason) -> Left:
    """Let somebody sign in again; who hears of that."""
    found = _recorded(session, actor, user_id, audit.PERSON_REACTIVATED, reason)
    _change(session, found, is_active=True, paused_at=None)
    return leaving.heard_by(session, user_id, [])


def sign_out(session: Session, actor: Actor, user_id: int, reason: Reason) -> Sequence[int]:
    """Sign an account out everywhere; the ids of the sessions that ended."""
    _recorded(session, actor, user_id, audit.PERSON_SIGNED_OUT, reason)
    return sign_ins.end_all(session, user_id)


def reset_factor(session: Session, actor: Actor, user_id: int, reason: Reason) -> Sequence[int]:
    """Let somebody sign in with the password alone, for whoever has lost the rest; the sessions that ended.

    Raises Conflict where the password is enough already.
    """
    _recorded(session, actor, user_id, audit.PERSON_FACTOR_RESET, reason)
    return factors.reset(session, user_id)


def create(session: Session, actor: Actor, *, role: str, **account: str) -> None:
    """Make an account, from the command line. Raises Invalid as `accounts.create_user` does."""
    made = people.create_user(session, role=role, **account)
    about = {"person_1_id": made.id, "person_1_name": made.username, "detail": role}
    audit.record(session, actor, audit.PERSON_CREATED, about)


def give_password(session: Session, actor: Actor, user_id: int, password_hash: str) -> Sequence[int]:
    """Set a password, from the command line, and sign the person out everywhere; the sessions that ended."""
    about = {"person_1_id": user_id, "person_1_name": account(session, user_id).username}
    audit.record(session, actor, audit.PERSON_PASSWORD, about)
    return new_passwords.give(session, user_id, password_hash)


def delete(session: Session, actor: Actor, user_id: int, reason: Reason, *, with_messages: bool) -> Left:
    """Close an account for good, as when its owner leaves. Only the audit log keeps the name."""
    _recorded(session, actor, user_id, audit.PERSON_DELETED, reason)
    return leaving.leave(session, user_id, with_messages=with_messages)


def change_role(session: Session, actor: Actor, user_id: int, role: str, reason: Reason) -> None:
    """Give an account another role. Raises Invalid for a role that there is not."""
    if role not in roles.ROLES:
        raise Invalid(role="role_missing")
    before = account(session, user_id).role
    found = _recorded(session, actor, user_id, audit.PERSON_ROLE, reason, detail=f"{before} → {role}")
    if role != roles.ADMIN:
        leaving.check_not_last_admin(session, user_id)
    _change(session, found, role=role)


def _described() -> Select[*tuple[Any, ...]]:
    signed_in = select(func.count(SignIn.id)).where(
        SignIn.user_id == User.id, SignIn.revoked_at.is_(None), SignIn.expires_at > utc_now()
    )
    return select(
        User.id,
        User.username,
        User.username_key,
        User.display_name,
        User.avatar,
        User.email,
        User.role,
        User.is_active,
        User.paused_at.is_not(None),
        User.inserted_at,
        User.seen_at,
        signed_in.correlate(User).scalar_subquery(),
        factors.IS_ON,
        exists().where(Hold.user_id == User.id),
    ).where(User.left_at.is_(None))


def _recorded(
    session: Session, actor: Actor, user_id: int, action: str, reason: Reason, detail: str = ""
) -> Account:
    """Record it; the account as it is now that whoever does the like has to wait."""
    if user_id == actor.id:
        raise Conflict("yourself_here")
    about = {"person_1_id": user_id, "person_1_name": account(session, user_id).username, "detail": detail}
    audit.record(session, actor, action, about, reason)
    return account(session, user_id)


def _change(session: Session, found: Account, **values: object) -> None:
    session.execute(update(User).where(User.id == found.id).values(updated_at=utc_now(), **values))
