"""What is here of somebody: to take along, to close for now, and to delete."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, abort, request, session, stream_with_context
from flask.typing import ResponseReturnValue
from flask_login import login_required, logout_user

from chatweb import announce, takeout
from chatweb.domain import accounts, leaving, pauses
from chatweb.domain.accounts import Own
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.extensions import db
from chatweb.models import utc_now
from chatweb.store import store
from chatweb.web import answers, confirming, events, limits
from chatweb.web.settings_page import settings_page
from chatweb.web.texts import text, texts

bp = Blueprint("own_data", __name__, url_prefix="/settings/data")


@bp.get("")
@login_required
def show() -> ResponseReturnValue:
    """What can be taken along, and the way to delete it."""
    return _page("data")


@bp.post("/export")
@login_required
def export() -> ResponseReturnValue:
    """All conversations as a file, written while it is sent; `format` is `json` or `html`."""
    mimetype, write = takeout.FORMATS.get(request.form.get("format", "")) or abort(422)
    if refused := _refused("data", partial(confirming.check_password, _own().password_hash), _count_export):
        return refused
    at = utc_now()
    events.note("data_exported")
    file = Response(stream_with_context(write(answers.person().id, at)), mimetype=mimetype)
    name = f"chatweb-{at:%Y-%m-%d}.{request.form['format']}"
    file.headers.set("Content-Disposition", "attachment", filename=name)
    return file


@bp.get("/delete")
@login_required
def delete() -> ResponseReturnValue:
    """What goes with the account, and what stays."""
    return _page("delete")


@bp.post("/delete")
@login_required
def leave() -> ResponseReturnValue:
    """Delete the account, with what the person said if `messages` is on."""
    user_id, with_messages = answers.person().id, "messages" in request.form
    if refused := _refused("delete", partial(confirming.check_password, _own().password_hash)):
        return refused
    try:
        left = store(lambda writing: leaving.leave(writing, user_id, with_messages=with_messages))
    except Conflict as refusal:
        # Whoever is on hold is not told so.
        code = "cannot_leave" if refusal.code == "held" else refusal.code
        return _page("delete", texts({"form": code})), 409
    announce.closed_or_open(db.session(), left)
    events.note("account_deleted")
    logout_user()
    session.clear()
    return answers.see_other("auth.login")


@bp.get("/pause")
@login_required
def before_pause() -> ResponseReturnValue:
    """What it means to close the account for now."""
    return _page("pause")


@bp.post("/pause")
@login_required
def pause() -> ResponseReturnValue:
    """Close the account until the person signs in again."""
    user_id = answers.person().id
    if refused := _refused("pause", partial(confirming.check_password, _own().password_hash)):
        return refused
    try:
        paused = store(lambda writing: pauses.pause(writing, user_id))
    except Conflict as refusal:
        return _page("pause", texts({"form": refusal.code})), 409
    announce.closed_or_open(db.session(), paused)
    logout_user()
    session.clear()
    return answers.see_other("auth.login", told="paused")


def _own() -> Own:
    own = accounts.own(db.session(), answers.person().id)
    # Nothing stays open while a password is looked at.
    db.session.remove()
    return own


def _count_export() -> None:
    limits.count(limits.EXPORT, limits.person())


def _refused(name: str, *checks: Callable[[], None]) -> ResponseReturnValue | None:
    try:
        for check in checks:
            check()
    except Invalid as refusal:
        return _page(name, texts(refusal.problems)), 422
    except limits.TooFast as refusal:
        problems = {"form": text(refusal.code, seconds=refusal.seconds)}
        return _page(name, problems), 429, refusal.headers
    return None


def _page(name: str, problems: dict[str, str] | None = None) -> str:
    belongings = leaving.belongings(db.session(), answers.person().id)
    with_messages = "messages" in request.form
    return settings_page(name, belongings=belongings, problems=problems or {}, with_messages=with_messages)
