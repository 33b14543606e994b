"""Extension objects, made bare here and bound in `chatweb.app`."""

from typing import Any

from flask import current_app
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sock import Sock
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine

from chatweb.live.switchboard import Switchboard
from chatweb.models import Base


class OneBindSession(Session):
    """A session that looks its engine up once: Flask-SQLAlchemy asks the app again for every statement."""

    _engine: Engine | Connection | None = None

    def get_bind(self, *arguments: Any, **options: Any) -> Engine | Connection:
        """The engine of the app; there is only one."""
        if self._engine is None:
            self._engine = super().get_bind(*arguments, **options)
        return self._engine


db = SQLAlchemy(model_class=Base, session_options={"class_": OneBindSession, "expire_on_commit": False})
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
sock = Sock()


def live() -> Switchboard:
    """The switchboard of this process: the open sockets and the bus that reaches them."""
    switchboard: Switchboard = current_app.extensions["live"]
    return switchboard
