"""What every answer says about itself."""

from typing import Any

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
    always = [*_ALWAYS.items()]
    if app.config["SETTINGS"].is_https:
        always.append(("Strict-Transport-Security", f"max-age={YEAR}"))
    answer = app.wsgi_app

    def with_headers(environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *problem: Any) -> Any:
            return start_response(status, headers + always, *problem)

        return answer(environ, start)

    # Beneath Flask, which would look at each of them for a line break every time.
    app.wsgi_app = with_headers  # type: ignore[method-assign]

    @app.after_request
    def keep_private(response: Response) -> Response:
        is_kept = static_files.is_asked_for() or request.endpoint == "avatars.show"
        if not is_kept or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        return response
