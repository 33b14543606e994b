"""Databases from before there was an administration, and back to one."""

import pytest
from sqlalchemy import insert, select, text

from chatweb.models import SignIn, User
from tests.db import rows
from tests.db.migrating import Database

pytestmark = pytest.mark.both_engines


@pytest.fixture
def database(app):
    """A database at the newest migration; other tests go on with it."""
    database = Database(app)
    yield database
    database.upgrade()


def test_a_browser_signed_in_before_typed_its_password_when_it_signed_in(database):
    database.downgrade("0008")
    old = SignIn.__table__.columns.keys()
    old.remove("confirmed_at")
    with database.connect() as connection, connection.begin():
        connection.execute(insert(User).values(rows.user("alice", id=1)))
        row = {name: value for name, value in rows.sign_in(1).items() if name in old}
        connection.execute(insert(SignIn.__table__).values(row))
    database.upgrade()
    with database.connect() as connection:
        assert connection.scalar(select(SignIn.confirmed_at)) == rows.NOW


def test_roles_that_nobody_knew_before_become_plain(database):
    with database.connect() as connection, connection.begin():
        for role in ("user", "moderator", "auditor", "admin"):
            connection.execute(insert(User).values(rows.user(role, role=role)))
    database.downgrade("0008")
    with database.connect() as connection:
        found = dict(connection.execute(text("SELECT username, role FROM users")).all())
    assert found == {"user": "user", "moderator": "user", "auditor": "user", "admin": "admin"}


def test_the_log_goes_with_its_table_and_comes_back_guarded(database):
    database.downgrade("0011")
    assert "audit_entries" not in database.tables
    database.upgrade()
    assert "audit_entries" in database.tables
    database.check()
