"""The application factory: bind extensions, register blueprints, commands and error pages. No logic."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from chatweb import announce, cli, config, fragments, store
from chatweb.config import Settings
from chatweb.domain import accounts
from chatweb.domain.sign_ins import REMEMBERED
from chatweb.extensions import csrf, db, login_manager, migrate, sock
from chatweb.live.bus import Bus, LocalBus
from chatweb.live.presence import News
from chatweb.live.switchboard import Switchboard
from chatweb.models import utc_now
from chatweb.paths import MIGRATIONS, TEMPLATES
from chatweb.post import Post
from chatweb.vault import Vault
from chatweb.web import (
    account,
    addresses,
    admin,
    auth,
    avatars,
    changes,
    conversation,
    cookies,
    errors,
    events,
    factors,
    finding,
    headers,
    health,
    inbox,
    keeping,
    limits,
    own_data,
    own_email,
    own_passkeys,
    own_times,
    passkey_sign_in,
    recovery,
    reporting,
    second_step,
    sign_ins,
    sockets,
    static_files,
)

PARTS = (
    auth,
    second_step,
    passkey_sign_in,
    recovery,
    account,
    avatars,
    sign_ins,
    factors,
    own_passkeys,
    own_email,
    own_data,
    inbox,
    conversation,
    changes,
    keeping,
    finding,
    reporting,
    sockets,
    health,
    static_files,
)
LARGEST_REQUEST = 256 * 1024


class _App(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: no view here is a coroutine, and Flask would look at each of a request's functions."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application. Never migrates: `chatweb serve` and `flask db upgrade` do."""
    settings = settings or config.load()
    app = _App(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.from_mapping(_flask_config(settings))
    health.prepare(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _bind_extensions(app)
    _bind_live(app)
    app.extensions["post"] = Post(app)
    app.extensions["vault"] = Vault(settings.secret_keys)
    addresses.prepare(app)
    fragments.prepare(app.jinja_env)
    fragments.follow_changes(follow=app.debug)
    app.jinja_env.globals["asset"] = static_files.asset
    for part in PARTS:
        app.register_blueprint(part.bp)
    for blueprint in admin.BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.prepare(app)
    events.prepare()
    cookies.prepare(app)
    headers.prepare(app)
    own_times.prepare(app)
    cli.prepare(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": settings.secret_keys[1:],
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "SESSION_COOKIE_NAME": "__Host-chatweb" if settings.is_https else "chatweb",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": REMEMBERED,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            # What people write belongs into no log, not even with an error of the database.
            "hide_parameters": True,
            # A connection to SQLite is a file, of which some stay open: nobody is to wait for them.
            **({"pool_size": 0} if settings.is_sqlite else {"pool_pre_ping": True}),
        },
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_HEADERS": ["X-CSRFToken"],
        "SOCK_SERVER_OPTIONS": sockets.SERVER_OPTIONS,
    }


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    login_manager.init_app(app)
    csrf.init_app(app)
    limits.prepare(app)
    sock.init_app(app)
    with app.app_context():
        store.prepare(db.engine)


def _bind_live(app: Flask) -> None:
    def revisions(topics: Collection[str]) -> Mapping[str, int]:
        with app.app_context():
            return announce.revisions(db.session(), topics)

    def on_beat(topics: Collection[str]) -> None:
        with app.app_context():
            announce.ended_meanwhile(db.session(), topics)

    def on_presence(news: News) -> None:
        with app.app_context():
            if ours := news.seen - news.elsewhere:
                store.store(lambda session: accounts.were_here(session, ours))
            announce.came_and_went(db.session(), bus, news, utc_now())

    bus = _bus(app.config["SETTINGS"])
    app.extensions["live"] = Switchboard(
        bus,
        revisions=revisions,
        on_beat=on_beat,
        on_presence=on_presence,
        on_message=partial(announce.line_said, bus),
    )


def _bus(settings: Settings) -> Bus:
    if settings.redis_url is None:
        return LocalBus()
    from chatweb.live.redis_bus import RedisBus  # noqa: PLC0415 - only who uses Redis loads its library

    return RedisBus(settings.redis_url, settings.namespace)
