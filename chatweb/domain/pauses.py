"""Closing one's account for now, and opening it again by signing in."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chatweb.domain import leaving, sign_ins
from chatweb.domain.leaving import Left
from chatweb.domain.refusals import NotFound
from chatweb.models import User, utc_now


def pause(session: Session, user_id: int) -> Left:
    """Close somebody's account until they sign in again, and sign them out everywhere.

    Raises Conflict for the last administrator.
    """
    leaving.check_not_last_admin(session, user_id)
    closed = update(User).where(User.id == user_id, User.is_active)
    session.execute(closed.values(is_active=False, paused_at=utc_now()))
    return leaving.heard_by(session, user_id, sign_ins.end_all(session, user_id))


def resume(session: Session, user_id: int) -> Left | None:
    """Open the account of somebody who signs in, if they had closed it; who hears of that.

    Raises NotFound when others have closed it. One SELECT, unless there is something to do.
    """
    found = select(User.is_active, User.paused_at).where(User.id == user_id).with_for_update()
    is_active, paused_at = session.execute(found).one()
    if is_active:
        return None
    if paused_at is None:
        raise NotFound("no_such_user")
    session.execute(update(User).where(User.id == user_id).values(is_active=True, paused_at=None))
    return leaving.heard_by(session, user_id, [])
