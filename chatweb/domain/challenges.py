"""What passkeys are asked to sign: 256 random bits, good once, within five minutes, and for one person."""

import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chatweb.domain.sign_ins import digest
from chatweb.models import Challenge, utc_now

LASTS = timedelta(minutes=5)


def make(session: Session, user_id: int | None) -> str:
    """A new one, as text, for somebody or, before anybody has said who they are, for None."""
    challenge, now = secrets.token_urlsafe(32), utc_now()
    session.execute(delete(Challenge).where(Challenge.expires_at <= now))
    row = {"user_id": user_id, "expires_at": now + LASTS}
    session.add(Challenge(challenge_hash=digest(challenge), **row))
    session.flush()
    return challenge


def use(session: Session, challenge: str, user_id: int | None) -> bool:
    """Whether it is good at this moment for this person, or for None; afterwards it is not."""
    gone = delete(Challenge).where(Challenge.challenge_hash == digest(challenge))
    row = session.execute(gone.returning(Challenge.user_id, Challenge.expires_at)).one_or_none()
    return row is not None and row.user_id == user_id and row.expires_at > utc_now()
