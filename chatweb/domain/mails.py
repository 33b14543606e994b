"""The outbox: a mail is put into it together with what it tells of, and taken out until it is sent."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from chatweb.domain import texts
from chatweb.models import Mail, utc_now

RESET = "reset"

# Longer than any mail server takes; whoever took a mail and did not come back has ended.
TAKEN = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=1)


class Due(NamedTuple):
    """A mail to be sent now, for the how-manieth time."""

    id: int
    kind: str
    user_id: int | None
    recipient: str
    tries: int
    inserted_at: datetime


def put(session: Session, kind: str, recipient: str, *, user_id: int | None = None) -> None:
    """Put a mail of this kind into the outbox."""
    now = utc_now()
    session.add(Mail(kind=kind, recipient=recipient, user_id=user_id, tries=0, inserted_at=now, due_at=now))
    session.flush()


def ask_for_reset(session: Session, identity: str) -> None:
    """Somebody forgot the password of the account that this name or address means, if there is one.

    That is found out when the mail is sent: here every name costs the same.
    """
    typed = identity.strip()
    if typed and len(typed) <= texts.LONGEST_TYPED and texts.is_storable(typed):
        put(session, RESET, typed)


def forget(session: Session, user_id: int, username_key: str, email: str | None) -> None:
    """Send somebody nothing more, nor a link that was asked for by their name or address."""
    asked = session.execute(select(Mail.id, Mail.recipient).where(Mail.kind == RESET))
    theirs = [
        id_ for id_, typed in asked if texts.username_key(typed) == username_key or typed.lower() == email
    ]
    session.execute(delete(Mail).where(or_(Mail.user_id == user_id, Mail.id.in_(theirs))))


def take(session: Session) -> Due | None:
    """The mail that is due longest; nobody else gets it in the next ten minutes."""
    now = utc_now()
    longest = (
        select(Mail.id)
        .where(Mail.due_at <= now)
        .order_by(Mail.due_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taking = update(Mail).where(Mail.id == longest).values(due_at=now + TAKEN, tries=Mail.tries + 1)
    columns = Mail.id, Mail.kind, Mail.user_id, Mail.recipient, Mail.tries, Mail.inserted_at
    row = session.execute(taking.returning(*columns)).one_or_none()
    return Due._make(row) if row else None


def done(session: Session, mail: Due) -> None:
    """The mail is out, or never will be."""
    session.execute(delete(Mail).where(Mail.id == mail.id))


def put_off(session: Session, mail: Due) -> bool:
    """Try the mail again after a pause that doubles each time; False when it is given up, after a day."""
    now = utc_now()
    if now - mail.inserted_at > GIVEN_UP_AFTER:
        done(session, mail)
        return False
    pause = min(timedelta(minutes=2 ** min(mail.tries - 1, 10)), LONGEST_PAUSE)
    session.execute(update(Mail).where(Mail.id == mail.id).values(due_at=now + pause))
    return True


def next_due_at(session: Session) -> datetime | None:
    """When the next mail is due; None when the outbox is empty."""
    return session.scalar(select(func.min(Mail.due_at)))


def waiting(session: Session) -> int:
    """How many mails are in the outbox."""
    return session.scalars(select(func.count()).select_from(Mail)).one()
