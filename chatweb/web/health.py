"""Whether the process runs, whether it can serve, and how it fares."""

from hmac import compare_digest

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chatweb import measures
from chatweb.extensions import db, live

bp = Blueprint("health", __name__)


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
