"""`flask audit verify`: whether the log is as it was written, and if not, where it breaks."""

import pytest
from sqlalchemy import select, text, update

from chatweb.domain import audit, entries
from chatweb.domain.audit import Actor
from chatweb.models import Entry

pytestmark = pytest.mark.both_engines
# What somebody does who owns the database itself: past the triggers, or without them.
OPEN_UP = {
    "sqlite": ["DROP TRIGGER audit_entries_update", "DROP TRIGGER audit_entries_delete"],
    "postgresql": ["DROP TRIGGER audit_entries_for_good ON audit_entries"],
}


@pytest.fixture
def verify(app):
    return lambda: app.test_cli_runner().invoke(args=["audit", "verify"])


@pytest.fixture
def log(stored, monkeypatch):
    """Five entries, which are read two at a time."""
    monkeypatch.setattr(entries, "BATCH", 2)

    def work(session):
        for number in range(5):
            audit.record(session, Actor(7, "dana"), "chat_read", {"count": number})

    stored(work)


@pytest.fixture
def tamper(stored, engine_name):
    """`tamper("DELETE ...")` does that past the triggers."""

    def run(statement):
        for one in (*OPEN_UP[engine_name], statement):
            stored(lambda session, one=one: session.execute(text(one)))

    return run


def test_an_empty_log_holds(verify):
    result = verify()
    assert (result.exit_code, result.output) == (0, "The chain holds. 0 entries.\n")


def test_it_says_how_long_the_chain_is_and_where_it_ends(verify, log, db_session):
    last = db_session.execute(text("SELECT hash FROM audit_entries WHERE id = 5")).scalar()
    result = verify()
    assert (result.exit_code, result.output) == (
        0,
        f"The chain holds. 5 entries; the hash of the last one is {bytes(last).hex()}.\n",
    )


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit_entries SET count = 99 WHERE id = 3", "entry 3 is not as it was written."),
        ("UPDATE audit_entries SET reason = 'x' WHERE id = 1", "entry 1 is not as it was written."),
        ("UPDATE audit_entries SET actor_id = NULL WHERE id = 5", "entry 5 is not as it was written."),
        ("UPDATE audit_entries SET previous = hash WHERE id = 4", "entry 4 is not as it was written."),
        ("DELETE FROM audit_entries WHERE id = 1", "entry 1 is missing."),
        ("DELETE FROM audit_entries WHERE id IN (3, 4)", "entry 3 is missing."),
        ("UPDATE audit_entries SET id = 6 WHERE id = 5", "entry 5 is missing."),
    ],
)
def test_it_says_where_the_chain_breaks(verify, log, tamper, statement, words):
    tamper(statement)
    result = verify()
    assert (result.exit_code, result.stderr) == (1, f"Error: The chain breaks: {words}\n")


def test_an_entry_sealed_anew_does_not_fit_the_next_one(verify, log, tamper, stored):
    """Who changes an entry and its hash has to change all that came after it."""

    def forge(session):
        values = dict(session.execute(select(Entry.__table__).where(Entry.id == 3)).one()._mapping)
        values["count"] = 99
        session.execute(update(Entry).where(Entry.id == 3).values(count=99, hash=audit.seal(values)))

    tamper("SELECT 1")
    stored(forge)
    assert verify().stderr == "Error: The chain breaks: entry 4 is not as it was written.\n"
