"""Conversations from outside: who talks with whom, and when."""

from datetime import UTC, datetime, timedelta

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from chatweb import fragments
from chatweb.domain import oversight, roles
from chatweb.extensions import db
from chatweb.models.base import EPOCH, MILLISECOND
from chatweb.web.addresses import LARGEST_ID
from chatweb.web.admin import door

bp = door.part(roles.CHATS)


@bp.get("")
def index() -> ResponseReturnValue:
    """The conversations, last active first, of those asked for; `before` pages back."""
    asked = {name: request.args.get(name, "") for name in ("person", "other", "from", "to")}
    until = _day(asked["to"])
    wanted = oversight.Filter(
        asked["person"], asked["other"], _day(asked["from"]), until + timedelta(days=1) if until else None
    )
    found = oversight.overviews(db.session(), wanted, _place())
    rows = found[: oversight.LIST_PAGE]
    here = {name: value for name, value in asked.items() if value}
    older = here | {"before": _written(rows[-1].place)} if len(found) > len(rows) else None
    return door.page(
        "chats",
        roles.CHATS,
        rows=rows,
        asked=asked,
        cap=oversight.COUNT_CAP,
        older_url=url_for(".index", **older) if older else None,  # type: ignore[arg-type]
        latest_url=url_for(".index", **here) if "before" in request.args else None,  # type: ignore[arg-type]
    )


def _day(text: str) -> datetime | None:
    """The beginning of a day of the UTC calendar."""
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        abort(404)
    return day if day.year < 9999 else abort(404)


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
