"""Whether the process runs, whether it can serve, and how it fares."""

from collections.abc import Iterable
from hmac import compare_digest
from typing import Any

from flask import Blueprint, Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chatweb import measures
from chatweb.extensions import db, live

WATCHED = frozenset(("/healthz", "/readyz", "/metrics"))

bp = Blueprint("health", __name__)


def prepare(app: Flask) -> None:
    """Answer these addresses whatever `Host` says: who watches a server asks the machine, not the name."""
    own_host, pages = app.config["SETTINGS"].trusted_hosts[0], app.wsgi_app

    def by_any_name(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] in WATCHED:
            environ["HTTP_HOST"] = own_host
        return pages(environ, start_response)

    app.wsgi_app = by_any_name  # type: ignore[method-assign]


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """200 while the process answers."""
    return "ok\n", {"Content-Type": "text/plain"}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """200 while the database answers, 503 otherwise."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "database unavailable\n", 503, {"Content-Type": "text/plain"}
    return "ready\n", {"Content-Type": "text/plain"}


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """What Prometheus collects, for whoever brings the token (RFC 6750); 404 where none is set."""
    token = current_app.config["SETTINGS"].metrics_token or abort(404)
    if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return "token needed\n", 401, {"Content-Type": "text/plain", "WWW-Authenticate": "Bearer"}
    measures.SOCKETS.set(len(live()))
    return generate_latest(), {"Content-Type": CONTENT_TYPE_LATEST}
