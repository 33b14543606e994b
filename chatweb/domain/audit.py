"""The audit log: one chain of entries, each sealed with a hash of itself and of the one before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from chatweb.domain import texts
from chatweb.domain.refusals import Invalid
from chatweb.models import Entry, utc_now
from chatweb.models.base import EPOCH, MILLISECOND

CHAT_OPENED, CHAT_READ, CHAT_CLOSED = "chat_opened", "chat_read", "chat_closed"
CHAT_FOLLOWED, CHAT_FOLLOW_ENDED = "chat_followed", "chat_follow_ended"
CHAT_EXPORTED, PERSON_EXPORTED = "chat_exported", "person_exported"
SEARCHED, CHAT_FOUND = "searched", "chat_found"
LOG_EXPORTED = "log_exported"
PERSON_DEACTIVATED, PERSON_REACTIVATED = "person_deactivated", "person_reactivated"
PERSON_SIGNED_OUT, PERSON_ROLE = "person_signed_out", "person_role"
PERSON_DELETED, PERSON_FACTOR_RESET = "person_deleted", "person_factor_reset"
PERSON_CREATED, PERSON_PASSWORD = "person_created", "person_password"
REPORT_READ = "report_read"
PURGE_BEGUN, PURGED = "purge_begun", "purged"
CHAT_HELD, CHAT_RELEASED = "chat_held", "chat_released"
PERSON_HELD, PERSON_RELEASED = "person_held", "person_released"

KINDS = ("report", "legal", "safety", "fault")
REASON_LENGTHS = range(10, 1_001)
REFERENCE_LIMIT = 100
NOTHING_BEFORE = bytes(32)
# Any number that no other use of this database takes: entries are made one at a time on PostgreSQL.
_LOCK = 4_870_113_526

_ENTRIES = cast("Table", Entry.__table__)
_EMPTY: dict[str, Any] = {
    column.name: "" if column.default is not None else None for column in _ENTRIES.columns
}


class Actor(NamedTuple):
    """Who does something, and from where: their id and username, browser, address and request."""

    id: int | None
    name: str
    session_id: int | None = None
    address: str = ""
    request_id: str = ""


class Reason(NamedTuple):
    """Why: one of the kinds, a case that it belongs to, and a sentence."""

    kind: str = ""
    reference: str = ""
    reason: str = ""


def reason(kind: str, reference: str, reason: str) -> Reason:
    """A reason as it was typed, without spaces at its ends. Invalid, with every field that is wrong."""
    given = Reason(kind, reference.strip(), reason.strip())
    problems = {}
    if given.kind not in KINDS:
        problems["kind"] = "kind_missing"
    if len(given.reference) > REFERENCE_LIMIT:
        problems["reference"] = "reference_long"
    if len(given.reason) not in REASON_LENGTHS:
        problems["reason"] = "reason_long" if len(given.reason) > REASON_LENGTHS.start else "reason_short"
    problems |= {name: "unstorable" for name, text in given._asdict().items() if not texts.is_storable(text)}
    if problems:
        raise Invalid(**problems)
    return given


def record(
    session: Session,
    actor: Actor,
    action: str,
    about: Mapping[str, object],
    reason: Reason | None = None,
) -> int:
    """Add an entry to the chain and return its number; `about` are the columns that say what it is about.

    It stands when the transaction does. On PostgreSQL others who record wait until then.
    """
    return record_all(session, actor, action, [about], reason)


def record_all(
    session: Session,
    actor: Actor,
    action: str,
    abouts: Sequence[Mapping[str, object]],
    reason: Reason | None = None,
) -> int:
    """Add an entry about each of these, at least one, and return the number of the first. See `record`."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = session.execute(select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)).one_or_none()
    first, previous = (last.id + 1, last.hash) if last else (1, NOTHING_BEFORE)
    rows: list[dict[str, Any]] = []
    for number, about in enumerate(abouts, first):
        values = _EMPTY | {
            "id": number,
            "inserted_at": utc_now(),
            "actor_id": actor.id,
            "actor_name": actor.name,
            "action": action,
            "session_id": actor.session_id,
            "address": actor.address,
            "request_id": actor.request_id,
            "previous": previous,
            **(reason or Reason())._asdict(),
            **about,
        }
        previous = seal(values)
        rows.append(values | {"hash": previous})
    session.execute(insert(_ENTRIES), rows)
    return first


def seal(values: Mapping[str, Any]) -> bytes:
    """The hash of an entry: SHA-256 of its columns as JSON, sorted by name.

    What is empty is left out, so that a column which comes later changes no hash. Times are Unix
    milliseconds, bytes are hexadecimal digits.
    """
    plain = {
        name: _plain(value) for name, value in values.items() if value not in (None, "") and name != "hash"
    }
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - EPOCH) // MILLISECOND
    return value.hex() if isinstance(value, bytes) else value
