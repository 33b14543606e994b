"""What a mail of the outbox becomes at the moment when it is sent, and to whom it goes."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from chatweb.domain import accounts, emails, mails, tickets
from chatweb.domain.accounts import Own
from chatweb.domain.mails import Due


class Outgoing(NamedTuple):
    """A mail of a kind; `token` is that of the link in it, if it has one."""

    kind: str
    to: str
    own: Own
    token: str | None = None


def outgoing(session: Session, mail: Due) -> Outgoing | None:
    """The mail as it is to be sent; None when there is nobody, or no reason any more, to send it.

    Who asks for a link to a new password is told nothing, so whether there is an account comes out only here.
    """
    if mail.kind == mails.RESET:
        return _reset(session, mail.recipient)
    own = accounts.addressee(session, mail.user_id) if mail.user_id is not None else None
    if own is None:
        return None
    if mail.kind == "confirm":
        return _confirm(session, own, mail.recipient)
    return Outgoing(mail.kind, mail.recipient, own)


def _reset(session: Session, identity: str) -> Outgoing | None:
    found = accounts.identify(session, identity)
    own = accounts.addressee(session, found.user_id) if found and found.can_sign_in else None
    if own is None or own.email is None:
        return None
    return Outgoing(mails.RESET, own.email, own, tickets.make(session, tickets.RESET, own.id, own.email))


def _confirm(session: Session, own: Own, address: str) -> Outgoing | None:
    if own.pending_email != address:
        return None
    if emails.is_others(session, address, own.id):
        return Outgoing("taken", address, own)
    return Outgoing("confirm", address, own, tickets.make(session, tickets.CONFIRM, own.id, address))
