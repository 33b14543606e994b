"""Reading the audit log: page by page, from beginning to end, and whether its chain still holds."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from chatweb.domain import texts
from chatweb.domain.audit import NOTHING_BEFORE, seal
from chatweb.models import Entry

PAGE = 50
BATCH = 500
COLUMNS = tuple(Entry.__table__.columns.keys())


class Filter(NamedTuple):
    """Which entries are wanted: with these words in the names, of an action, between two moments."""

    actor: str = ""
    person: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Verdict(NamedTuple):
    """How many entries the chain has up to its end, or to where it breaks, and the hash of the last of them.

    `missing` or `changed` is the number of the entry where it breaks.
    """

    length: int
    hash: bytes
    missing: int | None = None
    changed: int | None = None


def newest(session: Session, wanted: Filter, before: int | None = None) -> Sequence[Entry]:
    """Up to 51 entries, the newest first: one more than a page has. One SELECT."""
    found = select(Entry).where(*_conditions(wanted))
    if before is not None:
        found = found.where(Entry.id < before)
    return session.scalars(found.order_by(Entry.id.desc()).limit(PAGE + 1)).all()


def oldest(session: Session, wanted: Filter, *, after: int = 0, up_to: int | None = None) -> Sequence[Entry]:
    """Up to 500 entries after a number, the oldest first. One SELECT."""
    found = select(Entry).where(Entry.id > after, *_conditions(wanted))
    if up_to is not None:
        found = found.where(Entry.id <= up_to)
    return session.scalars(found.order_by(Entry.id).limit(BATCH)).all()


def verify(session: Session) -> Verdict:
    """Follow the chain from its first entry to its last. One SELECT for every 500."""
    length, last = 0, NOTHING_BEFORE
    for entry in _all(session):
        if entry.id != length + 1:
            return Verdict(length, last, missing=length + 1)
        values = {name: getattr(entry, name) for name in COLUMNS}
        if entry.previous != last or entry.hash != seal(values):
            return Verdict(length, last, changed=entry.id)
        length, last = entry.id, entry.hash
    return Verdict(length, last)


def _all(session: Session) -> Iterator[Entry]:
    after = 0
    while batch := oldest(session, Filter(), after=after):
        yield from batch
        after = batch[-1].id
        session.expunge_all()


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for words, columns in (
        (wanted.actor.strip(), (Entry.actor_name,)),
        (wanted.person.strip(), (Entry.person_1_name, Entry.person_2_name)),
    ):
        if words:
            typed = words if texts.is_storable(words) else " "
            conditions.append(or_(*(column.icontains(typed, autoescape=True) for column in columns)))
    if wanted.action:
        conditions.append(Entry.action == (wanted.action if texts.is_storable(wanted.action) else ""))
    if wanted.since:
        conditions.append(Entry.inserted_at >= wanted.since)
    if wanted.until:
        conditions.append(Entry.inserted_at < wanted.until)
    return conditions
