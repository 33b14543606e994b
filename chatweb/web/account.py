"""What people decide about themselves."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from chatweb import announce
from chatweb.domain import accounts, inboxes
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import answers, limits

bp = Blueprint("account", __name__)


@bp.get("/settings")
@login_required
def show() -> ResponseReturnValue:
    """The switches, and whether they were saved just now."""
    session, person = db.session(), answers.person()
    top = inboxes.top(session, person.id)
    return render_template(
        "pages/settings.html",
        person=person,
        switches=accounts.switches(session, person.id),
        saved="saved" in request.args,
        rows_html=announce.rows(top.rows),
        beyond=top.beyond,
        unread_elsewhere=top.unread(),
    )


@bp.post("/settings")
@login_required
def save() -> ResponseReturnValue:
    """Store the switches; open pages show from now on what may be shown."""
    limits.count(limits.SETTINGS, limits.person())
    person_id = answers.person().id
    switches = accounts.Switches(*(name in request.form for name in accounts.Switches._fields))
    switched = store(lambda session: accounts.set_switches(session, person_id, switches))
    announce.shown_anew(person_id, switches, switched)
    return answers.see_other("account.show", saved="")
