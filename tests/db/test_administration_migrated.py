"""Databases from before there was an administration, and back to one."""

from datetime import datetime

import pytest
from sqlalchemy import MetaData, Table, insert, select, text

from chatweb.models import SignIn, User
from chatweb.models.base import EPOCH, MILLISECOND
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
    with database.connect() as connection, connection.begin():
        for name, row in (("users", rows.user("alice", id=1)), ("sessions", rows.sign_in(1))):
            then = Table(name, MetaData(), autoload_with=connection)
            values = {
                column: (value - EPOCH) // MILLISECOND if isinstance(value, datetime) else value
                for column, value in row.items()
                if column in then.columns
            }
            connection.execute(insert(then).values(values))
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
