"""Finding messages: in one conversation, or in all of one's own."""

import time
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from chatweb import announce
from chatweb.domain import finding, inboxes
from chatweb.domain.access import OpenChat
from chatweb.domain.finding import Hit
from chatweb.extensions import db
from chatweb.store import read
from chatweb.web import addresses, answers, limits

PATIENCE = 1.0
QUICK = 0.02

bp = Blueprint("finding", __name__)


class Found(NamedTuple):
    """Up to 40 messages, newest first, and the id before which nobody has looked yet; None at the end."""

    hits: Sequence[Hit]
    before: int | None


@bp.get("/search")
@login_required
def everywhere() -> ResponseReturnValue:
    """What was said in all of one's own conversations: `q` are the words, `before` pages back."""
    return _page(None)


@bp.get("/chats/<topic>/search")
@login_required
def in_chat(topic: str) -> ResponseReturnValue:
    """What was said in one conversation, likewise."""
    return _page(answers.chat(topic))


def _page(chat: OpenChat | None) -> str:
    person, query = answers.person(), request.args.get("q", "").strip()
    wanted = finding.words(query)
    before = addresses.id_of(request.args["before"]) if "before" in request.args else None
    found = None
    if wanted:
        limits.count(limits.SEARCH, limits.person())
        found = _look(person.id, chat.id if chat else None, wanted, before or addresses.LARGEST_ID)
    top = inboxes.top(db.session(), person.id)
    return render_template(
        "pages/search.html",
        person=person,
        rows_html=announce.rows(top.rows, current_topic=chat.topic if chat else None),
        beyond=top.beyond,
        waiting=answers.waiting(),
        unread_elsewhere=top.unread(),
        chat=chat,
        words=query[: finding.LONGEST_QUERY],
        is_first=before is None,
        found=found,
        texts=[finding.parts(hit.body, wanted) for hit in found.hits] if found else [],
    )


def _look(person_id: int, chat_id: int | None, wanted: Sequence[str], before: int) -> Found:
    """Look through the messages step by step, so that others have their turn; not for ever.

    Steps grow as long as they are quick: a thousand of the longest messages keep everybody waiting.
    """
    deadline = time.monotonic() + PATIENCE
    own = read(lambda session: finding.own(session, person_id, chat_id, before))
    ids = own[: finding.MOST_LOOKED_AT]
    matching: list[int] = []
    place, size = 0, finding.FIRST_STEP
    while place < len(ids) and len(matching) < finding.PAGE and time.monotonic() < deadline:
        begun, step = time.monotonic(), ids[place : place + size]
        matching += read(
            partial(finding.matching, person_id=person_id, chat_id=chat_id, ids=step, wanted=wanted)
        )
        place += size
        is_quick = time.monotonic() - begun < QUICK
        size = min(2 * size, finding.STEP) if is_quick else finding.FIRST_STEP
        time.sleep(0)
    shown = matching[: finding.PAGE]
    looked_at = [*ids[:place], *shown[finding.PAGE - 1 :]]
    hits = read(lambda session: finding.hits(session, person_id, shown)) if shown else []
    return Found(hits, looked_at[-1] if looked_at and looked_at[-1] != own[-1] else None)
