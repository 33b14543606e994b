"""The second step of a sign-in: a code of an authenticator app, or a recovery code."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from chatweb import post
from chatweb.domain import factors, half_sign_ins
from chatweb.domain.half_sign_ins import Half
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.extensions import db, vault
from chatweb.store import store
from chatweb.web import answers, events, known_devices, limits, passkey_asking, signing_in
from chatweb.web.texts import text, texts

bp = Blueprint("second_step", __name__, url_prefix="/login/code")


@bp.get("")
def show() -> ResponseReturnValue:
    """The page that asks for a code; `recovery` makes the field one for a recovery code."""
    half = _half()
    return _page(half) if half else _from_the_beginning()


@bp.post("")
def judge() -> ResponseReturnValue:
    """Sign in with a code. Five wrong ones, of either kind and from wherever, and it takes a while.

    Their owner is told by mail, also of five within a day. Where they have been signed in before they are
    counted apart, so that nobody keeps them out from elsewhere; a passkey lets them in all the time.
    """
    half, typed = _half(), request.form.get("code", "")
    if half is None:
        return _from_the_beginning()
    token, keys = signing_in.half(), vault()
    whom = f"{half.user_id} {known_devices.of(half.user_id)}"
    try:
        limits.count(limits.SECOND_STEP, whom)
        signing_in.complete(lambda session: factors.pass_second_step(session, keys, token, typed))
    except Invalid as refusal:
        events.note("code_refused", person_id=half.user_id)
        if not limits.has_room(limits.WRONG_CODES, str(half.user_id)):
            _tell(half.user_id)
        return _page(half, texts(refusal.problems)), 422
    except limits.TooFast as refusal:
        return _page(half, {"form": text("many_codes", seconds=refusal.seconds)}), 429, refusal.headers
    except NotFound:
        return _from_the_beginning()
    limits.forgive(limits.SECOND_STEP, whom)
    for told in (limits.WRONG_CODES, limits.SECOND_STEP_TOLD):
        limits.forgive(told, str(half.user_id))
    return redirect(signing_in.wanted(), code=303)


def _half() -> Half | None:
    return half_sign_ins.look(db.session(), signing_in.half())


def _tell(user_id: int) -> None:
    """Somebody knows the password and guesses the rest: once is enough to say so."""
    if limits.has_room(limits.SECOND_STEP_TOLD, str(user_id)):
        store(lambda session: factors.tell_of_wrong_codes(session, user_id))
        post.wake()


def _from_the_beginning() -> ResponseReturnValue:
    return answers.see_other("auth.login", next=request.values.get("next") or None)


def _page(half: Half, problems: dict[str, str] | None = None) -> str:
    own = factors.standing(db.session(), half.user_id)
    return render_template(
        "pages/second_step.html",
        next=request.values.get("next", ""),
        by_recovery="recovery" in request.values,
        own=own,
        can_have_passkeys=passkey_asking.site() is not None,
        problems=problems or {},
    )
