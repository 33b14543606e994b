"""What a mailed link is good for: a new password, or the proof that an address is one's own."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from chatweb import announce, post
from chatweb.domain import accounts, emails, mails, new_passwords, passwords, tickets
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.extensions import db
from chatweb.offload import hashing
from chatweb.store import store
from chatweb.web import answers, events, limits
from chatweb.web.texts import text, texts

bp = Blueprint("recovery", __name__)


@bp.get("/forgotten")
def forgotten() -> ResponseReturnValue:
    """The page that asks for a link to a new password, or says that it is on its way."""
    return _forgotten_page(sent="sent" in request.args)


@bp.post("/forgotten")
def send_reset() -> ResponseReturnValue:
    """Mail a link to whoever has the account, if there is one: nothing of the answer depends on that."""
    try:
        limits.count(limits.FORGOTTEN_ADDRESS, limits.address())
        limits.count(limits.FORGOTTEN, limits.typed_identity())
    except limits.TooFast as refusal:
        problems = {"form": text(refusal.code, seconds=refusal.seconds)}
        return _forgotten_page(problems), 429, refusal.headers
    identity = request.form.get("identity", "")
    store(lambda session: mails.ask_for_reset(session, identity))
    events.note("new_password_asked")
    post.wake()
    return answers.see_other("recovery.forgotten", sent="")


@bp.get("/reset")
def reset() -> ResponseReturnValue:
    """The form for a new password, for whoever has the link."""
    if tickets.look(db.session(), tickets.RESET, _token()) is None:
        return _dead_link(), 404
    return _reset_page()


@bp.post("/reset")
def set_password() -> ResponseReturnValue:
    """Set a new password by a mailed link; every browser of the person is signed out."""
    token, new = _token(), request.form.get("password", "")
    try:
        limits.count(limits.MAILED_LINK, limits.address())
        stub = tickets.look(db.session(), tickets.RESET, token)
        if stub is None:
            return _dead_link(), 404
        new_passwords.check(accounts.own(db.session(), stub.user_id), new)
        db.session.remove()
        hashed = hashing(passwords.make_hash, new)
        ended = store(lambda session: new_passwords.reset(session, token, hashed))
    except Invalid as refusal:
        return _reset_page(texts(refusal.problems)), 422
    except NotFound:
        return _dead_link(), 404
    announce.signed_out(*ended)
    post.wake()
    events.note("password_changed", person_id=stub.user_id)
    return answers.see_other("auth.login", told="reset")


@bp.get("/confirm")
def confirm() -> ResponseReturnValue:
    """The page with the button that confirms an address: mail programs open links on their own."""
    stub = tickets.look(db.session(), tickets.CONFIRM, _token())
    if stub is None:
        return _dead_link(), 404
    username = accounts.own(db.session(), stub.user_id).username
    return _page("confirm", token=_token(), email=stub.email, username=username)


@bp.post("/confirm")
def confirm_address() -> ResponseReturnValue:
    """The address where the link was mailed is its account's from now on."""
    limits.count(limits.MAILED_LINK, limits.address())
    token = _token()
    try:
        user_id = store(lambda session: emails.confirm(session, token))
    except NotFound:
        return _dead_link(), 404
    post.wake()
    events.note("email_confirmed", person_id=user_id)
    if current_user.is_authenticated and current_user.id == user_id:
        return answers.see_other("sign_ins.show", done="email")
    return answers.see_other("auth.login", told="confirmed")


def _token() -> str:
    return request.values.get("token", "")


def _forgotten_page(problems: dict[str, str] | None = None, *, sent: bool = False) -> str:
    return _page("forgotten", problems=problems or {}, sent=sent, identity=request.form.get("identity", ""))


def _reset_page(problems: dict[str, str] | None = None) -> str:
    return _page("reset", problems=problems or {}, token=_token())


def _dead_link() -> str:
    return _page("dead_link")


def _page(name: str, **values: object) -> str:
    return render_template(f"pages/{name}.html", host=request.host, **values)
