"""A person's own second factor: set up, turned off, and its recovery codes."""

import pyotp
import segno
from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from markupsafe import Markup
from sqlalchemy.orm import Session

from chatweb.domain import authenticators, factors, passkeys
from chatweb.domain.factors import Added, Standing
from chatweb.domain.refusals import Invalid
from chatweb.extensions import db, vault
from chatweb.store import store
from chatweb.web import answers, limits, passkey_asking
from chatweb.web.factor_acts import Act, added, asking, confirmed
from chatweb.web.settings_page import settings_page
from chatweb.web.texts import N_, texts

bp = Blueprint("factors", __name__, url_prefix="/settings/account/second-step")

_APP = Act(
    N_("Set up an authenticator app"),
    N_(
        "You need an app that shows codes of six digits: your password manager may be one. From then on "
        "signing in takes your password and a code. Browsers that came in without one are signed out."
    ),
    N_("Go on"),
)
_APP_OFF = Act(
    N_("Turn the authenticator app off?"),
    N_("Unless you have a passkey, your password alone is enough to sign in then; recovery codes are void."),
    N_("Turn off"),
    event="factor_removed",
)
_CODES = Act(
    N_("Make new recovery codes?"),
    N_("The ones you have are void then."),
    N_("Make new ones"),
    event="codes_renewed",
)
_DONE = ("app-on", "app-off", "passkey-added", "passkey-off")


@bp.get("")
@login_required
def show() -> ResponseReturnValue:
    """What the person has, and the ways to change it."""
    done = request.args.get("done")
    is_needed = "needed" in request.args and bool(answers.person().areas)
    done = done if done in _DONE else None
    return settings_page(
        "second_step",
        own=_own(),
        keys=passkeys.held(db.session(), answers.person().id),
        can_have_keys=passkey_asking.site() is not None,
        done=done,
        is_needed=is_needed,
    )


@bp.get("/app")
@login_required
def app() -> ResponseReturnValue:
    """What an app is good for, and the password."""
    return answers.see_other(".show") if _own().has_app else asking(_APP)


@bp.get("/app/off")
@login_required
def app_off() -> ResponseReturnValue:
    """What will happen, and the password."""
    return asking(_APP_OFF) if _own().has_app else answers.see_other(".show")


@bp.get("/codes")
@login_required
def codes() -> ResponseReturnValue:
    """What will happen, and the password."""
    return asking(_CODES) if _own().is_on else answers.see_other(".show")


@bp.post("/app")
@login_required
def begin_app() -> ResponseReturnValue:
    """Make what an app is to be given."""
    keys, person_id = vault(), answers.person().id

    def begin(session: Session) -> None:
        authenticators.begin(session, keys, person_id)

    return confirmed(_APP, begin, lambda _: answers.see_other(".code"))


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
        return answers.see_other(".app")
    try:
        found = store(lambda session: factors.add_app(session, keys, person, typed))
    except Invalid as refusal:
        return _code_page(texts(refusal.problems))
    return added(found, "app-on")


@bp.post("/app/off")
@login_required
def remove_app() -> ResponseReturnValue:
    """Sign in without an app from now on."""
    person_id = answers.person().id

    def remove(session: Session) -> None:
        factors.remove_app(session, person_id)

    return confirmed(_APP_OFF, remove, lambda _: answers.see_other(".show", done="app-off"))


@bp.post("/codes")
@login_required
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes, told this once."""
    person_id = answers.person().id

    def renew(session: Session) -> Added:
        return Added(factors.new_codes(session, person_id), [])

    return confirmed(_CODES, renew, lambda found: settings_page("codes", added=found))


def _own() -> Standing:
    return factors.standing(db.session(), answers.person().id)


def _code_page(problems: dict[str, str] | None = None) -> ResponseReturnValue:
    """Only for whoever typed the password lately: with what stands there anybody could make codes."""
    person = answers.person()
    secret = authenticators.pending(db.session(), vault(), person.id) if person.is_fresh else None
    if secret is None:
        return answers.see_other(".app")
    site = current_app.config["SETTINGS"].host_name
    address = pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=f"chatweb {site}")
    page = settings_page(
        "app", secret=secret, address=address, picture=_picture(address), problems=problems or {}
    )
    return (page, 422) if problems else page


def _picture(text: str) -> Markup:
    """A QR code as an SVG element without styles; dark on light in every theme, or no camera reads it."""
    drawn = segno.make(text, error="m", micro=False)
    svg = drawn.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr__picture", omitsize=True)
    return Markup(svg)  # noqa: S704 - made of squares only
