"""A person's own passkeys: made, named and removed."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy.orm import Session

from chatweb.domain import challenges, factors, passkeys, texts
from chatweb.domain.refusals import Invalid
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import answers, limits, passkey_asking
from chatweb.web.factor_acts import Act, added, asking, confirmed
from chatweb.web.settings_page import settings_page
from chatweb.web.texts import N_
from chatweb.web.texts import texts as words

bp = Blueprint("own_passkeys", __name__, url_prefix="/settings/account/second-step")

_ADD = Act(
    N_("Add a passkey"),
    N_(
        "It stays on this device, on a security key, or with your password manager, and opens with your "
        "finger, your face or a PIN. From then on signing in takes it, or your password and a second step."
    ),
    N_("Go on"),
    without_scripts=N_("Passkeys are made with JavaScript, which is switched off in this browser."),
)
_REMOVE = Act(
    N_("Remove this passkey?"),
    N_("Nobody can sign in with it any more. Remove it from your device, too."),
    N_("Remove"),
    event="factor_removed",
)


@bp.get("/passkey")
@login_required
def ask() -> ResponseReturnValue:
    """What a passkey is, and the password."""
    return asking(_ADD) if passkey_asking.site() else answers.see_other("factors.show")


@bp.post("/passkey")
@login_required
def begin() -> ResponseReturnValue:
    """Ask this browser for a passkey."""
    if passkey_asking.site() is None:
        return answers.see_other("factors.show")
    person_id = answers.person().id

    def make(writing: Session) -> str:
        return challenges.make(writing, person_id)

    def lead_on(challenge: str) -> ResponseReturnValue:
        passkey_asking.keep(challenge)
        return answers.see_other(".new")

    return confirmed(_ADD, make, lead_on)


@bp.get("/passkey/new")
@login_required
def new() -> ResponseReturnValue:
    """The page on which the browser makes the passkey, and its name."""
    return _new_page()


@bp.post("/passkey/new")
@login_required
def add() -> ResponseReturnValue:
    """Keep the passkey; with the first factor of all come the recovery codes."""
    limits.count(limits.SETTINGS, limits.person())
    site, person, answer = passkey_asking.site(), answers.person(), request.form.get("credential", "")
    if site is None:
        return answers.see_other("factors.show")
    try:
        name = texts.display_name(request.form.get("display_name", ""))
    except Invalid as refusal:
        return _new_page(words(refusal.problems))
    try:
        challenge = passkey_asking.answered(person.id)
        found = store(lambda writing: factors.add_passkey(writing, site, person, challenge, answer, name))
    except Invalid as refusal:
        return asking(_ADD, words(refusal.problems)), 400
    return added(found, "passkey-added")


@bp.get("/passkeys/<id:passkey_id>/remove")
@login_required
def ask_to_remove(passkey_id: int) -> ResponseReturnValue:
    """What will happen, and the password."""
    return asking(_removing(passkey_id))


@bp.post("/passkeys/<id:passkey_id>/remove")
@login_required
def remove(passkey_id: int) -> ResponseReturnValue:
    """Sign in without this passkey from now on."""
    person_id, act = answers.person().id, _removing(passkey_id)

    def remove(writing: Session) -> None:
        factors.remove_passkey(writing, person_id, passkey_id)

    return confirmed(act, remove, lambda _: answers.see_other("factors.show", done="passkey-off"))


def _removing(passkey_id: int) -> Act:
    return _REMOVE._replace(about=passkeys.name_of(db.session(), answers.person().id, passkey_id))


def _new_page(problems: dict[str, str] | None = None) -> ResponseReturnValue:
    site, challenge = passkey_asking.site(), passkey_asking.asked()
    if site is None or challenge is None:
        return answers.see_other(".ask")
    options = passkeys.to_create(db.session(), site, answers.person(), challenge)
    name = request.form.get("display_name", "")
    page = settings_page("passkey", options=options, display_name=name, problems=problems or {})
    return (page, 422) if problems else page
