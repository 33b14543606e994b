"""A person's own second factor: set up, turned off, and its recovery codes."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import pyotp
import segno
from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from markupsafe import Markup
from sqlalchemy.orm import Session

from chatweb import announce, post
from chatweb.domain import authenticators, factors
from chatweb.domain.factors import Added, Standing
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.extensions import db, vault
from chatweb.store import store
from chatweb.web import answers, confirming, limits
from chatweb.web.settings_page import settings_page
from chatweb.web.texts import N_, text, texts

T = TypeVar("T")

bp = Blueprint("factors", __name__, url_prefix="/settings/account/second-step")


class Act(NamedTuple):
    """A change that takes the password: the words of its page, and for whom there is such a page."""

    question: str
    consequence: str
    button: str
    fits: Callable[[Standing], bool]


ACTS = {
    "app": Act(
        N_("Set up an authenticator app"),
        N_(
            "You need an app that shows codes of six digits: your password manager may be one. From then on "
            "signing in takes your password and a code. Every other browser is signed out."
        ),
        N_("Go on"),
        lambda own: not own.has_app,
    ),
    "app/off": Act(
        N_("Turn the authenticator app off?"),
        N_("From then on your password alone is enough to sign in, and your recovery codes are void."),
        N_("Turn off"),
        lambda own: own.has_app,
    ),
    "codes": Act(
        N_("Make new recovery codes?"),
        N_("The ones you have are void then."),
        N_("Make new ones"),
        lambda own: own.is_on,
    ),
}
_DONE = ("app-off",)


@bp.get("")
@login_required
def show() -> ResponseReturnValue:
    """What the person has, and the ways to change it."""
    done = request.args.get("done")
    is_needed = "needed" in request.args and bool(answers.person().areas)
    done = done if done in _DONE else None
    return settings_page("second_step", own=_own(), done=done, is_needed=is_needed)


@bp.get("/app", defaults={"act": "app"})
@bp.get("/app/off", defaults={"act": "app/off"})
@bp.get("/codes", defaults={"act": "codes"})
@login_required
def ask(act: str) -> ResponseReturnValue:
    """What will happen, and the password."""
    return _asking(act) if ACTS[act].fits(_own()) else answers.see_other(".show")


@bp.post("/app")
@login_required
def begin_app() -> ResponseReturnValue:
    """Make what an app is to be given."""
    keys, person_id = vault(), answers.person().id

    def begin(session: Session) -> None:
        authenticators.begin(session, keys, person_id)

    return _confirmed("app", begin, lambda _: answers.see_other(".code"))


@bp.get("/app/code")
@login_required
def code() -> ResponseReturnValue:
    """What the app is to be given, as a picture and as text; a code that it shows comes back."""
    return _code_page()


@bp.post("/app/code")
@login_required
def add_app() -> ResponseReturnValue:
    """The app counts if it shows the right code; the recovery codes are told, this once."""
    limits.count(limits.SETTINGS, limits.person())
    keys, person, typed = vault(), answers.person(), request.form.get("code", "")
    if not person.is_fresh:
        return answers.see_other(".ask", act="app")
    try:
        added = store(lambda session: factors.add_app(session, keys, person, typed))
    except Invalid as refusal:
        return _code_page(texts(refusal.problems))
    return _codes_page(added)


@bp.post("/app/off")
@login_required
def remove_app() -> ResponseReturnValue:
    """Sign in without an app from now on."""
    person_id = answers.person().id

    def remove(session: Session) -> None:
        factors.remove_app(session, person_id)

    return _confirmed("app/off", remove, lambda _: answers.see_other(".show", done="app-off"))


@bp.post("/codes")
@login_required
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes, told this once."""
    person_id = answers.person().id
    return _confirmed("codes", lambda session: Added(factors.new_codes(session, person_id), []), _codes_page)


def _confirmed(
    act: str, work: Callable[[Session], T], answer: Callable[[T], ResponseReturnValue]
) -> ResponseReturnValue:
    """Do it if the password was typed lately, and answer with what came of it."""
    try:
        limits.count(limits.SETTINGS, limits.person())
        confirming.check()
        found = store(work)
    except Invalid as refusal:
        return _asking(act, texts(refusal.problems)), 422
    except Conflict as refusal:
        return _asking(act, texts({"form": refusal.code})), 409
    except limits.TooFast as refusal:
        problems = {"form": text(refusal.code, seconds=refusal.seconds)}
        return _asking(act, problems), 429, refusal.headers
    post.wake()
    return answer(found)


def _own() -> Standing:
    return factors.standing(db.session(), answers.person().id)


def _asking(act: str, problems: dict[str, str] | None = None) -> str:
    return settings_page("factor", act=ACTS[act], problems=problems or {})


def _code_page(problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """Only for whoever typed the password lately: with what stands there anybody could make codes."""
    person = answers.person()
    secret = authenticators.pending(db.session(), vault(), person.id) if person.is_fresh else None
    if secret is None:
        return answers.see_other(".ask", act="app")
    site = current_app.config["SETTINGS"].host_name
    address = pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=f"chatweb {site}")
    page = settings_page(
        "app", secret=secret, address=address, picture=_picture(address), problems=problems or {}
    )
    return (page, 422) if problems else page


def _codes_page(added: Added) -> ResponseReturnValue:
    announce.signed_out(*added.ended)
    post.wake()
    return settings_page("codes", added=added)


def _picture(text: str) -> Markup:
    """A QR code as an SVG element without styles; dark on light in every theme, or no camera reads it."""
    drawn = segno.make(text, error="m", micro=False)
    svg = drawn.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr__picture", omitsize=True)
    return Markup(svg)  # noqa: S704 - made of squares only
