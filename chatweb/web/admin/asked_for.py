"""What addresses and filters of the administration ask for; what no page of ours sends is not there."""

from datetime import UTC, datetime, timedelta

from flask import abort, request

from chatweb.domain.audit import Reason
from chatweb.web import addresses

LAST_YEAR = 9998


def number(name: str) -> int | None:
    """The id of this name in the address; None for none."""
    text = request.args.get(name)
    return None if text is None else addresses.id_of(text)


def reason() -> Reason:
    """The reason as it was typed, good or not."""
    return Reason(*(request.form.get(name, "") for name in Reason._fields))


def since() -> datetime | None:
    """The beginning of the day `from` of the UTC calendar; None for any."""
    return _day("from")


def until() -> datetime | None:
    """The end of the day `to` of the UTC calendar; None for any."""
    day = _day("to")
    return day + timedelta(days=1) if day else None


def _day(name: str) -> datetime | None:
    text = request.values.get(name, "")
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        abort(404)
    return day if day.year <= LAST_YEAR else abort(404)
