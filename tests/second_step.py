"""Authenticator apps and recovery codes for the tests, and the first step of a sign-in alone."""

import secrets
from datetime import timedelta
from typing import Any

import pyotp
from flask import Flask

from chatweb.domain.sign_ins import digest
from chatweb.extensions import db, vault
from chatweb.models import Authenticator, RecoveryCode, utc_now
from chatweb.store import store
from tests.web.reading import by_class

SECOND_STEP = "/settings/account/second-step"


def set_up(app: Flask, person: Any) -> str:
    """Give somebody an app that counts, in the place of any; answers with what it makes its codes of."""
    secret = pyotp.random_base32()
    with app.app_context():
        row = {
            "user_id": person.id,
            "secret": vault().seal(secret),
            "confirmed_at": utc_now(),
            "last_step": 0,
        }
        _write(lambda session: session.merge(Authenticator(**row)))
    return secret


def spare_code(app: Flask, user_id: int) -> str:
    """A recovery code that this person has kept, besides those the product made."""
    code = secrets.token_hex(12)
    with app.app_context():
        _write(lambda session: session.add(RecoveryCode(code_hash=digest(code), user_id=user_id)))
    return code


def shown(secret: str, steps: int = 0) -> str:
    """What an app shows now, or so many half minutes later."""
    return pyotp.TOTP(secret).at(utc_now() + timedelta(seconds=30 * steps))


def begin_app(visitor: Any) -> str:
    """Begin to set an app up; answers with the key on the page."""
    assert visitor.post(f"{SECOND_STEP}/app").status_code == 303
    page = visitor.get(f"{SECOND_STEP}/app/code").text
    (key,) = by_class(page, "qr__key")
    return key.text.replace(" ", "")


def first_step(visitor: Any, person: Any, **fields: str) -> Any:
    """Fill in the sign-in form, and stop before the code."""
    form = {"identity": person.username, "password": person.password, **fields}
    answer = visitor.post("/login", form)
    visitor._csrf = None
    assert answer.location.startswith("/login/code"), answer.text
    return answer


def _write(work: Any) -> None:
    store(work)
    db.session.remove()
