"""What every answer says about itself."""

from functools import cache
from typing import Any

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
YEAR = 365 * 24 * 3600


class _Sessions(SecureCookieSessionInterface):
    """Keeps `Vary: Cookie` and cookies off files, where nothing depends on who asks."""

    @cache  # noqa: B019 - there is one for the life of the app
    def get_signing_serializer(self, app: Flask) -> Any:
        """As in Flask, which makes it anew for every request."""
        return super().get_signing_serializer(app)

    def save_session(self, *arguments: Any) -> None:
        if not _is_file():
            super().save_session(*arguments)


def prepare(app: Flask) -> None:
    """Put the headers on every answer of the app, errors and static files too."""
    app.session_interface = _Sessions()
    app.after_request(_add)


def _is_file() -> bool:
    return request.endpoint == "static_files.show"


def _add(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers[name] = value
    if not _is_file() or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if current_app.config["SETTINGS"].is_https:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return response
