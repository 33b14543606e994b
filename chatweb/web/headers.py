"""What every answer says about itself."""

from flask import Flask, Response, request

from chatweb.web import static_files

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


def prepare(app: Flask) -> None:
    """Put the headers on every answer of the app, errors and static files too."""
    always = dict(_ALWAYS)
    if app.config["SETTINGS"].is_https:
        always["Strict-Transport-Security"] = f"max-age={YEAR}"

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.extend(always)
        is_kept = static_files.is_asked_for() or request.endpoint == "avatars.show"
        if not is_kept or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        return response
