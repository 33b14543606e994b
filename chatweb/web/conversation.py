"""One conversation: its page, its messages, sending, reading, and clearing it."""

import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from chatweb import announce, fragments, measures
from chatweb.domain import avatars, chats, inboxes, messages, reads, texts, views
from chatweb.domain.access import OpenChat
from chatweb.domain.inbox_rows import Row
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.domain.views import View
from chatweb.extensions import db
from chatweb.store import read, store
from chatweb.web import answers, limits
from chatweb.web.addresses import LARGEST_ID
from chatweb.web.texts import N_, text

bp = Blueprint("conversation", __name__, url_prefix="/chats/<topic>")


@bp.get("")
@login_required
def show(topic: str) -> ResponseReturnValue:
    """The conversation at its newest messages, with `before` at older ones, with `around` at one of them.

    With `on` the way leads to the first message of a day or later: a date of the UTC calendar, or the moment
    with which the day begins where somebody is.
    """
    chat = answers.chat(topic)
    if "on" not in request.args:
        return _page(chat, notice=N_("Your report was sent.") if "reported" in request.args else None)
    message = messages.since(db.session(), chat, _moment("on"))
    return _to(chat, message) if message else _page(chat, notice=N_("Nothing was said on that day or later."))


@bp.get("/@<id:message_id>")
@login_required
def at(topic: str, message_id: int) -> ResponseReturnValue:
    """A link to a message leads to the page where it is, and to its place there."""
    chat = answers.chat(topic)
    message = messages.one(db.session(), chat, message_id)
    return _to(chat, message) if message else abort(404)


@bp.get("/messages")
@login_required
def listing(topic: str) -> ResponseReturnValue:
    """Messages as fragments: `before`, `newer` or `around` an id, `after` a position, or the newest page."""
    chat, session = answers.chat(topic), db.session()
    if "after" in request.args:
        measures.OVER_HTTP.inc()
        return answers.fragment(announce.catch_up(session, chat, _number("after")))
    for name, page in (("before", messages.before), ("newer", messages.newer), ("around", messages.around)):
        if name in request.args:
            found = page(session, chat, _number(name))
            return answers.fragment(fragments.messages(found)) if found else answers.nothing()
    return answers.fragment(fragments.newest_page(messages.newest(session, chat), chat.revision))


@bp.post("/messages")
@login_required
def send(topic: str) -> ResponseReturnValue:
    """Store a message and answer with its fragment; a plain form is sent back to the page."""
    arrived_at = time.perf_counter()
    limits.count(limits.SEND, limits.person())
    chat = answers.chat(topic)
    key, body = request.form.get("key", ""), request.form.get("body", "")
    try:
        sent, rows = _store_message(chat, key, body)
    except Invalid as refusal:
        return _not_sent(chat, refusal.code, 422)
    except Conflict as refusal:
        return _not_sent(chat, refusal.code, 409)
    if sent.is_new:
        announce.message_sent(chat, sent.message, rows)
        _tell_of_requests(chat, rows)
        measures.DELIVERED.observe(time.perf_counter() - arrived_at)
    if _uses_draft(chat):
        announce.draft_kept(db.session(), chat)
    if answers.is_htmx():
        return answers.fragment(fragments.message(sent.message))
    return answers.see_other("conversation.show", topic=topic)


@bp.post("/read")
@login_required
def mark_read(topic: str) -> ResponseReturnValue:
    """Note how far the person has read: `id` is the newest message seen."""
    chat, message_id = answers.chat(topic), _form_id()
    seen_id = store(lambda session: reads.read_up_to(session, chat, message_id))
    if seen_id is not None:
        announce.messages_seen(chat, seen_id)
        announce.own_row_changed(db.session(), chat)
    return answers.nothing()


@bp.post("/unread")
@login_required
def mark_unread(topic: str) -> ResponseReturnValue:
    """Let everything from the message `id` on count as unread."""
    chat, message_id = answers.chat(topic), _form_id()
    if not store(lambda session: reads.unread_from(session, chat, message_id)):
        abort(404)
    announce.own_row_changed(db.session(), chat)
    return answers.nothing()


