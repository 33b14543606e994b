"""Each step of a sign-in gives the browser another cookie; the one before is worth nothing any more."""

from collections.abc import Callable

from flask import request, session, url_for
from flask_login import current_user, login_user
from sqlalchemy.orm import Session

from chatweb import announce
from chatweb.domain import half_sign_ins, pauses, sign_ins
from chatweb.domain.half_sign_ins import Half
from chatweb.domain.leaving import Left
from chatweb.domain.sign_ins import Person
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import events, known_devices, limits
from chatweb.web.next_page import safe_next

_HALF = "half"


def begin(judge: Callable[[Session], Half]) -> None:
    """Let this browser bring a code from now on, and nothing else, for whom `judge` names; see `complete`."""
    replaced = _replaced()

    def begin(writing: Session) -> tuple[Half, str]:
        found = judge(writing)
        _end(writing, replaced)
        return found, half_sign_ins.begin(writing, found.user_id, remember=found.remember)

    found, token = store(begin)
    events.note("first_step_done", person_id=found.user_id)
    announce.signed_out(*replaced)
    session.clear()
    session[_HALF] = token


def half() -> str:
    """The token of a browser of which the second step is missing; empty for any other."""
    return str(session.get(_HALF, ""))


def forget_half() -> None:
    """Begin anew in this browser, whoever typed a password here."""
    session.pop(_HALF, None)


def complete(judge: Callable[[Session], Half]) -> None:
    """Sign in whom `judge` names, in the transaction in which it decides; what it raises passes through."""
    address, agent = limits.address(), request.user_agent.string
    # Whoever was signed in here before is not any more, in their other tabs either.
    replaced = _replaced()

    def start(writing: Session) -> tuple[Half, Person | None, Left | None]:
        found = judge(writing)
        resumed = pauses.resume(writing, found.user_id)
        _end(writing, replaced)
        token = sign_ins.start(writing, found.user_id, remember=found.remember, address=address, agent=agent)
        return found, sign_ins.signed_in(writing, token), resumed

    found, person, resumed = store(start)
    announce.signed_out(*replaced)
    if resumed:
        announce.closed_or_open(db.session(), resumed)
    # A new cookie for a new sign-in: nothing known before it, the CSRF token too, is worth anything after.
    session.clear()
    login_user(person)
    session.permanent = found.remember
    known_devices.remember(found.user_id)
    events.note("signed_in")


def wanted() -> str:
    """Where to go afterwards."""
    return safe_next(request.values.get("next"), url_for("inbox.show"))


def _replaced() -> list[int]:
    return [current_user.session_id] if current_user.is_authenticated else []


def _end(writing: Session, session_ids: list[int]) -> None:
    for session_id in session_ids:
        sign_ins.end(writing, session_id)
