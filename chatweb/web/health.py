"""Whether the process runs, whether it can serve, and how it fares."""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
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
_PATIENCE_SECONDS = 0.8
_asking = threading.Lock()

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
    """200 while the database and, where it is used, Redis answer; 503 otherwise, within a second.

    Without Redis the server goes on; who sends people here may be content with `/healthz`.
    """
    away = [] if _database_answers() else ["database"]
    if not live().bus.reaches_others:
        away.append("redis")
    if away:
        return f"{' and '.join(away)} unavailable\n", 503, {"Content-Type": "text/plain"}
    return "ready\n", {"Content-Type": "text/plain"}


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """What Prometheus collects, for whoever brings the token (RFC 6750); 404 where none is set."""
    token = current_app.config["SETTINGS"].metrics_token or abort(404)
    if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return "token needed\n", 401, {"Content-Type": "text/plain", "WWW-Authenticate": "Bearer"}
    measures.SOCKETS.set(len(live()))
    return generate_latest(), {"Content-Type": CONTENT_TYPE_LATEST}


def _database_answers() -> bool:
    """Whether it does so soon; one that hangs is asked once at a time."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    deadline = time.monotonic() + _PATIENCE_SECONDS
    if not _asking.acquire(timeout=_PATIENCE_SECONDS):
        return False
    answers: list[object] = []
    asking = threading.Thread(target=_ask, args=(app, answers), daemon=True)
    asking.start()
    asking.join(max(0.0, deadline - time.monotonic()))
    return bool(answers)


def _ask(app: Flask, answers: list[object]) -> None:
    try:
        with app.app_context(), suppress(SQLAlchemyError):
            answers.append(db.session.execute(text("SELECT 1")))
    finally:
        _asking.release()
