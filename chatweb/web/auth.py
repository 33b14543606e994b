"""Registering, signing in and signing out."""

from contextlib import suppress

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, logout_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chatweb import announce, post
from chatweb.domain import access, accounts, factors, guesses, passwords, sign_ins
from chatweb.domain.accounts import Identity
from chatweb.domain.half_sign_ins import Half
from chatweb.domain.refusals import Invalid
from chatweb.extensions import db, login_manager
from chatweb.offload import hashing
from chatweb.store import read, store
from chatweb.web import answers, events, known_devices, limits, passkey_asking, signing_in
from chatweb.web.texts import text, texts

bp = Blueprint("auth", __name__)


@login_manager.user_loader
def load_person(token: str) -> sign_ins.Person | None:
    """The person whom this cookie's token stands for, and the conversation that the address names."""
    topic = (request.view_args or {}).get("topic")
    if topic is None:
        person = read(lambda reading: sign_ins.signed_in(reading, token))
    else:
        person, g.chat = read(lambda reading: access.enter(reading, token, topic)) or (None, None)
    if person is not None:
        g.time_zone = person.time_zone
    if person is not None and person.is_long_unseen:
        # With a full disk reading still works.
        with suppress(SQLAlchemyError):
            store(lambda writing: sign_ins.saw(writing, person))
    return person


@bp.get("/login")
def login() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(signing_in.wanted(), code=303)
    return _login_page()


@bp.post("/login")
def sign_in() -> ResponseReturnValue:
    """Sign in with a name or an e-mail address, and a password."""
    try:
        limits.count(limits.SIGN_IN_ADDRESS, limits.address())
        limits.count(limits.SIGN_IN, limits.identity())
    except limits.TooFast as refusal:
        return _login_page({"form": text(refusal.code, seconds=refusal.seconds)}), 429, refusal.headers
    found = accounts.identify(db.session(), request.form.get("identity", ""))
    db.session.remove()
    try:
        whom = _count_guess(found)
    except guesses.Wait as wait:
        headers = {"Retry-After": str(wait.seconds)} if wait.seconds else {}
        return _login_page({"form": text(wait.code, seconds=wait.seconds)}), 429, headers
    known_hash = found.password_hash if found else None
    right = hashing(passwords.matches, known_hash, request.form.get("password", ""))
    if not (right and found and found.can_sign_in):
        events.note("password_refused", person_id=found.user_id if found else None)
        return _login_page(texts({"form": "wrong_sign_in"})), 422
    limits.forgive(limits.SIGN_IN, limits.identity())
    if limits.are_on():
        store(lambda writing: guesses.forgive(writing, whom))
    try:
        return _let_in(found, remember=bool(request.form.get("remember")))
    except Invalid as refusal:
        return _login_page(texts(refusal.problems)), 422


@bp.post("/logout")
@login_required
def logout() -> ResponseReturnValue:
    """Sign this browser out and end its sockets."""
    session_id = answers.person().session_id
    store(lambda writing: sign_ins.end(writing, session_id))
    events.note("signed_out")
    announce.signed_out(session_id)
    logout_user()
    session.clear()
    return answers.see_other("auth.login")


@bp.get("/register")
def register() -> ResponseReturnValue:
    """The page that makes an account."""
    if current_user.is_authenticated:
        return answers.see_other("inbox.show")
    if not _registration_open():
        return _login_page(texts({"form": "registration_closed"})), 403
    return _register_page()


@bp.post("/register")
def create_account() -> ResponseReturnValue:
    """Make an account and sign in."""
    if not _registration_open():
        return _login_page(texts({"form": "registration_closed"})), 403
    username, email = request.form.get("username", "").strip(), request.form.get("email", "").strip()
    password = request.form.get("password", "")
    try:
        accounts.check_new_account(username, email, password)
        limits.count(limits.REGISTER, limits.address())
        user_id = _register(username, email, hashing(passwords.make_hash, password))
    except Invalid as refusal:
        return _register_page(texts(refusal.problems)), 422
    except limits.TooFast as refusal:
        return _register_page({"form": text(refusal.code, seconds=refusal.seconds)}), 429, refusal.headers
    post.wake()
    events.note("registered", person_id=user_id)
    signing_in.complete(lambda _: Half(user_id, remember=False))
    return answers.see_other("inbox.show")


class _SecondStepNeeded(Exception):
    """The password alone is not enough for this account."""


def _let_in(found: Identity, *, remember: bool) -> ResponseReturnValue:
    """Sign in, or lead on to the second step, by what the account is now and not by what was read before."""

    def unchanged(writing: Session) -> Half:
        accounts.keep_unchanged(writing, found)
        return Half(found.user_id, remember)

    def by_password_alone(writing: Session) -> Half:
        half = unchanged(writing)
        if factors.is_needed(writing, found.user_id):
            raise _SecondStepNeeded
        return half

    try:
        signing_in.complete(by_password_alone)
    except _SecondStepNeeded:
        signing_in.begin(unchanged)
        return answers.see_other("second_step.show", next=request.form.get("next") or None)
    return redirect(signing_in.wanted(), code=303)


def _count_guess(found: Identity | None) -> bytes:
    user_id = found.user_id if found else None
    whom = guesses.whom(user_id, limits.typed_identity(), known_devices.of(user_id))
    if limits.are_on():
        store(lambda writing: guesses.count(writing, whom, user_id))
    return whom


def _register(username: str, email: str, password_hash: str) -> int:
    is_mailing = current_app.config["SETTINGS"].can_mail

    def create(writing: Session) -> int:
        return accounts.register(
            writing, username=username, email=email, password_hash=password_hash, is_mailing=is_mailing
        )

    try:
        return store(create)
    except accounts.AddressTaken:
        return store(create)


def _registration_open() -> bool:
    return current_app.config["SETTINGS"].registration == "open"


def _login_page(problems: dict[str, str] | None = None) -> str:
    return render_template(
        "pages/login.html",
        identity=request.form.get("identity", ""),
        next=request.values.get("next", ""),
        problems=problems or {},
        registration_open=_registration_open(),
        can_have_passkeys=passkey_asking.site() is not None,
        told=request.args.get("told"),
        host=request.host,
    )


def _register_page(problems: dict[str, str] | None = None) -> str:
    return render_template(
        "pages/register.html",
        username=request.form.get("username", ""),
        email=request.form.get("email", ""),
        problems=problems or {},
        host=request.host,
    )


@login_manager.unauthorized_handler
def ask_to_sign_in() -> ResponseReturnValue:
    """Signed out: a page leads to the sign-in and back, everything else says 401."""
    if request.method in ("GET", "HEAD") and not answers.is_htmx():
        return answers.see_other("auth.login", next=request.full_path.rstrip("?"))
    if answers.is_htmx():
        return answers.problem("signed_out", 401)
    # The page of this error shows the text again that the form brought.
    return abort(401)
