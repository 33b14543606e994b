"""Passkeys: keys that stay on people's devices, sign what they are asked to, and know the site (WebAuthn)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

import webauthn
from sqlalchemy import Row, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from chatweb.domain.challenges import LASTS
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.domain.sign_ins import Person
from chatweb.models import CAN_SIGN_IN, Passkey, User, utc_now

T = TypeVar("T")

NAME_LIMIT = 64
MOST = 20

_TIMEOUT = int(LASTS.total_seconds() * 1000)
_VERIFIED = UserVerificationRequirement.REQUIRED
# Kept on the device together with whose it is, so that nobody has to type a name.
_KEPT = AuthenticatorSelectionCriteria(
    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
)


class Site(NamedTuple):
    """For which site passkeys are: its name, and its address without a path as browsers write it."""

    name: str
    origin: str


class Held(NamedTuple):
    """A passkey, as its owner sees it in a list."""

    id: int
    name: str
    inserted_at: datetime
    used_at: datetime | None


def held(session: Session, user_id: int) -> Sequence[Held]:
    """The passkeys of somebody, the oldest first. One SELECT."""
    columns = Passkey.id, Passkey.name, Passkey.inserted_at, Passkey.used_at
    found = select(*columns).where(Passkey.user_id == user_id).order_by(Passkey.id)
    return [Held._make(row) for row in session.execute(found)]


def to_create(session: Session, site: Site, person: Person, challenge: str) -> str:
    """What a browser is told so that it makes a passkey, as JSON. One SELECT."""
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name=f"chatweb {site.name}",
        user_id=_handle(person.id),
        user_name=person.username,
        user_display_name=person.display_name,
        challenge=webauthn.base64url_to_bytes(challenge),
        timeout=_TIMEOUT,
        authenticator_selection=_KEPT,
        exclude_credentials=_descriptors(session, person.id),
    )
    return webauthn.options_to_json(options)


def to_get(session: Session, site: Site, challenge: str, user_id: int | None) -> str:
    """What a browser is told so that it asks for a passkey of somebody, or of anybody, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=webauthn.base64url_to_bytes(challenge),
        timeout=_TIMEOUT,
        allow_credentials=[] if user_id is None else _descriptors(session, user_id),
        user_verification=_VERIFIED,
    )
    return webauthn.options_to_json(options)


def add(session: Session, site: Site, user_id: int, challenge: str, answer: str, name: str) -> None:
    """Keep the passkey that a browser has made. Raises Invalid for anything else, and for a known one."""
    made = _checked(
        lambda: webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=webauthn.base64url_to_bytes(challenge),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    )
    session.add(
        Passkey(
            user_id=user_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name,
            inserted_at=utc_now(),
        )
    )
    try:
        session.flush()
    except IntegrityError:
        raise Invalid(form="wrong_passkey") from None


def accept(session: Session, site: Site, challenge: str, answer: str, user_id: int | None) -> int:
    """Whose passkey has signed the challenge, where its owner was verified: by a finger, a face, or a PIN.

    `user_id` says whose it has to be; without, the passkey has to say it too. Raises Invalid.
    """
    given = _checked(lambda: parse_authentication_credential_json(answer))
    key = _key(session, given.raw_id)
    handle = given.response.user_handle
    is_named = handle == _handle(key.user_id) or (handle is None and user_id is not None)
    if not is_named or user_id not in (None, key.user_id):
        raise Invalid(form="wrong_passkey")
    signed = _checked(
        lambda: webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=webauthn.base64url_to_bytes(challenge),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    )
    used = update(Passkey).where(Passkey.id == key.id)
    session.execute(used.values(sign_count=signed.new_sign_count, used_at=utc_now()))
    return int(key.user_id)


def name_of(session: Session, user_id: int, passkey_id: int) -> str:
    """What somebody calls a passkey of theirs; NotFound for anybody else's. One SELECT."""
    name = session.scalar(select(Passkey.name).where(Passkey.id == passkey_id, Passkey.user_id == user_id))
    if name is None:
        raise NotFound("no_such_passkey")
    return name


def remove(session: Session, user_id: int, passkey_id: int) -> None:
    """This passkey of somebody's is good for nothing any more; NotFound for anybody else's."""
    gone = delete(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)
    if session.scalar(gone.returning(Passkey.id)) is None:
        raise NotFound("no_such_passkey")


def drop(session: Session, user_id: int) -> None:
    """No passkey of somebody's is good any more."""
    session.execute(delete(Passkey).where(Passkey.user_id == user_id))


def _key(session: Session, credential_id: bytes) -> Row[int, int, bytes, int]:
    found = (
        select(Passkey.id, Passkey.user_id, Passkey.public_key, Passkey.sign_count)
        .join(User, User.id == Passkey.user_id)
        .where(Passkey.credential_id == credential_id, CAN_SIGN_IN)
        .with_for_update(of=Passkey)
    )
    key = session.execute(found).one_or_none()
    if key is None:
        raise Invalid(form="wrong_passkey")
    return key


def _descriptors(session: Session, user_id: int) -> list[PublicKeyCredentialDescriptor]:
    ids = session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user_id))
    return [PublicKeyCredentialDescriptor(id=one) for one in ids]


def _handle(user_id: int) -> bytes:
    return str(user_id).encode()


def _checked(check: Callable[[], T]) -> T:
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever is made of what anybody may send, it is no good answer
        raise Invalid(form="wrong_passkey") from None
