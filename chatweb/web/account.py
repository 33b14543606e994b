"""What people decide about themselves."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from chatweb import announce
from chatweb.domain import accounts
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import answers, limits
from chatweb.web.settings_page import settings_page

bp = Blueprint("account", __name__, url_prefix="/settings")


@bp.get("")
@login_required
def show() -> ResponseReturnValue:
    """The switches, and whether they were saved just now."""
    switches = accounts.switches(db.session(), answers.person().id)
    return settings_page("privacy", switches=switches, saved="saved" in request.args)


@bp.post("")
@login_required
def save() -> ResponseReturnValue:
    """Store the switches; open pages show from now on what may be shown."""
    limits.count(limits.SETTINGS, limits.person())
    person_id = answers.person().id
    switches = accounts.Switches(*(name in request.form for name in accounts.Switches._fields))
    switched = store(lambda session: accounts.set_switches(session, person_id, switches))
    announce.shown_anew(person_id, switches, switched)
    return answers.see_other("account.show", saved="")
