"""The list of conversations, finding people, and starting a conversation."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from flask_wtf.csrf import generate_csrf

from chatweb import fragments
from chatweb.domain import chats, people
from chatweb.domain.refusals import Invalid
from chatweb.extensions import db
from chatweb.models.base import EPOCH, MILLISECOND
from chatweb.store import store
from chatweb.web import answers, limits
from chatweb.web.texts import texts

bp = Blueprint("inbox", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    """The front door leads to the inbox."""
    return redirect(url_for("inbox.show"))


@bp.get("/chats")
@login_required
def show() -> ResponseReturnValue:
    """The inbox, newest conversation first; `before` pages back, `q` finds people without a script."""
    return _page()


@bp.get("/people")
@login_required
def find() -> ResponseReturnValue:
    """People whose name fits, as a fragment."""
    return answers.fragment(_people(request.args.get("q", "")))


@bp.post("/chats")
@login_required
def start() -> ResponseReturnValue:
    """Open the one conversation with somebody, made if need be."""
    username = request.form.get("username", "")
    person_id = answers.person().id
    if not chats.have_met(db.session(), person_id, username):
        limits.count(limits.START_CHAT, limits.person())
    try:
        topic = store(lambda session: chats.start(session, person_id, username))
    except Invalid as refusal:
        return _page(problems=refusal.problems, username=username), 422
    return answers.see_other("conversation.show", topic=topic)


def _page(*, problems: dict[str, str] | None = None, username: str = "") -> str:
    person, query = answers.person(), request.args.get("q", "")
    found = _rows(person.id)
    rows = found[: chats.INBOX_PAGE]
    older = rows[-1] if len(found) > len(rows) else None
    return render_template(
        "pages/inbox.html",
        person=person,
        rows_html=fragments.rows(rows),
        older_url=url_for("inbox.show", before=_position(older)) if older else None,
        query=query,
        people_html=_people(query) if query else None,
        problems=texts(problems or {}),
        username=username,
    )


def _people(query: str) -> str:
    if query:
        limits.count(limits.SEARCH, limits.person())
    found = people.find(db.session(), answers.person().id, query)
    return fragments.people(found, query=query, csrf_token=generate_csrf())


def _rows(person_id: int) -> list[chats.Row]:
    before = request.args.get("before")
    if before is None:
        return list(chats.inbox(db.session(), person_id))
    return list(chats.older_inbox(db.session(), person_id, *_parse_position(before)))


def _position(row: chats.Row) -> str:
    return f"{fragments.millis(row.updated_at)}-{row.chat_id}"


def _parse_position(text: str) -> tuple[datetime, int]:
    millis, _, chat_id = text.partition("-")
    try:
        moment, number = EPOCH + int(millis) * MILLISECOND, int(chat_id)
    except (ValueError, OverflowError):
        abort(404)
    # No id is larger, and the engines cannot even compare with more.
    return (moment, number) if 0 <= number < 2**31 else abort(404)
