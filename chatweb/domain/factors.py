"""The second factor: what somebody has besides their password, and what follows when it changes.

Every change is told by mail, in case it was somebody else.
"""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chatweb.domain import authenticators, half_sign_ins, mails, recovery_codes, sign_ins
from chatweb.domain.half_sign_ins import Half
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.domain.sign_ins import Person
from chatweb.models import Authenticator, RecoveryCode, User
from chatweb.vault import Vault

_HAS_APP = (
    select(Authenticator.user_id)
    .where(Authenticator.user_id == User.id, Authenticator.confirmed_at.is_not(None))
    .correlate(User)
    .exists()
)
IS_ON = _HAS_APP
"""Whether a user's sign-in takes a second step, as a column of a SELECT."""


class Standing(NamedTuple):
    """What somebody has: an app that counts, and so many recovery codes."""

    has_app: bool
    codes: int

    @property
    def is_on(self) -> bool:
        """Whether signing in takes a second step."""
        return self.has_app


class Added(NamedTuple):
    """After the first factor: the recovery codes, and the browsers where it was not asked for."""

    codes: list[str]
    ended: list[int]


def standing(session: Session, user_id: int) -> Standing:
    """What somebody has. One SELECT."""
    codes = select(func.count()).where(RecoveryCode.user_id == User.id).correlate(User).scalar_subquery()
    return Standing._make(session.execute(select(_HAS_APP, codes).where(User.id == user_id)).one())


def is_needed(session: Session, user_id: int) -> bool:
    """Whether signing in takes a second step. One SELECT."""
    return bool(session.scalar(select(IS_ON).where(User.id == user_id)))


def pass_second_step(session: Session, vault: Vault, token: str, typed: str) -> Half:
    """Who typed a code of their app, or a recovery code, after the password. Both are used up.

    Raises NotFound when the token is good for nothing, Invalid when the code is not.
    """
    half = half_sign_ins.look(session, token)
    if half is None:
        raise NotFound("no_such_sign_in")
    if not _is_right(session, vault, half.user_id, typed):
        raise Invalid(code="wrong_code")
    if not half_sign_ins.end(session, token):
        raise NotFound("no_such_sign_in")
    return half


def add_app(session: Session, vault: Vault, person: Person, code: str) -> Added:
    """The app that shows this code counts from now on. Raises Invalid when it is not the one set up."""
    _take_turns(session, person.id)
    if not authenticators.confirm(session, vault, person.id, code):
        raise Invalid(code="wrong_code")
    _tell(session, "app_added", person.id)
    # Browsers that came in without a second step have to come again.
    ended = sign_ins.end_all(session, person.id, but=person.session_id)
    return Added(recovery_codes.make(session, person.id), ended)


def remove_app(session: Session, user_id: int) -> None:
    """Sign in without an app from now on. Raises Conflict where there is none."""
    _take_turns(session, user_id)
    if not standing(session, user_id).has_app:
        raise Conflict("no_app")
    authenticators.remove(session, user_id)
    recovery_codes.drop(session, user_id)
    _tell(session, "app_removed", user_id)


def new_codes(session: Session, user_id: int) -> list[str]:
    """Ten recovery codes in the place of those before. Raises Conflict where there is nothing to recover."""
    _take_turns(session, user_id)
    if not standing(session, user_id).is_on:
        raise Conflict("no_app")
    _tell(session, "codes_renewed", user_id)
    return recovery_codes.make(session, user_id)


def reset(session: Session, user_id: int) -> list[int]:
    """Void all that somebody has, and sign them out everywhere; the ids of the sessions that ended.

    Raises Conflict where there is nothing.
    """
    _take_turns(session, user_id)
    if not standing(session, user_id).is_on:
        raise Conflict("no_factor")
    forget(session, user_id)
    _tell(session, "factor_reset", user_id)
    return sign_ins.end_all(session, user_id)


def forget(session: Session, user_id: int) -> None:
    """Nothing of what somebody had is here any more."""
    authenticators.remove(session, user_id)
    recovery_codes.drop(session, user_id)


def _is_right(session: Session, vault: Vault, user_id: int, typed: str) -> bool:
    by_app = authenticators.accept(session, vault, user_id, typed)
    return by_app or recovery_codes.use(session, user_id, typed)


def _take_turns(session: Session, user_id: int) -> None:
    """Whoever changes the same person's factors waits until this is done."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())


def _tell(session: Session, kind: str, user_id: int) -> None:
    email = session.scalar(select(User.email).where(User.id == user_id))
    if email is not None:
        mails.put(session, kind, email, user_id=user_id)
