"""Whose an e-mail address is. It counts when its owner has opened the link that was sent there."""

from sqlalchemy import case, null, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chatweb.domain import mails, texts, tickets
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.models import User, utc_now

# What becomes of an unconfirmed address when the password changes: only that of a new account stays.
PENDING_AFTER_NEW_PASSWORD = case((User.email.is_(None), User.pending_email), else_=null())


def check(email: str) -> None:
    """Raise Invalid for what cannot be an address."""
    if problem := texts.email_problem(email):
        raise Invalid(email=problem)


def propose(session: Session, user_id: int, email: str) -> None:
    """Somebody gives an address as theirs; a mail goes there, and nobody is told whose it is already."""
    address = email.lower()
    session.execute(update(User).where(User.id == user_id).values(pending_email=address))
    mails.put(session, "confirm", address, user_id=user_id)


def is_others(session: Session, email: str, user_id: int) -> bool:
    """Whether the address is confirmed as that of another account."""
    return session.scalar(select(User.id).where(User.email == email, User.id != user_id)) is not None


def confirm(session: Session, token: str) -> int:
    """The address where this token was sent is its account's from now on; whose account that is.

    The old address is told. Raises NotFound when the token is good for nothing, or the address became that of
    another account meanwhile.
    """
    stub = tickets.use(session, tickets.CONFIRM, token)
    if stub is None:
        raise NotFound("no_such_link")
    old = session.scalar(select(User.email).where(User.id == stub.user_id))
    now_theirs = update(User).where(User.id == stub.user_id)
    try:
        session.execute(now_theirs.values(email=stub.email, pending_email=None, updated_at=utc_now()))
    except IntegrityError:
        raise NotFound("no_such_link") from None
    tickets.drop(session, stub.user_id)
    if old and old != stub.email:
        mails.put(session, "email_changed", old, user_id=stub.user_id)
    return stub.user_id
