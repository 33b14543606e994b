"""The list of conversations, finding people, and starting a conversation."""

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from flask_wtf.csrf import generate_csrf

from chatweb import announce, fragments
from chatweb.domain import chats, inboxes, people
from chatweb.domain.inbox_rows import Place, Row
from chatweb.domain.refusals import Invalid
from chatweb.extensions import db
from chatweb.models.base import EPOCH, MILLISECOND
from chatweb.store import read, store
from chatweb.web import answers, limits
from chatweb.web.addresses import LARGEST_ID
from chatweb.web.texts import texts

bp = Blueprint("inbox", __name__)

PARAMETERS = {"archive": "archived", "requests": "requests"}


@bp.get("/")
def home() -> ResponseReturnValue:
    """The front door leads to the inbox."""
    return redirect(url_for("inbox.show"))


@bp.get("/chats")
@login_required
def show() -> ResponseReturnValue:
    """The inbox, the archive, or what waits to be accepted, newest first.

    `before` pages back, `q` finds people without a script.
    """
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
    shows = next((name for name, parameter in PARAMETERS.items() if parameter in request.args), "")
    found = _rows(person.id, shows)
    rows = found[: inboxes.INBOX_PAGE]
    older = {"before": _place(rows[-1])} if len(found) > len(rows) else None
    is_all = not (older or shows or "before" in request.args)
    if older and shows:
        older[PARAMETERS[shows]] = ""
    return render_template(
        "pages/inbox.html",
        person=person,
        rows_html=announce.rows(rows),
        beyond=0 if is_all else _beyond(person.id, [] if shows else rows),
        shows=shows,
        waiting=answers.waiting(),
        older_url=url_for("inbox.show", **older) if older else None,  # type: ignore[arg-type]
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


def _rows(person_id: int, shows: str) -> Sequence[Row]:
    before = request.args.get("before")
    if before is None:
        return read(lambda session: inboxes.newest(session, person_id, shows))
    place = _parse_place(before)
    return read(lambda session: inboxes.older(session, person_id, place, shows))


def _beyond(person_id: int, rows: Sequence[Row]) -> int:
    return read(lambda session: inboxes.unread_beyond(session, person_id, rows))


def _place(row: Row) -> str:
    return f"{int(row.pinned)}-{fragments.millis(row.updated_at)}-{row.chat_id}"


def _parse_place(text: str) -> Place:
    try:
        pinned, millis, chat_id = map(int, text.split("-"))
        moment = EPOCH + millis * MILLISECOND
    except (ValueError, OverflowError):
        abort(404)
    # No id is larger, and the engines cannot even compare with more.
    return Place(bool(pinned), moment, chat_id) if 0 <= chat_id <= LARGEST_ID else abort(404)
