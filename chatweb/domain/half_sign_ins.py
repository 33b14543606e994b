"""Sign-ins of which the second step is missing: good for that step, once, and for nothing else."""

import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chatweb.domain.sign_ins import digest
from chatweb.models import CAN_SIGN_IN, HalfSignIn, User, utc_now

LASTS = timedelta(minutes=10)


class Half(NamedTuple):
    """Whose password it was, and whether the browser is to be remembered."""

    user_id: int
    remember: bool


def begin(session: Session, user_id: int, *, remember: bool) -> str:
    """The token of a browser where the password was right."""
    token, now = secrets.token_urlsafe(32), utc_now()
    session.execute(delete(HalfSignIn).where(HalfSignIn.expires_at <= now))
    row = {"user_id": user_id, "remember": remember, "expires_at": now + LASTS}
    session.add(HalfSignIn(token_hash=digest(token), **row))
    session.flush()
    return token


def look(session: Session, token: str) -> Half | None:
    """What a token stands for at this moment; None for nothing. One SELECT."""
    found = (
        select(HalfSignIn.user_id, HalfSignIn.remember)
        .join(User, User.id == HalfSignIn.user_id)
        .where(HalfSignIn.token_hash == digest(token), HalfSignIn.expires_at > utc_now(), CAN_SIGN_IN)
    )
    row = session.execute(found).one_or_none()
    return Half._make(row) if row else None


def take(session: Session, token: str) -> Half | None:
    """As `look`, and the token is good for nothing any more: of several who bring it at once, one gets it."""
    gone = delete(HalfSignIn).where(
        HalfSignIn.token_hash == digest(token),
        HalfSignIn.expires_at > utc_now(),
        HalfSignIn.user_id.in_(select(User.id).where(CAN_SIGN_IN)),
    )
    row = session.execute(gone.returning(HalfSignIn.user_id, HalfSignIn.remember)).one_or_none()
    return Half._make(row) if row else None
