"""The way into the administration: each part of it is made here, and asks for its role."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from flask import Blueprint, Response, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chatweb.domain import factors, roles
from chatweb.domain.audit import Actor
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.extensions import db, login_manager
from chatweb.store import store
from chatweb.web import answers, events, limits
from chatweb.web.admin.words import DONE
from chatweb.web.texts import N_, text, texts

T = TypeVar("T")

TITLES = {
    roles.CHATS: N_("Conversations"),
    roles.SEARCH: N_("Search"),
    roles.REPORTS: N_("Reports"),
    roles.PEOPLE: N_("People"),
    roles.HOLDS: N_("Holds"),
    roles.AUDIT: N_("Audit log"),
    roles.OPERATION: N_("Operation"),
}


def part(area: str) -> Blueprint:
    """An area of the administration: whoever may not see it is answered as if there were none.

    Who may see it and has no second step is led to where one is set up.
    """
    made = Blueprint(f"admin_{area}", __name__, url_prefix=f"/admin/{area}")
    made.before_request(partial(_admit, area))
    made.after_request(_name_request)
    return made


bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("")
def home() -> ResponseReturnValue:
    """The first area that this person's role sees."""
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    seen = answers.person().areas
    return answers.see_other(f"admin_{seen[0]}.index") if seen else abort(404)


def page(template: str, area: str, **values: object) -> str:
    """A page of an area, with the way to the others; with `done` in the address it says what was done."""
    person = answers.person()
    tabs = [(one, TITLES[one]) for one in person.areas]
    days = current_app.config["SETTINGS"].reading_notice_days
    done = DONE.get(request.args.get("done", ""))
    frame = {"person": person, "area": area, "tabs": tabs, "notice_days": days, "done": done}
    return render_template(f"admin/{template}.html", **frame, **values)


def actor() -> Actor:
    """Who does something here, as the audit log names them."""
    person = answers.person()
    return Actor(person.id, person.username, person.session_id, limits.address(), g.request_id)


def recorded(work: Callable[[Session], T]) -> T:
    """Store work that records itself; 503 where that cannot be written, and then nothing of it is shown."""
    try:
        return store(work)
    except SQLAlchemyError:
        current_app.logger.exception("nothing can be recorded")
        abort(503)


def refused(
    refusal: Invalid | Conflict | limits.TooFast, page: Callable[[dict[str, str]], str]
) -> ResponseReturnValue:
    """The page once more, which says at the field, or above the form, why it was not done."""
    if isinstance(refusal, Invalid):
        return page(texts(refusal.problems)), 422
    if isinstance(refusal, Conflict):
        return page({"form": text(refusal.code)}), 409
    return page({"password": text(refusal.code, seconds=refusal.seconds)}), 429, refusal.headers


def _admit(area: str) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if area not in answers.person().areas:
        events.note("administration_refused")
        abort(404)
    limits.count(limits.ADMIN, limits.person())
    if not factors.is_needed(db.session(), answers.person().id):
        # A password alone, guessed or seen, must not open what others wrote.
        return answers.see_other("factors.show", needed="")
    g.request_id = secrets.token_hex(8)
    return None


def _name_request(response: Response) -> Response:
    """An entry of the audit log and a line in a proxy's log can be brought together."""
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    return response
