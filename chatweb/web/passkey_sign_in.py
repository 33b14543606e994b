"""Signing in with a passkey: instead of name and password, or as the second step after them."""

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from chatweb.domain import factors, half_sign_ins, passkeys
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.extensions import db
from chatweb.web import answers, events, limits, passkey_asking, signing_in
from chatweb.web.texts import texts

bp = Blueprint("passkey_sign_in", __name__, url_prefix="/login/passkey")

_REMEMBER = "remember"


@bp.post("/begin")
def begin() -> ResponseReturnValue:
    """Ask the browser for a passkey: with `alone` of anybody, else of whoever typed the password here."""
    limits.count(limits.SIGN_IN_ADDRESS, limits.address())
    if "alone" in request.form:
        signing_in.forget_half()
    if passkey_asking.site() is None:
        return _from_the_beginning()
    try:
        passkey_asking.ask(_expected())
    except NotFound:
        return _from_the_beginning()
    session[_REMEMBER] = "remember" in request.form
    return answers.see_other(".show", next=request.form.get("next") or None)


@bp.get("")
def show() -> ResponseReturnValue:
    """The page on which the browser asks for the passkey."""
    site, challenge = passkey_asking.site(), passkey_asking.asked()
    if site is None or challenge is None:
        return _from_the_beginning()
    try:
        options = passkeys.to_get(db.session(), site, challenge, _expected())
    except NotFound:
        return _from_the_beginning()
    return _page(options=options)


@bp.post("")
def judge() -> ResponseReturnValue:
    """Sign in whoever owns the passkey that has signed what this browser was asked."""
    limits.count(limits.SIGN_IN_ADDRESS, limits.address())
    site, token, answer = passkey_asking.site(), signing_in.half(), request.form.get("credential", "")
    if site is None:
        return _from_the_beginning()
    remember = bool(session.pop(_REMEMBER, False))
    try:
        challenge = passkey_asking.answered(_expected())
        signing_in.complete(
            lambda writing: factors.pass_with_passkey(
                writing, site, challenge, answer, token, remember=remember
            )
        )
    except Invalid as refusal:
        events.note("passkey_refused")
        return _page(problems=texts(refusal.problems)), 400
    except NotFound:
        return _from_the_beginning()
    return redirect(signing_in.wanted(), code=303)


def _expected() -> int | None:
    """Whose passkey it has to be; None for anybody's. Raises NotFound where the password was too long ago."""
    if not signing_in.half():
        return None
    half = half_sign_ins.look(db.session(), signing_in.half())
    if half is None:
        raise NotFound("no_such_sign_in")
    return half.user_id


def _from_the_beginning() -> ResponseReturnValue:
    return answers.see_other("auth.login", next=request.values.get("next") or None)


def _page(options: str | None = None, problems: dict[str, str] | None = None) -> str:
    return render_template(
        "pages/passkey.html",
        options=options,
        problems=problems or {},
        next=request.values.get("next", ""),
        is_second=bool(signing_in.half()),
        host=request.host,
    )
