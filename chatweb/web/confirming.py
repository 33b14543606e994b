"""The password once more, before what is sensitive: each time, or good for 15 minutes in one browser."""

from flask import request
from flask_login import login_user

from chatweb.domain import accounts, passwords, sign_ins
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.extensions import db
from chatweb.offload import hashing
from chatweb.store import store
from chatweb.web import answers, events, limits


def check() -> None:
    """Let pass who typed the password lately, or types it with this form as `password`.

    Raises Invalid for a missing or wrong one, and TooFast for too many. With a right one the browser gets
    another token; what the old one was copied to is signed out.
    """
    person = answers.person()
    if person.is_fresh:
        return
    if not request.form.get("password"):
        raise Invalid(password="password_needed")  # noqa: S106 - a code
    known_hash = accounts.own(db.session(), person.id).password_hash
    db.session.remove()
    check_password(known_hash, "password")
    try:
        renewed = store(lambda session: sign_ins.renew(session, person))
    except NotFound:
        # Another tab was quicker, and its answer brings the cookie that is good now.
        raise Invalid(password="key_form") from None  # noqa: S106 - a code
    login_user(renewed)


def check_password(known_hash: str, field: str = "present") -> None:
    """Raise Invalid unless this field of the form holds the password, TooFast after too many tries."""
    limits.count(limits.CONFIRM, limits.person())
    if not hashing(passwords.matches, known_hash, request.form.get(field, "")):
        events.note("password_refused")
        raise Invalid(**{field: "wrong_password"})
    limits.forgive(limits.CONFIRM, limits.person())
