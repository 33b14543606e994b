"""What a person keeps about a conversation: its place in their lists, its quiet, a draft, a block."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from chatweb import announce
from chatweb.domain import chats, texts
from chatweb.domain.access import OpenChat
from chatweb.extensions import db
from chatweb.models import utc_now
from chatweb.store import store
from chatweb.web import answers, limits

bp = Blueprint("keeping", __name__, url_prefix="/chats/<topic>")

_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_ACTS: dict[str, dict[str, object]] = {
    "pin": {"pinned": True},
    "unpin": {"pinned": False},
    "archive": {"archived": True},
    "unarchive": {"archived": False},
    "mute": {"muted": _FOR_EVER},
    "unmute": {"muted": None},
}
_MUTES = {"mute-1": timedelta(hours=1), "mute-8": timedelta(hours=8)}


@bp.post("/arrange")
@login_required
def arrange(topic: str) -> ResponseReturnValue:
    """Pin, archive or mute the conversation for oneself, or undo that: `act` says which."""
    limits.count(limits.CHANGE, limits.person())
    chat, act = answers.chat(topic), request.form.get("act", "")
    if act in _MUTES:
        _keep(chat, {"muted": utc_now() + _MUTES[act]})
    else:
        _keep(chat, _ACTS.get(act) or abort(422))
    return answers.own_row(chat)


@bp.post("/draft")
@login_required
def draft(topic: str) -> ResponseReturnValue:
    """Keep what was typed and not sent, for the person's other devices; the newest wins."""
    limits.count(limits.DRAFT, limits.person())
    chat, body = answers.chat(topic), request.form.get("body", "").replace("\r\n", "\n")
    if len(body) > texts.BODY_LIMIT or not texts.is_storable(body):
        return answers.problem("draft_kept_here", 422)
    if body != chat.draft:
        _keep(chat, {"draft": body})
        announce.draft_kept(db.session(), chat)
    return answers.nothing()


@bp.post("/block")
@login_required
def block(topic: str) -> ResponseReturnValue:
    """Hear nothing more of the other person; to them it is as if the account were closed."""
    return _block(topic, blocked=True)


@bp.post("/unblock")
@login_required
def unblock(topic: str) -> ResponseReturnValue:
    """Let the other person write again."""
    return _block(topic, blocked=False)


@bp.post("/accept")
@login_required
def accept(topic: str) -> ResponseReturnValue:
    """Let the conversation into the list; from now on the two show each other what both of them show."""
    limits.count(limits.CHANGE, limits.person())
    chat = answers.chat(topic)
    if chat.waits:
        _keep(chat, {"waits": False})
        announce.accepted(db.session(), chat)
    return answers.see_other("conversation.show", topic=topic)


def _block(topic: str, *, blocked: bool) -> ResponseReturnValue:
    limits.count(limits.CHANGE, limits.person())
    chat = answers.chat(topic)
    _keep(chat, {"blocked": blocked})
    announce.blocked_or_not(db.session(), chat)
    if "settings" in request.form:
        return answers.see_other("account.show", _anchor="blocked")
    return answers.see_other("conversation.show", topic=topic)


def _keep(chat: OpenChat, values: dict[str, object]) -> None:
    store(lambda session: chats.arrange(session, chat.person_id, chat.id, **values))
