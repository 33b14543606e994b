"""A browser remembers, in a signed cookie, which accounts have been signed in there; it opens nothing."""

import secrets
from typing import Any

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

MOST = 5
LASTS = 365 * 24 * 3600


def of(user_id: int | None) -> str:
    """The name of this device, if this account has been signed in there; empty for any other."""
    known = _known()
    return known["device"] if user_id in known["people"] else ""


def remember(user_id: int) -> None:
    """This account has been signed in here: the answer brings a cookie that says so."""
    known = _known()
    if user_id in known["people"]:
        return
    known["people"] = [user_id, *known["people"]][:MOST]

    g.known_device = str(_serializer().dumps(known))


def keep(response: Response) -> None:
    """Put that cookie into the answer."""
    if "known_device" in g:
        is_https = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(
            _name(), g.known_device, max_age=LASTS, secure=is_https, httponly=True, samesite="Lax"
        )


def _known() -> dict[str, Any]:
    try:
        known: dict[str, Any] = _serializer().loads(request.cookies.get(_name(), ""), max_age=LASTS)
    except BadSignature:
        return {"device": secrets.token_urlsafe(16), "people": []}
    return known


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SETTINGS"].secret_keys[::-1], salt="known device")
