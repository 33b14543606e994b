"""Holds: the list of them, and putting a conversation on hold or releasing it."""

from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from chatweb.domain import audit, holding, oversight, roles
from chatweb.domain.audit import Reason
from chatweb.domain.oversight import Overview
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.extensions import db
from chatweb.web import answers, confirming, limits
from chatweb.web.admin import asked_for, door, paging
from chatweb.web.admin.words import KINDS

bp = door.part(roles.HOLDS)


@bp.get("")
def index() -> ResponseReturnValue:
    """What is on hold, newest first; `before` pages back."""
    found = holding.newest(db.session(), asked_for.number("before"))
    rows = found[: holding.LIST_PAGE]
    last = str(rows[-1].id) if len(found) > len(rows) else None
    return door.page("holds", roles.HOLDS, rows=rows, kinds=KINDS, ways=paging.ways({}, "before", last))


@bp.get("/chats/<id:chat_id>")
def ask(chat_id: int) -> ResponseReturnValue:
    """What will happen, and the form that asks for a reason."""
    chat = oversight.overview(db.session(), chat_id)
    return _asking(chat, Reason(), {}, releases=holding.is_held(db.session(), chat_id))


@bp.post("/chats/<id:chat_id>")
def do(chat_id: int) -> ResponseReturnValue:
    """Record and do it; `act` is `release`, or else it is put on hold."""
    chat, actor = oversight.overview(db.session(), chat_id), door.actor()
    releases = request.form.get("act") == "release"
    act = holding.release_chat if releases else holding.hold_chat
    typed = asked_for.reason()
    try:
        reason = audit.reason(*typed)
        confirming.check()
        door.recorded(lambda session: act(session, actor, chat, reason))
    except (Invalid, Conflict, limits.TooFast) as refusal:
        return door.refused(refusal, partial(_asking, chat, typed, releases=releases))
    return answers.see_other(".index", done="chat-released" if releases else "chat-held")


def _asking(chat: Overview, typed: Reason, problems: dict[str, str], *, releases: bool) -> str:
    return door.page(
        "hold", roles.HOLDS, chat=chat, typed=typed, problems=problems, kinds=KINDS, releases=releases
    )
