"""How often something may be asked for."""

from flask import request
from flask_limiter.util import get_remote_address
from flask_login import current_user

from chatweb.domain import texts

SIGN_IN = "10 per 5 minutes"
SIGN_IN_ADDRESS = "60 per 5 minutes"
REGISTER = "10 per hour"
START_CHAT = "20 per hour"
SEARCH = "60 per minute"
SEND = "30 per 10 seconds"


def by_person() -> str:
    """One count for each signed-in person."""
    return str(getattr(current_user, "id", None) or get_remote_address())


def by_identity() -> str:
    """One count for each name or address that somebody tries to sign in with, from one place."""
    return f"{get_remote_address()} {texts.username_key(request.form.get('identity', '').strip())[:254]}"
