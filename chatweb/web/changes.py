"""Editing a message, taking it back, bringing it back, and what it said before."""

import threading
from collections.abc import Callable, Sequence

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy.orm import Session

from chatweb import announce, fragments
from chatweb.domain import changes, inboxes
from chatweb.domain.changes import Unchanged
from chatweb.domain.inbox_rows import Row
from chatweb.domain.messages import Said
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import answers, limits

bp = Blueprint("changes", __name__, url_prefix="/chats/<topic>/messages/<id:message_id>")


@bp.patch("")
@login_required
def edit(topic: str, message_id: int) -> ResponseReturnValue:
    """Give one's own message another text."""
    chat, body = answers.chat(topic), request.form.get("body", "")
    return _change(topic, lambda session: changes.edit(session, chat, message_id, body))


@bp.delete("")
@login_required
def remove(topic: str, message_id: int) -> ResponseReturnValue:
    """Take one's own message back for both people."""
    chat = answers.chat(topic)
    answer = _change(topic, lambda session: changes.remove(session, chat, message_id))
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - as Flask says
    later = threading.Timer(changes.UNDO.total_seconds() + 1, wipe, [app])
    later.daemon = True
    later.start()
    return answer


@bp.post("/restore")
@login_required
def restore(topic: str, message_id: int) -> ResponseReturnValue:
    """Undo taking it back."""
    chat = answers.chat(topic)
    return _change(topic, lambda session: changes.restore(session, chat, message_id))


@bp.get("/versions")
@login_required
def versions(topic: str, message_id: int) -> ResponseReturnValue:
    """What the message said before, for both people."""
    found = changes.earlier(db.session(), answers.chat(topic), message_id)
    return answers.fragment(fragments.versions(found))


def wipe(app: Flask) -> None:
    """Forget the texts of what was taken back; what fails now is wiped next time, or at the next start."""
    with app.app_context():
        try:
            store(changes.wipe)
        except Exception:
            app.logger.exception("removed messages could not be wiped")
        finally:
            db.session.remove()


def _change(topic: str, change: Callable[[Session], Said]) -> ResponseReturnValue:
    limits.count(limits.CHANGE, limits.person())
    chat = answers.chat(topic)

    def work(session: Session) -> tuple[Said, Sequence[Row]]:
        return change(session), inboxes.both_rows(session, chat.id)

    try:
        message, rows = store(work)
    except Unchanged as same:
        return answers.fragment(fragments.message(same.message))
    except Invalid as refusal:
        return answers.problem(refusal.code, 422)
    except Conflict as refusal:
        return answers.problem(refusal.code, 409)
    announce.message_changed(chat, message, rows)
    return answers.fragment(fragments.message(message))
