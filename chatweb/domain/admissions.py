"""Who sees which area of the administration at this moment, whatever it was when they came in."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from chatweb.domain import factors, roles
from chatweb.domain.audit import Actor
from chatweb.models import SignIn, User, utc_now


def areas(session: Session, actor: Actor) -> Sequence[str]:
    """The areas that somebody sees in the browser where they act: none once it is signed out. One SELECT."""
    role = session.scalar(
        select(User.role)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.id == actor.session_id,
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > utc_now(),
            User.is_active,
            factors.IS_ON,
        )
    )
    return roles.areas(role or "")
