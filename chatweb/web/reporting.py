"""Reporting messages of a conversation to the people who run this place."""

import uuid

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from chatweb import announce
from chatweb.domain import avatars, inboxes, reports
from chatweb.domain.access import OpenChat
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.domain.reports import Typed
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import addresses, answers, limits
from chatweb.web.texts import N_, text, texts

bp = Blueprint("reporting", __name__, url_prefix="/chats/<topic>/report")

KINDS = {
    "spam": N_("Spam, or an advertisement"),
    "abuse": N_("Insults, or harassment"),
    "threat": N_("A threat, or somebody may be in danger"),
    "other": N_("Something else"),
}


@bp.get("")
@login_required
def ask(topic: str) -> ResponseReturnValue:
    """The form: with `message` that one is picked, and those around it can be added."""
    chat, message_id = answers.chat(topic), _around()
    picked = frozenset() if message_id is None else frozenset((message_id,))
    return _page(chat, Typed(key=str(uuid.uuid4()), message_ids=picked))


@bp.post("")
@login_required
def send(topic: str) -> ResponseReturnValue:
    """Store the report, and block the other person if `block` is on; they are told nothing of a report."""
    chat, block = answers.chat(topic), "block" in request.form
    key, kind, words = (request.form.get(name, "") for name in ("key", "kind", "words"))
    typed = Typed(key, kind, words, _picked())
    try:
        limits.count(limits.REPORT, limits.person())
        report = reports.check(typed)
        store(lambda session: reports.send(session, chat, report, block=block))
    except Invalid as refusal:
        return _page(chat, typed, texts(refusal.problems)), 422
    except Conflict as refusal:
        return _page(chat, typed, {"messages": text(refusal.code)}), 409
    except limits.TooFast as refusal:
        problem = text(refusal.code, seconds=refusal.seconds)
        return _page(chat, typed, {"form": problem}), 429, refusal.headers
    if block:
        announce.blocked_or_not(db.session(), chat)
    return answers.see_other("conversation.show", topic=topic, reported="")


def _page(chat: OpenChat, typed: Typed, problems: dict[str, str] | None = None) -> str:
    person, around = answers.person(), _around()
    picks = reports.pickable(db.session(), chat, around)
    if around is not None and problems is None and around not in [pick.id for pick in picks]:
        abort(404)
    top = inboxes.top(db.session(), person.id)
    return render_template(
        "pages/report.html",
        person=person,
        chat=chat,
        other_avatar=avatars.seen_by(db.session(), chat.person_id, chat.other_id),
        around=around,
        picks=picks,
        typed=typed,
        block="block" in request.form,
        problems=problems or {},
        kinds=KINDS,
        limit=reports.WORDS_LIMIT,
        rows_html=announce.rows(top.rows, current_topic=chat.topic),
        beyond=top.beyond,
        unread_elsewhere=top.unread(),
        waiting=answers.waiting(),
    )


def _around() -> int | None:
    return addresses.id_of(request.args["message"]) if "message" in request.args else None


def _picked() -> frozenset[int]:
    return frozenset(map(addresses.id_of, request.form.getlist("message")))
