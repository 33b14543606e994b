"""What people see when something is not done."""

import sqlite3

from flask import Flask, Response, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from chatweb import fragments
from chatweb.domain.refusals import NotFound
from chatweb.extensions import db, login_manager
from chatweb.web import answers, events
from chatweb.web.limits import TooFast
from chatweb.web.texts import N_, text

_PAGES = {
    400: (N_("This page is out of date"), N_("Go back, reload it and try again.")),
    401: (N_("You are signed out"), N_("Sign in again to go on.")),
    403: (N_("Not from here"), N_("This is not yours to open.")),
    404: (N_("Nothing here"), N_("There is no such page, or it is not yours.")),
    405: (N_("Nothing here"), N_("This address does something else.")),
    413: (N_("Too much at once"), N_("That is more than this server takes.")),
    422: (N_("Something is missing"), N_("Go back and try again.")),
    429: (N_("A moment, please"), N_("That was a lot at once. Try again in a little while.")),
    500: (N_("Something went wrong"), N_("It is our fault and has been written down. Try again.")),
    503: (N_("Back in a moment"), N_("The server cannot reach its database just now.")),
    507: (N_("No room"), N_("The server has no room left. Try again later.")),
}
# The text comes back with the page, and its words say so.
_OF_SENDING = {429: "slow_down", 503: "unavailable", 507: "no_room"}
_NO_ROOM = (sqlite3.SQLITE_FULL, "53100")


def prepare(app: Flask) -> None:
    """Answer every refusal and failure in the product's own words."""
    app.before_request(_refuse_raw_bytes)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(TooFast, _too_fast)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(InterfaceError, _unavailable)
    app.register_error_handler(HTTPException, _http_error)


def _refuse_raw_bytes() -> None:
    """A browser writes a query in ASCII; Werkzeug fails on any other byte as soon as the query is read."""
    if not request.query_string.isascii():
        abort(400)


def _not_found(refusal: NotFound) -> ResponseReturnValue:
    return answers.problem(refusal.code, 404) if answers.is_htmx() else _page(404)


def _stale(_error: CSRFError) -> ResponseReturnValue:
    events.note("form_refused")
    # With the session gone its token is gone too; what the person can do about it is to sign in.
    if answers.is_htmx() and not current_user.is_authenticated:
        return answers.problem("signed_out", 401)
    return answers.problem("csrf", 400) if answers.is_htmx() else _page(400)


def _too_fast(refusal: TooFast) -> ResponseReturnValue:
    wait = {"seconds": refusal.seconds}
    page = answers.problem(refusal.code, 429, **wait) if answers.is_htmx() else _page(429, **wait)
    response = current_app.make_response(page)
    response.headers.update(refusal.headers)
    return response


def _unavailable(error: OperationalError | InterfaceError) -> ResponseReturnValue:
    db.session.rollback()
    if _has_no_room(error):
        status = 507
        # One line: what fills the disk may be this very log.
        current_app.logger.error("the database has no room left: %s", error.orig)
    else:
        status = 503
        current_app.logger.error("the database is unavailable", exc_info=error)
    return answers.problem(_OF_SENDING[status], status) if answers.is_htmx() else _page(status)


def _has_no_room(error: OperationalError | InterfaceError) -> bool:
    codes = {getattr(error.orig, name, None) for name in ("sqlite_errorcode", "sqlstate")}
    return not codes.isdisjoint(_NO_ROOM)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    response = current_app.make_response(_fragment(status) if answers.is_htmx() else _page(status))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _words(status: int) -> tuple[str, str]:
    return _PAGES.get(status, _PAGES[500 if status >= 500 else 404])


def _fragment(status: int) -> Response:
    title, words = _words(status)
    return answers.fragment(fragments.problem(f"{title}. {words}"), status)


def _page(status: int, **values: object) -> tuple[str, int]:
    title, words = _words(status)
    if request.endpoint == "conversation.send" and status in _OF_SENDING:
        words = text(_OF_SENDING[status], **values)
    if status >= 500:
        # Templates know who is signed in; that question may be the very one that just failed.
        g._login_user = login_manager.anonymous_user()  # noqa: SLF001 - where Flask-Login keeps it
    return render_template("errors/error.html", code=status, title=title, text=words, body=_typed()), status


def _typed() -> str:
    try:
        return request.form.get("body", "")
    except HTTPException:
        # More than the server reads: asking again would fail in the same way.
        return ""
