"""Extension objects, made bare here and bound in `chatweb.app`."""

from flask import current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sock import Sock
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from chatweb.live.switchboard import Switchboard
from chatweb.models import Base

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="moving-window", headers_enabled=False)
sock = Sock()


def live() -> Switchboard:
    """The switchboard of this process: the open sockets and the bus that reaches them."""
    switchboard: Switchboard = current_app.extensions["live"]
    return switchboard
