"""What is known of somebody besides what they said: all of it that is theirs to take along."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chatweb.domain import passkeys
from chatweb.domain.passkeys import Held
from chatweb.models import Authenticator, Avatar, Evidence, RecoveryCode, Report, SignIn, User


class Account(NamedTuple):
    """An account as its owner has set it up."""

    username: str
    display_name: str
    email: str | None
    unconfirmed_email: str | None
    role: str
    time_zone: str
    shows_reading: bool
    shows_typing: bool
    shows_presence: bool
    asks_first: bool
    joined_at: datetime
    changed_at: datetime
    seen_at: datetime | None


class Browser(NamedTuple):
    """A browser that is, or lately was, signed in."""

    address: str
    agent: str
    signed_in_at: datetime
    seen_at: datetime
    confirmed_at: datetime
    expires_at: datetime
    signed_out_at: datetime | None


class Reported(NamedTuple):
    """A report that this person made, and about how many messages.

    What those said is the other one's, who may have deleted it meanwhile.
    """

    username: str
    display_name: str
    kind: str
    words: str
    sent_at: datetime
    messages: int


class Known(NamedTuple):
    """What is known of somebody. No passwords, keys or codes: who finds the file is not to get in with it."""

    account: Account
    picture: bytes | None
    app_since: datetime | None
    recovery_codes: int
    passkeys: Sequence[Held]
    browsers: Sequence[Browser]
    reports: Sequence[Reported]


def of(session: Session, user_id: int) -> Known:
    """What is known of somebody. Seven SELECTs."""
    columns = (
        User.username,
        User.display_name,
        User.email,
        User.pending_email,
        User.role,
        User.time_zone,
        User.shows_reading,
        User.shows_typing,
        User.shows_presence,
        User.asks_first,
        User.inserted_at,
        User.updated_at,
        User.seen_at,
    )
    codes = select(func.count()).where(RecoveryCode.user_id == user_id)
    return Known(
        Account._make(session.execute(select(*columns).where(User.id == user_id)).one()),
        session.scalar(select(Avatar.data).where(Avatar.user_id == user_id)),
        session.scalar(select(Authenticator.confirmed_at).where(Authenticator.user_id == user_id)),
        session.scalars(codes).one(),
        passkeys.held(session, user_id),
        _browsers(session, user_id),
        _reports(session, user_id),
    )


def _browsers(session: Session, user_id: int) -> list[Browser]:
    columns = (
        SignIn.address,
        SignIn.agent,
        SignIn.inserted_at,
        SignIn.seen_at,
        SignIn.confirmed_at,
        SignIn.expires_at,
        SignIn.revoked_at,
    )
    found = select(*columns).where(SignIn.user_id == user_id).order_by(SignIn.id)
    return [Browser._make(row) for row in session.execute(found)]


def _reports(session: Session, user_id: int) -> list[Reported]:
    messages = (
        select(func.count(Evidence.message_id.distinct()))
        .where(Evidence.report_id == Report.id)
        .scalar_subquery()
    )
    columns = User.username, User.display_name, Report.kind, Report.words, Report.inserted_at, messages
    found = (
        select(*columns)
        .join(User, User.id == Report.reported_id)
        .where(Report.reporter_id == user_id)
        .order_by(Report.id)
    )
    return [Reported._make(row) for row in session.execute(found)]
