"""Conversations: the list of them, opening one with a reason, and reading it page by page."""

from functools import partial

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from chatweb import fragments
from chatweb.domain import audit, extracts, oversight, roles, transcripts
from chatweb.domain.refusals import Invalid
from chatweb.extensions import db
from chatweb.models import utc_now
from chatweb.models.base import EPOCH, MILLISECOND
from chatweb.web import answers, confirming, limits
from chatweb.web.addresses import LARGEST_ID
from chatweb.web.admin import asked_for, door, files, paging
from chatweb.web.admin.words import KINDS

bp = door.part(roles.CHATS)


@bp.get("")
def index() -> ResponseReturnValue:
    """The conversations, last active first, of those asked for; `before` pages back."""
    asked = {name: request.args.get(name, "") for name in ("person", "other", "from", "to")}
    wanted = oversight.Filter(asked["person"], asked["other"], asked_for.since(), asked_for.until())
    found = oversight.overviews(db.session(), wanted, _place())
    rows = found[: oversight.LIST_PAGE]
    last = _written(rows[-1].place) if len(found) > len(rows) else None
    return door.page(
        "chats",
        roles.CHATS,
        rows=rows,
        asked=asked,
        cap=oversight.COUNT_CAP,
        ways=paging.ways(asked, "before", last),
    )


@bp.get("/<id:chat_id>/open")
def ask(chat_id: int) -> ResponseReturnValue:
    """The form that asks for a reason before a conversation is read."""
    return _asking(oversight.overview(db.session(), chat_id), audit.Reason(), {})


@bp.post("/<id:chat_id>/open")
def open_chat(chat_id: int) -> ResponseReturnValue:
    """Record the reason, and lead on to the conversation."""
    chat, actor = oversight.overview(db.session(), chat_id), door.actor()
    typed = asked_for.reason()
    try:
        reason = audit.reason(*typed)
        confirming.check()
    except (Invalid, limits.TooFast) as refusal:
        return door.refused(refusal, partial(_asking, chat, typed))
    door.recorded(lambda session: transcripts.open_chat(session, actor, chat, reason))
    return answers.see_other(".show", chat_id=chat_id)


@bp.get("/<id:chat_id>")
def show(chat_id: int) -> ResponseReturnValue:
    """A page of what was said, recorded before it is shown; asks for a reason first where it is not open."""
    actor, before, after = door.actor(), asked_for.number("before"), asked_for.number("after")

    def read(session: Session) -> transcripts.Page:
        return transcripts.read(session, actor, chat_id, before=before, after=after)

    try:
        page = door.recorded(read)
    except transcripts.NotOpen:
        return answers.see_other(".ask", chat_id=chat_id)
    left = page.opening.ends_at - utc_now()
    return door.page(
        "transcript",
        roles.CHATS,
        page=page,
        lines=fragments.transcript(page.lines),
        follows=page.is_newest,
        seconds=int(left.total_seconds()),
        kinds=KINDS,
        cap=oversight.COUNT_CAP,
    )


@bp.post("/<id:chat_id>/export")
def export(chat_id: int) -> ResponseReturnValue:
    """The conversation as an archive, as long as it is open: what was written from one day to another."""
    actor, wanted = door.actor(), extracts.Range(asked_for.since(), asked_for.until())
    limits.count(limits.READ_MUCH, limits.person())
    try:
        taken = door.recorded(lambda session: extracts.of_chat(session, actor, chat_id, wanted))
    except transcripts.NotOpen:
        return answers.see_other(".ask", chat_id=chat_id)
    return files.archived(roles.CHATS, taken)


@bp.post("/<id:chat_id>/close")
def close(chat_id: int) -> ResponseReturnValue:
    """End the access before its time."""
    chat, actor = oversight.overview(db.session(), chat_id), door.actor()
    door.recorded(lambda session: transcripts.close_chat(session, actor, chat))
    return answers.see_other(".index", done="chat-closed")


def _asking(chat: oversight.Overview, typed: audit.Reason, problems: dict[str, str]) -> str:
    return door.page("ask", roles.CHATS, chat=chat, typed=typed, problems=problems, kinds=KINDS)


def _written(place: oversight.Place) -> str:
    return f"{fragments.millis(place.updated_at)}-{place.chat_id}"


def _place() -> oversight.Place | None:
    text = request.args.get("before")
    if text is None:
        return None
    try:
        millis, chat_id = map(int, text.split("-"))
        moment = EPOCH + millis * MILLISECOND
    except (ValueError, OverflowError):
        abort(404)
    return oversight.Place(moment, chat_id) if 0 <= chat_id <= LARGEST_ID else abort(404)
