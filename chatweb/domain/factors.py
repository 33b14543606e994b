"""The second factor: what somebody has besides their password, and what follows when it changes.

Every change is told by mail, in case it was somebody else.
"""

from typing import NamedTuple

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from chatweb.domain import authenticators, half_sign_ins, mails, passkeys, recovery_codes, sign_ins
from chatweb.domain.half_sign_ins import Half
from chatweb.domain.passkeys import Site
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.domain.sign_ins import Person
from chatweb.models import Authenticator, Challenge, Passkey, RecoveryCode, User
from chatweb.vault import Vault

_HAS_APP = (
    select(Authenticator.user_id)
    .where(Authenticator.user_id == User.id, Authenticator.confirmed_at.is_not(None))
    .correlate(User)
    .exists()
)
IS_ON = or_(_HAS_APP, select(Passkey.id).where(Passkey.user_id == User.id).correlate(User).exists())
"""Whether a user's sign-in takes a second step, as a column of a SELECT."""


class Standing(NamedTuple):
    """What somebody has: an app that counts, so many passkeys, and so many recovery codes."""

    has_app: bool
    passkeys: int
    codes: int

    @property
    def is_on(self) -> bool:
        """Whether signing in takes a second step."""
        return self.has_app or self.passkeys > 0


class Added(NamedTuple):
    """What came with the first factor: the recovery codes, and the browsers where it was not asked for."""

    codes: list[str]
    ended: list[int]


def standing(session: Session, user_id: int) -> Standing:
    """What somebody has. One SELECT."""
    keys = select(func.count()).where(Passkey.user_id == User.id).correlate(User).scalar_subquery()
    codes = select(func.count()).where(RecoveryCode.user_id == User.id).correlate(User).scalar_subquery()
    return Standing._make(session.execute(select(_HAS_APP, keys, codes).where(User.id == user_id)).one())


def is_needed(session: Session, user_id: int) -> bool:
    """Whether signing in takes a second step. One SELECT."""
    return bool(session.scalar(select(IS_ON).where(User.id == user_id)))


def pass_second_step(session: Session, vault: Vault, token: str, typed: str) -> Half:
    """Who typed a code of their app, or a recovery code, after the password. Both are used up.

    Raises NotFound when the token is good for nothing, Invalid when the code is not.
    """
    half = _take(session, token)
    by_app = authenticators.accept(session, vault, half.user_id, typed)
    if not by_app and not recovery_codes.use(session, half.user_id, typed):
        raise Invalid(code="wrong_code")
    return half


def pass_with_passkey(
    session: Session, site: Site, challenge: str, answer: str, token: str, *, remember: bool
) -> Half:
    """Who signed the challenge: whom the token of a half sign-in stands for or, where it is empty, anybody.

    Raises NotFound when the token is good for nothing, Invalid when the answer is not.
    """
    if not token:
        return Half(passkeys.accept(session, site, challenge, answer, None), remember)
    half = _take(session, token)
    passkeys.accept(session, site, challenge, answer, half.user_id)
    return half


def add_app(session: Session, vault: Vault, person: Person, code: str) -> Added:
    """The app that shows this code counts from now on. Raises Invalid when it is not the one set up."""
    before = _take_turns(session, person.id)
    if not authenticators.confirm(session, vault, person.id, code):
        raise Invalid(code="wrong_code")
    _tell(session, "app_added", person.id)
    return _added(session, person, before)


def add_passkey(
    session: Session, site: Site, person: Person, challenge: str, answer: str, name: str
) -> Added:
    """The passkey that a browser has made counts from now on. Raises Invalid for anything else."""
    before = _take_turns(session, person.id)
    if before.passkeys >= passkeys.MOST:
        raise Invalid(form="passkeys_many")
    passkeys.add(session, site, person.id, challenge, answer, name)
    _tell(session, "passkey_added", person.id)
    return _added(session, person, before)


def remove_app(session: Session, user_id: int) -> None:
    """Sign in without an app from now on. Raises Conflict where there is none."""
    if not _take_turns(session, user_id).has_app:
        raise Conflict("no_app")
    authenticators.remove(session, user_id)
    _removed(session, user_id)
    _tell(session, "app_removed", user_id)


def remove_passkey(session: Session, user_id: int, passkey_id: int) -> None:
    """Sign in without this passkey from now on. Raises NotFound for anybody else's."""
    _take_turns(session, user_id)
    passkeys.remove(session, user_id, passkey_id)
    _removed(session, user_id)
    _tell(session, "passkey_removed", user_id)


def new_codes(session: Session, user_id: int) -> list[str]:
    """Ten recovery codes in the place of those before. Raises Conflict where there is nothing to recover."""
    if not _take_turns(session, user_id).is_on:
        raise Conflict("no_app")
    _tell(session, "codes_renewed", user_id)
    return recovery_codes.make(session, user_id)


def reset(session: Session, user_id: int) -> list[int]:
    """Void all that somebody has, and sign them out everywhere; the ids of the sessions that ended.

    Raises Conflict where there is nothing.
    """
    if not _take_turns(session, user_id).is_on:
        raise Conflict("no_factor")
    forget(session, user_id)
    _tell(session, "factor_reset", user_id)
    return sign_ins.end_all(session, user_id)


def tell_of_wrong_codes(session: Session, user_id: int) -> None:
    """Somebody typed the right password, and then no code that was right."""
    _tell(session, "codes_wrong", user_id)


def forget(session: Session, user_id: int) -> None:
    """Nothing of what somebody had is here any more."""
    session.execute(delete(Challenge).where(Challenge.user_id == user_id))
    authenticators.remove(session, user_id)
    passkeys.drop(session, user_id)
    recovery_codes.drop(session, user_id)


def _added(session: Session, person: Person, before: Standing) -> Added:
    if before.is_on:
        return Added([], [])
    # Browsers that came in without a second step have to come again.
    ended = sign_ins.end_all(session, person.id, but=person.session_id)
    return Added(recovery_codes.make(session, person.id), ended)


def _removed(session: Session, user_id: int) -> None:
    if not is_needed(session, user_id):
        recovery_codes.drop(session, user_id)


def _take(session: Session, token: str) -> Half:
    half = half_sign_ins.take(session, token)
    if half is None:
        raise NotFound("no_such_sign_in")
    return half


def _take_turns(session: Session, user_id: int) -> Standing:
    """What somebody has, now that whoever changes it too has to wait."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    return standing(session, user_id)


def _tell(session: Session, kind: str, user_id: int) -> None:
    email = session.scalar(select(User.email).where(User.id == user_id))
    if email is not None:
        mails.put(session, kind, email, user_id=user_id)
