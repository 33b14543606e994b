"""Static files under an address that changes with their content, so that browsers may keep them for ever."""

import hashlib
from functools import cache

from flask import Blueprint, Response, current_app, request, send_from_directory
from flask.typing import ResponseReturnValue

from chatweb.paths import STATIC
from chatweb.web.joining import join

bp = Blueprint("static_files", __name__)

FOREVER = 365 * 24 * 3600
JOINED = {"css/main.css": "text/css", "js/main.js": "text/javascript"}


@bp.get("/static/<version>/<path:path>")
def show(version: str, path: str) -> ResponseReturnValue:
    """A static file. Any version is served, so that a page from before an update still finds its parts."""
    if path in JOINED:
        response = Response(_joined(path), mimetype=JOINED[path])
    else:
        response = send_from_directory(STATIC, path)
    if version == _version():
        response.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


def is_asked_for() -> bool:
    """Whether this request is about a file, where nothing depends on who asks."""
    return request.endpoint == "static_files.show"


def asset(path: str) -> str:
    """The address of a static file, for templates."""
    version = "now" if current_app.debug else _version()
    # Not by url_for: the page that refuses a foreign host cannot use it, and every page asks twenty times.
    return f"/static/{version}/{path}"


def _joined(path: str) -> str:
    return join(STATIC / path) if current_app.debug else _joined_once(path)


@cache
def _joined_once(path: str) -> str:
    return join(STATIC / path)


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
