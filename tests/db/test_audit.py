"""The audit log is one chain, and nobody changes it: not even who can write to the database."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from chatweb.domain import audit
from chatweb.domain.audit import NOTHING_BEFORE, Actor, Reason
from chatweb.extensions import db
from chatweb.models import Entry, User
from chatweb.store import store
from tests.web.talking import at_once

both_engines = pytest.mark.both_engines
DANA = Actor(7, "dana", 3, "192.0.2.1", "abc")
WHY = Reason("report", "REP-118", "Check what was reported.")


@pytest.fixture
def record(stored):
    """`record(action, chat_id=4)` adds an entry of dana's; its number."""
    return lambda action="chat_opened", **about: stored(
        lambda session: audit.record(session, DANA, action, about, WHY)
    )


@pytest.fixture
def entries(db_session):
    """`entries()` are all of them, in order."""

    def read():
        db_session.rollback()
        found = db_session.execute(select(*Entry.__table__.c).order_by(Entry.id)).all()
        db_session.rollback()
        return [dict(row._mapping) for row in found]

    return read


def hashes_before(entries):
    return [NOTHING_BEFORE, *(entry["hash"] for entry in entries[:-1])]


@both_engines
def test_an_entry_says_who_did_what_and_why(record, entries):
    assert record(chat_id=4, topic="t", person_1_id=1, person_1_name="alice") == 1
    (entry,) = entries()
    told = {name: value for name, value in entry.items() if name not in ("inserted_at", "hash", "previous")}
    assert told == {
        "id": 1,
        "actor_id": 7,
        "actor_name": "dana",
        "action": "chat_opened",
        "chat_id": 4,
        "topic": "t",
        "person_1_id": 1,
        "person_1_name": "alice",
        "person_2_id": None,
        "person_2_name": "",
        "kind": "report",
        "reference": "REP-118",
        "reason": "Check what was reported.",
        "detail": "",
        "first_id": None,
        "last_id": None,
        "count": None,
        "request_id": "abc",
        "address": "192.0.2.1",
        "session_id": 3,
    }


@both_engines
def test_every_entry_is_sealed_together_with_the_one_before(record, entries):
    for number in range(1, 4):
        assert record(count=number) == number
    found = entries()
    assert [entry["previous"] for entry in found] == [
        NOTHING_BEFORE,
        *(entry["hash"] for entry in found[:-1]),
    ]
    assert [entry["hash"] for entry in found] == [audit.seal(entry) for entry in found]


@pytest.fixture
def assert_refused(app, record, entries):
    """`assert_refused(statement)`: the database does not do that to two entries."""

    def run(statement):
        record()
        record()
        before = entries()
        with app.app_context(), pytest.raises(DBAPIError, match="audit entries are for good"):
            store(lambda session: session.execute(statement))
        assert entries() == before

    return run


@both_engines
@pytest.mark.parametrize(
    "statement",
    [update(Entry).values(reason="nothing to see here"), delete(Entry), delete(Entry).where(Entry.id == 2)],
    ids=str,
)
def test_no_entry_is_changed_or_taken_away(assert_refused, statement):
    assert_refused(statement)


@pytest.mark.postgresql
@pytest.mark.parametrize("statement", ["TRUNCATE audit_entries", "TRUNCATE users, audit_entries CASCADE"])
def test_the_log_is_not_emptied(assert_refused, statement):
    assert_refused(text(statement))


@pytest.mark.parametrize("number", [1, 2])
def test_no_entry_is_replaced(assert_refused, number):
    """SQLite replaces a row without asking the trigger that guards deleting."""
    same = text("INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE id = :id")
    assert_refused(same.bindparams(id=number))


@both_engines
def test_entries_made_at_the_same_moment_are_one_chain(app, entries):
    def make(number):
        with app.app_context():
            try:
                store(lambda session: audit.record(session, DANA, "chat_read", {"count": number}))
            finally:
                db.session.remove()

    at_once([lambda number=number: make(number) for number in range(8)])
    found = entries()
    assert [entry["id"] for entry in found] == list(range(1, 9))
    assert {entry["count"] for entry in found} == set(range(8))
    assert [entry["previous"] for entry in found] == [
        NOTHING_BEFORE,
        *(entry["hash"] for entry in found[:-1]),
    ]


@both_engines
def test_what_is_rolled_back_leaves_no_gap(app, record, entries):
    def fail(session):
        audit.record(session, DANA, "chat_read", {})
        raise ZeroDivisionError

    record()
    with app.app_context(), pytest.raises(ZeroDivisionError):
        store(fail)
    assert record() == 2
    assert [entry["id"] for entry in entries()] == [1, 2]


@both_engines
def test_an_entry_outlives_whom_it_names(stored, record, entries, alice):
    record(person_1_id=alice.id, person_1_name="alice")
    stored(lambda session: session.execute(delete(User)))
    assert entries()[0]["person_1_name"] == "alice"
