"""Authenticator apps: six digits that are good for half a minute (RFC 6238), each taken once."""

import re
from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chatweb.domain.refusals import Conflict
from chatweb.models import Authenticator, utc_now
from chatweb.vault import Vault

# A clock may be wrong by so many steps of 30 seconds.
WINDOW = 1

_CODE = re.compile(r"[0-9]{6}")
_GAPS = re.compile(r"[\s-]+")


def begin(session: Session, vault: Vault, user_id: int) -> None:
    """Make what an app makes its codes of. It counts once the app has shown that it knows it.

    Raises Conflict where there is an app already.
    """
    pending = Authenticator.user_id == user_id, Authenticator.confirmed_at.is_(None)
    session.execute(delete(Authenticator).where(*pending))
    session.add(Authenticator(user_id=user_id, secret=vault.seal(pyotp.random_base32()), last_step=0))
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("app_already") from None


def pending(session: Session, vault: Vault, user_id: int) -> str | None:
    """What an app that does not count yet is to be given: 160 bits in base32. One SELECT."""
    sealed = session.scalar(_secret(user_id, counts=False))
    return vault.open(sealed) if sealed else None


def confirm(session: Session, vault: Vault, user_id: int, code: str) -> bool:
    """Whether the code is right; then the app counts from now on."""
    return _take(session, vault, user_id, code, counts=False)


def accept(session: Session, vault: Vault, user_id: int, code: str) -> bool:
    """Whether the code is right at this moment, and neither it nor a later one was used before."""
    return _take(session, vault, user_id, code, counts=True)


def remove(session: Session, user_id: int) -> bool:
    """Whether there was an app; it is good for nothing any more."""
    gone = delete(Authenticator).where(Authenticator.user_id == user_id)
    return session.scalar(gone.returning(Authenticator.user_id)) is not None


def seal_anew(session: Session, vault: Vault) -> None:
    """Seal everything under the newest key."""
    for app in session.scalars(select(Authenticator)):
        app.secret = vault.seal_anew(app.secret) or app.secret


def _take(session: Session, vault: Vault, user_id: int, code: str, *, counts: bool) -> bool:
    sealed, now = session.scalar(_secret(user_id, counts=counts)), utc_now()
    secret = vault.open(sealed) if sealed else None
    step = _step(secret, code, now) if secret else None
    if step is None:
        return False
    # Of several who bring the same code at once, the others find that it was used.
    used = update(Authenticator).where(
        Authenticator.user_id == user_id, Authenticator.secret == sealed, Authenticator.last_step < step
    )
    values = {"last_step": step} if counts else {"last_step": step, "confirmed_at": now}
    return session.scalar(used.values(values).returning(Authenticator.user_id)) is not None


def _step(secret: str, typed: str, now: datetime) -> int | None:
    code = _GAPS.sub("", typed)
    if not _CODE.fullmatch(code):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now.timestamp(), valid_window=WINDOW)
    except OTPVerificationError:
        return None


def _secret(user_id: int, *, counts: bool) -> Select[bytes]:
    is_confirmed = Authenticator.confirmed_at.is_not(None)
    return select(Authenticator.secret).where(
        Authenticator.user_id == user_id, is_confirmed if counts else ~is_confirmed
    )
