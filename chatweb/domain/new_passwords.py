"""A new password in the place of the present one, and all that follows from it."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chatweb.domain import guesses, mails, sign_ins, texts, tickets
from chatweb.domain.accounts import Own
from chatweb.domain.emails import PENDING_AFTER_NEW_PASSWORD
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.domain.sign_ins import Person
from chatweb.models import User, utc_now


def check(own: Own, password: str) -> None:
    """Raise Invalid for what cannot become the password of this account."""
    email = own.email or own.pending_email or ""
    if problem := texts.password_problem(password, username=own.username, email=email):
        raise Invalid(password=problem)


def change(session: Session, person: Person, present_hash: str, new_hash: str) -> list[int]:
    """Put a password in the place of the present one, and sign the person out of every other browser.

    A mail tells them, in case it was somebody else.
    Answers with the ids of the sessions that ended. Raises Invalid when the password became another one while
    the present one was looked at.
    """
    same = select(User.id).where(User.id == person.id, User.password_hash == present_hash)
    if session.scalar(same.with_for_update()) is None:
        raise Invalid(present="wrong_password")
    return _with_new_password(session, person.id, new_hash, but=person.session_id)


def give(session: Session, user_id: int, password_hash: str) -> list[int]:
    """Set a password and sign the person out everywhere; returns the ids of the sessions that ended."""
    return _with_new_password(session, user_id, password_hash)


def reset(session: Session, token: str, password_hash: str) -> list[int]:
    """Set a password by a mailed token, and sign the person out everywhere.

    Answers with the ids of the sessions that ended. Raises NotFound for a token that is good for nothing.
    """
    stub = tickets.use(session, tickets.RESET, token)
    if stub is None:
        raise NotFound("no_such_link")
    return _with_new_password(session, stub.user_id, password_hash)


def _with_new_password(
    session: Session, user_id: int, password_hash: str, *, but: int | None = None
) -> list[int]:
    """What follows from a new password: no older link is good, a mail tells of it, other browsers are out."""
    changed = update(User).where(User.id == user_id)
    values = {"password_hash": password_hash, "pending_email": PENDING_AFTER_NEW_PASSWORD}
    email = session.scalar(changed.values(**values, updated_at=utc_now()).returning(User.email))
    tickets.drop(session, user_id)
    guesses.forget(session, user_id)
    if email is not None:
        mails.put(session, "password_changed", email, user_id=user_id)
    return sign_ins.end_all(session, user_id, but=but)
