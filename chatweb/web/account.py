"""What people decide about themselves."""

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from chatweb import announce
from chatweb.domain import accounts, people, readings, texts, zones
from chatweb.domain.refusals import Invalid
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import answers, limits
from chatweb.web.profile_page import profile_page
from chatweb.web.settings_page import settings_page
from chatweb.web.texts import texts as words

bp = Blueprint("account", __name__, url_prefix="/settings")


@bp.get("")
@login_required
def show() -> ResponseReturnValue:
    """The switches, whether they were saved just now, who is blocked, and what is told of administrators."""
    person_id, days = answers.person().id, current_app.config["SETTINGS"].reading_notice_days
    return settings_page(
        "privacy",
        switches=accounts.switches(db.session(), person_id),
        blocked=people.blocked_by(db.session(), person_id),
        saved="saved" in request.args,
        notice_days=days,
        readings=readings.readings(db.session(), person_id, days) if days else [],
    )


@bp.post("")
@login_required
def save() -> ResponseReturnValue:
    """Store the switches; open pages show from now on what may be shown."""
    limits.count(limits.SETTINGS, limits.person())
    person_id = answers.person().id
    switches = accounts.Switches(*(name in request.form for name in accounts.Switches._fields))
    switched = store(lambda session: accounts.set_switches(session, person_id, switches))
    announce.shown_anew(db.session(), person_id, switches, switched)
    return answers.see_other("account.show", saved="")


@bp.get("/notifications")
@login_required
def notifications() -> ResponseReturnValue:
    """Whether this browser tells of new messages; the browser itself keeps that."""
    return settings_page("notices")


@bp.get("/profile")
@login_required
def profile() -> ResponseReturnValue:
    """Under which name others see the person, and in which zone they read times."""
    return profile_page(saved="saved" in request.args)


@bp.post("/profile")
@login_required
def save_profile() -> ResponseReturnValue:
    """Store both; open pages of everybody who sees the name follow."""
    limits.count(limits.SETTINGS, limits.person())
    person, time_zone = answers.person(), request.form.get("time_zone", "")
    typed = request.form.get("display_name", "")
    try:
        name = texts.display_name(typed)
        zones.check(time_zone)
    except Invalid as refusal:
        return profile_page(typed, time_zone, problems=words(refusal.problems)), 422
    store(lambda session: accounts.set_profile(session, person.id, display_name=name, time_zone=time_zone))
    announce.renamed(db.session(), person.id, name, person.avatar)
    return answers.see_other("account.profile", saved="")
