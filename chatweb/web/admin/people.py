"""People: the list of accounts, and what is done to one, with a reason."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from chatweb import announce
from chatweb.domain import audit, extracts, holding, roles, stewards
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.leaving import Left
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.extensions import db
from chatweb.web import answers, confirming, limits
from chatweb.web.admin import asked_for, door, files, paging
from chatweb.web.admin.words import KINDS, ROLES
from chatweb.web.texts import N_

bp = door.part(roles.PEOPLE)


class Act(NamedTuple):
    """Something done to an account: the words that lead there, of the page, its button and its effect."""

    title: str
    question: str
    button: str
    consequence: str
    fits: Callable[[stewards.Account], bool]


ACTS = {
    "deactivate": Act(
        N_("Deactivate…"),
        N_("Deactivate this account?"),
        N_("Record and deactivate"),
        N_(
            "They are signed out everywhere within two seconds, and cannot sign in any more. Their chats "
            "stay readable for those they talked with; nothing can be sent to them. You can undo this."
        ),
        lambda account: account.is_active or account.has_paused,
    ),
    "reactivate": Act(
        N_("Reactivate…"),
        N_("Reactivate this account?"),
        N_("Record and reactivate"),
        N_("They can sign in again with the password they had, and their chats go on."),
        lambda account: not account.is_active,
    ),
    "sign-out": Act(
        N_("Sign out everywhere…"),
        N_("Sign this person out everywhere?"),
        N_("Record and sign out"),
        N_("All their browsers are signed out within two seconds. They can sign in again."),
        lambda account: account.sign_ins > 0,
    ),
    "reset-factor": Act(
        N_("Reset second step…"),
        N_("Reset this person’s second step?"),
        N_("Record and reset"),
        N_(
            "Their authenticator app, passkeys and recovery codes are void. They are signed out everywhere, "
            "a mail tells them, and their password alone lets them in. Make sure that it is they who ask."
        ),
        lambda account: account.has_factor,
    ),
    "role": Act(
        N_("Change role…"),
        N_("Change this person’s role?"),
        N_("Record and change"),
        N_(
            "It counts from their next click on. Moderators see reports, auditors the audit log, "
            "administrators all of this."
        ),
        lambda _account: True,
    ),
    "hold": Act(
        N_("Put on hold…"),
        N_("Put this person on hold?"),
        N_("Record and hold"),
        N_(
            "Until they are released nothing of theirs is deleted for good: neither their account nor a word "
            "in their chats, whoever deletes it. Nobody is told, and this shows nothing of what they said."
        ),
        lambda account: not account.is_held,
    ),
    "release": Act(
        N_("Release…"),
        N_("Release this person?"),
        N_("Record and release"),
        N_("What was deleted meanwhile goes for good at once, unless it is on hold for another reason."),
        lambda account: account.is_held,
    ),
}


Heard = Left | Sequence[int] | None
"""Who hears of an act: of an account that is closed or open, browsers that are signed out, nobody."""
Verb = Callable[[Session, Actor, int, Reason], Heard]
_VERBS: dict[str, Verb] = {
    "deactivate": stewards.deactivate,
    "reactivate": stewards.reactivate,
    "sign-out": stewards.sign_out,
    "reset-factor": stewards.reset_factor,
    "hold": holding.hold_person,
    "release": holding.release_person,
}


@bp.get("")
def index() -> ResponseReturnValue:
    """The accounts by name, of those asked for; `after` a name pages on."""
    words = request.args.get("q", "")
    found = stewards.accounts(db.session(), words, request.args.get("after", ""))
    rows = found[: stewards.LIST_PAGE]
    last = rows[-1].username_key if len(found) > len(rows) else None
    return door.page(
        "people",
        roles.PEOPLE,
        rows=rows,
        words=words,
        roles=ROLES,
        ways=paging.ways({"q": words}, "after", last),
    )


@bp.get("/<id:person_id>")
def show(person_id: int) -> ResponseReturnValue:
    """One account, and what can be done to it."""
    account = stewards.account(db.session(), person_id)
    acts = {name: act.title for name, act in ACTS.items() if act.fits(account)}
    return door.page(
        "person",
        roles.PEOPLE,
        account=account,
        acts={} if account.id == answers.person().id else acts,
        roles=ROLES,
    )


@bp.get("/<id:person_id>/export")
def ask_export(person_id: int) -> ResponseReturnValue:
    """The form that asks for days and a reason before all conversations of somebody are taken out."""
    return _asking_export(stewards.account(db.session(), person_id), Reason(), {})


@bp.post("/<id:person_id>/export")
def export(person_id: int) -> ResponseReturnValue:
    """All conversations of somebody as an archive: what was written from one day to another."""
    account, actor = stewards.account(db.session(), person_id), door.actor()
    typed, wanted = asked_for.reason(), extracts.Range(asked_for.since(), asked_for.until())
    try:
        reason = audit.reason(*typed)
        confirming.check()
        limits.count(limits.READ_MUCH, limits.person())
    except (Invalid, limits.TooFast) as refusal:
        return door.refused(refusal, partial(_asking_export, account, typed))
    taken = door.recorded(lambda session: extracts.of_person(session, actor, person_id, wanted, reason))
    return files.archived(roles.PEOPLE, taken)


@bp.get("/<id:person_id>/<act>")
def ask(person_id: int, act: str) -> ResponseReturnValue:
    """What will happen, and the form that asks for a reason."""
    return _asking(stewards.account(db.session(), person_id), act, Reason(), {})


@bp.post("/<id:person_id>/<act>")
def do(person_id: int, act: str) -> ResponseReturnValue:
    """Record and do it; open pages of who was signed out end, and those of others show what it is like."""
    account, actor = stewards.account(db.session(), person_id), door.actor()
    typed = asked_for.reason()
    if act not in ACTS:
        abort(404)
    try:
        reason = audit.reason(*typed)
        work = _work(act, actor, person_id, reason)
        confirming.check()
        heard = door.recorded(work)
    except (Invalid, Conflict, limits.TooFast) as refusal:
        return door.refused(refusal, partial(_asking, account, act, typed))
    if isinstance(heard, Left):
        announce.closed_or_open(db.session(), heard)
    else:
        announce.signed_out(*(heard or ()))
    return answers.see_other(".show", person_id=person_id, done=act)


def _work(act: str, actor: Actor, person_id: int, reason: Reason) -> Callable[[Session], Heard]:
    if act == "role":
        role = request.form.get("role", "")
        return lambda session: stewards.change_role(session, actor, person_id, role, reason)
    return lambda session: _VERBS[act](session, actor, person_id, reason)


def _asking(account: stewards.Account, act: str, typed: Reason, problems: dict[str, str]) -> str:
    return door.page(
        "act",
        roles.PEOPLE,
        account=account,
        act=ACTS.get(act) or abort(404),
        act_name=act,
        typed=typed,
        problems=problems,
        kinds=KINDS,
        roles=ROLES,
        role=request.form.get("role", account.role),
    )


def _asking_export(account: stewards.Account, typed: Reason, problems: dict[str, str]) -> str:
    asked = {name: request.form.get(name, "") for name in ("from", "to")}
    return door.page(
        "person_export",
        roles.PEOPLE,
        account=account,
        asked=asked,
        typed=typed,
        problems=problems,
        kinds=KINDS,
    )
