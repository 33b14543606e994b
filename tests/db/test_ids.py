"""An id that was given out is not given out again, whatever has been deleted."""

import pytest
from sqlalchemy import delete, insert, update

from chatweb.models import Chat, Member, Message, Report, SignIn, User
from tests.db import rows
from tests.db.migrating import Database


@pytest.fixture
def database(app):
    return Database(app)


@pytest.fixture
def pair(database):
    """Alice and bob, and their chat; all of it with ids."""
    with database.connect() as connection, connection.begin():
        for number, name in enumerate(("alice", "bob"), 1):
            connection.execute(insert(User).values(rows.user(name, id=number)))
        connection.execute(insert(Chat).values(rows.chat(1, 2)))
        for user_id in (1, 2):
            connection.execute(insert(Member).values(rows.member(1, user_id)))


def given(connection, table, row):
    return connection.scalar(insert(table).values(row).returning(table.id))


@pytest.mark.both_engines
def test_the_id_of_what_was_deleted_is_nobodys(database, pair):
    report = {
        "chat_id": 1,
        "reporter_id": 1,
        "reported_id": 2,
        "kind": "spam",
        "words": "",
        "inserted_at": rows.NOW,
    }
    with database.connect() as connection, connection.begin():
        for table, row in (
            (Message, lambda n: rows.message(1, 1, key=str(n))),
            (SignIn, lambda n: rows.sign_in(1, token_hash=bytes([n]) * 32)),
            (Report, lambda n: report | {"key": str(n)}),
        ):
            first = given(connection, table, row(1))
            connection.execute(delete(table).where(table.id == first))
            assert given(connection, table, row(2)) > first
        connection.execute(delete(Chat))
        assert given(connection, Chat, rows.chat(1, 2, topic="another")) > 1


def test_on_sqlite_neither_is_one_that_was_deleted_before_and_is_still_spoken_of(database, pair):
    database.downgrade("0019")
    with database.connect() as connection, connection.begin():
        connection.execute(update(Member).values(cleared=41))
    database.upgrade()
    with database.connect() as connection, connection.begin():
        assert given(connection, Message, rows.message(1, 1)) == 42