@bp.post("/clear")
@login_required
def clear(topic: str) -> ResponseReturnValue:
    """Take everything said so far away from this person, and answer with their row of the inbox."""
    limits.count(limits.CHANGE, limits.person())
    chat = answers.chat(topic)
    store(lambda session: reads.clear(session, chat))
    return answers.own_row(chat)


def _to(chat: OpenChat, message: messages.Said) -> BaseResponse:
    here = url_for("conversation.show", topic=chat.topic, around=message.id)
    return redirect(f"{here}#message-{message.key}")


def _store_message(chat: OpenChat, key: str, body: str) -> tuple[messages.Sent, Sequence[Row]]:
    # Refused before it takes part in a transaction that others may share.
    texts.message_body(body)

    def work(session: Session) -> tuple[messages.Sent, Sequence[Row]]:
        sent = messages.send(session, chat, key, body)
        if _uses_draft(chat):
            # What had been typed on another device stood in the field that was sent.
            chats.arrange(session, chat.person_id, chat.id, draft="")
        return sent, inboxes.rows_after_message(session, chat) if sent.is_new else []

    try:
        return store(work)
    except messages.KeyTaken:
        # Another request with this key was quicker; its message is committed now and answers for this one.
        return store(work)


def _tell_of_requests(chat: OpenChat, rows: Sequence[Row]) -> None:
    if chat.waits:
        announce.accepted(db.session(), chat)
    for row in rows:
        if row.waits:
            announce.requests_changed(db.session(), row.person_id)


def _uses_draft(chat: OpenChat) -> bool:
    return chat.draft != "" and not answers.is_htmx()


def _not_sent(chat: OpenChat, code: str, status: int) -> ResponseReturnValue:
    if answers.is_htmx():
        return answers.problem(code, status)
    return _page(chat, body=request.form.get("body", ""), problem=text(code)), status


def _page(chat: OpenChat, *, body: str = "", problem: str | None = None, notice: str | None = None) -> str:
    find = _wanted(chat)
    view, top = read(lambda session: (find(session), inboxes.top(session, chat.person_id)))
    row = top.row(chat.topic)
    here = url_for("conversation.show", topic=chat.topic)
    return render_template(
        "pages/conversation.html",
        person=answers.person(),
        chat=chat,
        other_avatar=row.avatar if row else avatars.seen_by(db.session(), chat.person_id, chat.other_id),
        log_html=fragments.log(view.messages, view.first_unread),
        position=chat.revision,
        presence_html=announce.presence(chat, 3 - chat.side),
        has_older=view.has_older,
        older_url=f"{here}?before={view.messages[0].id}" if view.has_older else None,
        has_newest=view.has_newest,
        newest_url=None if view.has_newest else f"{here}?newest",
        rows_html=announce.rows(top.rows, current_topic=chat.topic),
        beyond=top.beyond,
        waiting=answers.waiting(),
        unread_elsewhere=top.unread(without=chat.topic),
        key=str(uuid.uuid4()),
        body=body or chat.draft,
        problem=problem,
        notice=notice,
        limit=texts.BODY_LIMIT,
        empty=not view.messages,
        template_html=fragments.blank_message(chat.side, chat.name_1 if chat.side == 1 else chat.name_2),
        unread_html=fragments.unread(),
    )


def _wanted(chat: OpenChat) -> Callable[[Session], View]:
    if "before" in request.args:
        return partial(views.before, chat=chat, message_id=_number("before"))
    if "around" in request.args:
        return partial(views.around, chat=chat, message_id=_number("around"))
    wants_newest = "newest" in request.args or "on" in request.args
    return partial(views.newest, chat=chat, from_unread=not wants_newest)


def _number(name: str) -> int:
    try:
        number = int(request.args[name])
    except ValueError:
        abort(404)
    return number if 0 <= number <= LARGEST_ID else abort(404)


def _moment(name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(request.args[name])
    except ValueError:
        abort(404)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _form_id() -> int:
    try:
        number = int(request.form.get("id", ""))
    except ValueError:
        abort(422)
    return min(max(number, 0), LARGEST_ID)
