"""The only way into the administration: each part of it is made here, and asks for its role."""

import secrets
from functools import partial

from flask import Blueprint, abort, g, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from chatweb.domain import roles
from chatweb.extensions import login_manager
from chatweb.web import answers, limits
from chatweb.web.texts import N_

TITLES = {roles.CHATS: N_("Conversations")}


def part(area: str) -> Blueprint:
    """An area of the administration: whoever may not see it is answered as if there were none."""
    made = Blueprint(f"admin_{area}", __name__, url_prefix=f"/admin/{area}")
    made.before_request(partial(_admit, area))
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
    """A page of an area, with the way to the others."""
    person = answers.person()
    tabs = [(one, TITLES[one]) for one in person.areas]
    return render_template(f"admin/{template}.html", person=person, area=area, tabs=tabs, **values)


def _admit(area: str) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if area not in answers.person().areas:
        abort(404)
    limits.count(limits.ADMIN, limits.person())
    g.request_id = secrets.token_hex(8)
    return None
