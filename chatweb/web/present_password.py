"""Asking for the present password before something that only its owner may do."""

from flask import request

from chatweb.domain import passwords
from chatweb.domain.accounts import Own
from chatweb.domain.refusals import Invalid
from chatweb.offload import hashing
from chatweb.web import limits


def check(own: Own) -> None:
    """Raise Invalid unless the form's field `present` holds the password, TooFast after too many tries."""
    limits.count(limits.PRESENT_PASSWORD, limits.person())
    if not hashing(passwords.matches, own.password_hash, request.form.get("present", "")):
        raise Invalid(present="wrong_password")
    limits.forgive(limits.PRESENT_PASSWORD, limits.person())
