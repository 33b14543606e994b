"""Secrets in mailed links: 256 random bits of which only a hash is kept, each good for one thing, once."""

import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from chatweb.domain.sign_ins import digest
from chatweb.models import CAN_SIGN_IN, Ticket, User, utc_now

RESET = "reset"
CONFIRM = "confirm"
LASTS = {RESET: timedelta(hours=1), CONFIRM: timedelta(days=1)}


class Stub(NamedTuple):
    """Whose ticket it is, and where it was sent."""

    user_id: int
    email: str


def make(session: Session, kind: str, user_id: int, email: str) -> str:
    """The token of a new ticket, in the place of any of this kind that the person has."""
    token, now = secrets.token_urlsafe(32), utc_now()
    is_old = or_((Ticket.user_id == user_id) & (Ticket.kind == kind), Ticket.expires_at <= now)
    session.execute(delete(Ticket).where(is_old))
    session.add(
        Ticket(
            token_hash=digest(token), kind=kind, user_id=user_id, email=email, expires_at=now + LASTS[kind]
        )
    )
    session.flush()
    return token


def look(session: Session, kind: str, token: str) -> Stub | None:
    """What a token is good for at this moment; None for nothing. One SELECT."""
    found = (
        select(Ticket.user_id, Ticket.email)
        .join(User, User.id == Ticket.user_id)
        .where(
            Ticket.token_hash == digest(token),
            Ticket.kind == kind,
            Ticket.expires_at > utc_now(),
            CAN_SIGN_IN,
        )
    )
    row = session.execute(found).one_or_none()
    return Stub._make(row) if row else None


def use(session: Session, kind: str, token: str) -> Stub | None:
    """As `look`, and the ticket is gone: of several who use it at once, one gets it."""
    stub = look(session, kind, token)
    gone = delete(Ticket).where(Ticket.token_hash == digest(token)).returning(Ticket.id)
    return stub if stub and session.scalar(gone) else None


def drop(session: Session, user_id: int) -> None:
    """Nothing that was mailed to somebody until now is good for anything."""
    session.execute(delete(Ticket).where(Ticket.user_id == user_id))
