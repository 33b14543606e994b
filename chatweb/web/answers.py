"""How views answer: whole pages to browsers, fragments to HTMX."""

from flask import Response, g, make_response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from chatweb import announce, fragments
from chatweb.domain import inboxes
from chatweb.domain.access import OpenChat
from chatweb.domain.refusals import NotFound
from chatweb.domain.sign_ins import Person
from chatweb.extensions import db
from chatweb.store import read
from chatweb.web.texts import text


def person() -> Person:
    """Who is asking; only for views that need a sign-in."""
    signed_in: Person = current_user._get_current_object()  # noqa: SLF001 - Flask-Login's documented way
    return signed_in


def chat(topic: str) -> OpenChat:
    """The conversation that the address names by its topic; NotFound unless who is asking belongs to it.

    It was read together with the person, in one statement.
    """
    found: OpenChat | None = g.chat
    if found is None or found.topic != topic:
        raise NotFound("no_such_chat")
    return found


def waiting() -> int:
    """How many conversations wait for who is asking to accept them; nothing waits for others."""
    asking = person()
    return read(lambda session: inboxes.waiting(session, asking.id)) if asking.asks_first else 0


def is_htmx() -> bool:
    """Whether HTMX asks, so that a fragment answers."""
    return request.headers.get("HX-Request") == "true"


def fragment(html: str, status: int = 200) -> Response:
    """A piece of a page."""
    return make_response(html, status)


def nothing() -> Response:
    """Done, and nothing to show."""
    return make_response("", 204)


def problem(code: str, status: int, **values: object) -> Response:
    """Why not, as a fragment."""
    return fragment(fragments.problem(text(code, **values)), status)


def see_other(endpoint: str, **values: object) -> BaseResponse:
    """Send the browser on to a page, with GET."""
    return redirect(url_for(endpoint, **values), code=303)  # type: ignore[arg-type]


def own_row(chat: OpenChat) -> Response | BaseResponse:
    """What this person keeps about the conversation changed: their row, which their pages hear too."""
    row = announce.own_row_changed(db.session(), chat)
    if is_htmx():
        return fragment(announce.rows([row] if row else []))
    return see_other("conversation.show", topic=chat.topic)
