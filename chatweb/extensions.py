"""Extension objects, made bare here and bound in `chatweb.app`."""

from typing import Any

from flask import current_app, g, request, session
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sock import Sock
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import same_origin
from sqlalchemy import Connection, Engine

from chatweb.live.switchboard import Switchboard
from chatweb.models import Base
from chatweb.vault import Vault

SAFE = {"GET", "HEAD", "OPTIONS"}
KEPT_TOKENS = 512


class OneBindSession(Session):
    """A session that looks its engine up once: Flask-SQLAlchemy asks the app again for every statement."""

    _engine: Engine | Connection | None = None

    def get_bind(self, *arguments: Any, **options: Any) -> Engine | Connection:
        """The engine of the app; there is only one."""
        if self._engine is None:
            self._engine = super().get_bind(*arguments, **options)
        return self._engine


class UnprotectedLogin(LoginManager):
    """Without Flask-Login's "session protection", which is off and would be worked out all the same.

    A session is known by its token, wherever it comes from; a SHA-512 of address and browser is not needed.
    """

    def _session_protection_failed(self) -> bool:
        return False


class RememberingProtect(CSRFProtect):
    """Remembers which token belongs to which cookie: a signature takes 0.07 ms, a message 1.2.

    Tokens last as long as their cookie (`WTF_CSRF_TIME_LIMIT=None`), so what was right stays right.
    """

    def __init__(self) -> None:
        super().__init__()
        self._known: set[tuple[str, str]] = set()

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002 - Flask-WTF's
        """Let a request pass whose token is known; everything else is Flask-WTF's to judge."""
        if request.method in SAFE:
            return
        pair = (self._get_csrf_token() or "", session.get("csrf_token", ""))
        if pair in self._known and self._comes_from_here():
            return
        super().protect(apply_exemptions)
        # It also returns without a look at the token: of addresses that do not exist.
        if g.get("csrf_valid"):
            if len(self._known) >= KEPT_TOKENS:
                self._known.clear()
            self._known.add(pair)

    def _comes_from_here(self) -> bool:
        """Whether the Referer says so, which an https request has to have."""
        here = f"https://{request.host}/"
        return not request.is_secure or same_origin(request.referrer or "", here)


db = SQLAlchemy(model_class=Base, session_options={"class_": OneBindSession, "expire_on_commit": False})
migrate = Migrate()
login_manager = UnprotectedLogin()
csrf = RememberingProtect()
sock = Sock()


def vault() -> Vault:
    """What seals and opens the secrets that are kept in the database."""
    vault: Vault = current_app.extensions["vault"]
    return vault


def live() -> Switchboard:
    """The switchboard of this process: the open sockets and the bus that reaches them."""
    switchboard: Switchboard = current_app.extensions["live"]
    return switchboard
