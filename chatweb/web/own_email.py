"""A person's own e-mail address."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from chatweb import post
from chatweb.domain import accounts, emails
from chatweb.domain.accounts import Own
from chatweb.domain.refusals import Invalid
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import answers, confirming, events, limits
from chatweb.web.settings_page import settings_page
from chatweb.web.texts import text, texts

bp = Blueprint("own_email", __name__, url_prefix="/settings/account/email")


@bp.get("")
@login_required
def show() -> ResponseReturnValue:
    """The form for another address."""
    return _page(accounts.own(db.session(), answers.person().id))


@bp.post("")
@login_required
def propose() -> ResponseReturnValue:
    """Mail a link to another address, which counts when that is opened."""
    email, own = request.form.get("email", "").strip(), accounts.own(db.session(), answers.person().id)
    db.session.remove()
    try:
        emails.check(email)
        confirming.check_password(own.password_hash)
        limits.count(limits.MAIL, limits.person())
    except Invalid as refusal:
        return _page(own, texts(refusal.problems)), 422
    except limits.TooFast as refusal:
        return _page(own, {"form": text(refusal.code, seconds=refusal.seconds)}), 429, refusal.headers
    store(lambda session: emails.propose(session, own.id, email))
    post.wake()
    events.note("email_change_asked")
    return answers.see_other("sign_ins.show", done="email-sent")


def _page(own: Own, problems: dict[str, str] | None = None) -> str:
    return settings_page("email", own=own, email=request.form.get("email", ""), problems=problems or {})
