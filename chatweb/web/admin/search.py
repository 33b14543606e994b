"""Search across all conversations: each one takes a reason, and is an entry."""

import time
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from flask import request
from flask.typing import ResponseReturnValue

from chatweb.domain import audit, roles, searches
from chatweb.domain.audit import Reason
from chatweb.domain.extracts import Range
from chatweb.domain.refusals import Invalid
from chatweb.domain.searches import Hit, Search
from chatweb.store import read
from chatweb.web import confirming, limits
from chatweb.web.admin import asked_for, door
from chatweb.web.admin.words import KINDS

PATIENCE = 5.0
FIELDS = ("words", "person", "from", "to")

bp = door.part(roles.SEARCH)


class Found(NamedTuple):
    """Up to 200 messages, newest first; whether there are more, and whether all were looked through."""

    hits: Sequence[Hit]
    has_more: bool
    is_whole: bool
    entry: int


@bp.get("")
def index() -> ResponseReturnValue:
    """The form that asks what to look for, and why."""
    return _page(Reason())


@bp.post("")
def search() -> ResponseReturnValue:
    """What was found, recorded before it is shown."""
    actor = door.actor()
    typed = asked_for.reason()
    wanted_range = Range(asked_for.since(), asked_for.until())
    try:
        wanted = searches.search(request.form.get("words", ""), request.form.get("person", ""), wanted_range)
        reason = audit.reason(*typed)
        confirming.check()
        limits.count(limits.READ_MUCH, limits.person())
    except (Invalid, limits.TooFast) as refusal:
        return door.refused(refusal, partial(_page, typed))
    hits, is_whole = _look(wanted)
    shown = hits[: searches.CAP]
    entry = door.recorded(lambda session: searches.record(session, actor, wanted, reason, shown))
    return _page(typed, found=Found(shown, len(hits) > len(shown), is_whole, entry), wanted=wanted)


def _look(wanted: Search) -> tuple[Sequence[Hit], bool]:
    """Look through the messages step by step, so that others have their turn; not for ever."""
    deadline = time.monotonic() + PATIENCE
    hits: list[Hit] = []
    up_to = read(searches.newest_id)
    while up_to > 0 and len(hits) <= searches.CAP:
        if time.monotonic() > deadline:
            return hits, False
        most = searches.CAP + 1 - len(hits)
        hits += read(lambda session: searches.hits(session, wanted, up_to, most))  # noqa: B023 - called at once
        up_to -= searches.STEP
        time.sleep(0)
    return hits, True


def _page(
    typed: Reason,
    problems: dict[str, str] | None = None,
    *,
    found: Found | None = None,
    wanted: Search | None = None,
) -> str:
    return door.page(
        "search",
        roles.SEARCH,
        asked={name: request.form.get(name, "") for name in FIELDS},
        typed=typed,
        problems=problems or {},
        kinds=KINDS,
        found=found,
        snippets=[searches.around(hit.body, wanted.words) for hit in found.hits] if found and wanted else [],
    )
