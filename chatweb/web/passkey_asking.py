"""What a browser was asked to have signed by a passkey; its cookie keeps it, so that no other answers."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app, request, session

from chatweb.domain import challenges
from chatweb.domain.passkeys import Site
from chatweb.domain.refusals import Invalid
from chatweb.store import store
from chatweb.web import origin

_CHALLENGE = "challenge"


def site() -> Site | None:
    """For which site passkeys are made here; None where browsers make none: at a number, and without TLS.

    That is the address people type: CHATWEB_PUBLIC_URL, or without one this computer's own.
    """
    public_url = current_app.config["SETTINGS"].public_url
    parts = urlsplit(public_url or f"{request.scheme}://{request.host}")
    name = parts.hostname or ""
    if _is_number(name) or (parts.scheme != "https" and name != "localhost"):
        return None
    return Site(name, origin.of(parts.geturl()))


def ask(user_id: int | None) -> None:
    """Ask this browser for a passkey of somebody, or of anybody."""
    keep(store(lambda writing: challenges.make(writing, user_id)))


def keep(challenge: str) -> None:
    """This is what the browser is asked to have signed."""
    session[_CHALLENGE] = challenge


def asked() -> str | None:
    """What this browser was asked to have signed."""
    return session.get(_CHALLENGE)


def answered(user_id: int | None) -> str:
    """The same, used up whatever comes of it. Raises Invalid if it was before, is too old, or not theirs."""
    challenge = session.pop(_CHALLENGE, "")
    if not store(lambda writing: challenges.use(writing, challenge, user_id)):
        raise Invalid(form="wrong_passkey")
    return str(challenge)


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
