"""How somebody signs in: their password, and the browsers where they are signed in."""

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import login_required, login_user
from sqlalchemy.orm import Session

from chatweb import announce, post
from chatweb.domain import accounts, agents, factors, new_passwords, passwords, sign_ins
from chatweb.domain.refusals import Invalid
from chatweb.domain.sign_ins import Person
from chatweb.extensions import db
from chatweb.offload import hashing
from chatweb.store import store
from chatweb.web import answers, confirming, events, limits
from chatweb.web.settings_page import settings_page
from chatweb.web.texts import text, texts

bp = Blueprint("sign_ins", __name__, url_prefix="/settings/account")

_DONE = ("password", "signed-out", "email", "email-sent")


@bp.get("")
@login_required
def show() -> ResponseReturnValue:
    """What signing in needs, and every browser where the person is signed in, this one first."""
    person = answers.person()
    own = accounts.own(db.session(), person.id)
    found = sign_ins.browsers(db.session(), person.id)
    found.sort(key=lambda browser: browser.id != person.session_id)
    browsers = [(browser, agents.device(browser.agent)) for browser in found]
    done = request.args.get("done")
    # Where nobody can prove an address at once, one that is another account's already looks like any other.
    is_open = own.pending_email and (own.email or current_app.config["SETTINGS"].can_mail)
    return settings_page(
        "account",
        own=own,
        factor=factors.standing(db.session(), person.id),
        is_open=is_open,
        browsers=browsers,
        done=done if done in _DONE else None,
    )


@bp.get("/password")
@login_required
def password() -> ResponseReturnValue:
    """The form for a new password."""
    return settings_page("password", problems={})


@bp.post("/password")
@login_required
def change_password() -> ResponseReturnValue:
    """Put a new password in the place of the present one; every other browser is signed out."""
    person, new = answers.person(), request.form.get("password", "")
    own = accounts.own(db.session(), person.id)
    db.session.remove()
    try:
        new_passwords.check(own, new)
        confirming.check_password(own.password_hash)
        renewed, ended = _change(person, own.password_hash, hashing(passwords.make_hash, new))
    except Invalid as refusal:
        return settings_page("password", problems=texts(refusal.problems)), 422
    except limits.TooFast as refusal:
        problems = {"form": text(refusal.code, seconds=refusal.seconds)}
        return settings_page("password", problems=problems), 429, refusal.headers
    announce.signed_out(*ended)
    post.wake()
    login_user(renewed)
    events.note("password_changed")
    return answers.see_other("sign_ins.show", done="password")


@bp.post("/sign-ins/<id:session_id>/end")
@login_required
def end(session_id: int) -> ResponseReturnValue:
    """Sign another browser of the same person out, and end its sockets."""
    limits.count(limits.SETTINGS, limits.person())
    person = answers.person()
    store(lambda session: sign_ins.end_other(session, person, session_id))
    announce.signed_out(session_id)
    events.note("browsers_signed_out")
    return answers.see_other("sign_ins.show", done="signed-out")


@bp.post("/sign-ins/end")
@login_required
def end_others() -> ResponseReturnValue:
    """Sign every other browser of the same person out, and end their sockets."""
    limits.count(limits.SETTINGS, limits.person())
    person = answers.person()
    ended = store(lambda session: sign_ins.end_all(session, person.id, but=person.session_id))
    announce.signed_out(*ended)
    events.note("browsers_signed_out")
    return answers.see_other("sign_ins.show", done="signed-out")


def _change(person: Person, present_hash: str, new_hash: str) -> tuple[Person, list[int]]:
    """The person with the new token of this browser, and the ids of the sessions that ended."""

    def change(session: Session) -> tuple[Person, list[int]]:
        ended = new_passwords.change(session, person, present_hash, new_hash)
        return sign_ins.renew(session, person), ended

    return store(change)
