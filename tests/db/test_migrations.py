"""Up, down and up again with data; what the migrations make is what the models say."""

import dataclasses
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import inspect, text

from chatweb import demo
from chatweb.app import create_app
from chatweb.paths import MIGRATIONS
from chatweb.store import store
from tests.db.migrating import HEAD, Database
from tests.fixtures.databases import close
from tests.servers import CHECKOUT, environment, wait_until

OURS = {
    "users",
    "avatars",
    "sessions",
    "chats",
    "chat_members",
    "chat_messages",
    "chat_message_versions",
    "mails",
    "tickets",
    "audit_entries",
    "authenticators",
    "recovery_codes",
    "half_sign_ins",
    "reports",
    "report_messages",
    "holds",
    "passkeys",
    "challenges",
    "guesses",
}


@pytest.fixture
def settings(settings, empty_database_url):
    return dataclasses.replace(settings, database_url=empty_database_url)


@pytest.fixture
def app(settings):
    app = create_app(settings)
    yield app
    close(app)


@pytest.fixture
def database(app):
    """An empty database."""
    return Database(app)


@pytest.fixture
def talk(app, database):
    """Brings the database to the newest migration, and people and conversations into it."""
    database.upgrade()
    with app.app_context():
        store(demo.fill)
    return database.rows


@pytest.mark.both_engines
def test_upgrading_an_empty_database_makes_the_tables(database):
    assert database.tables == set()
    database.upgrade()
    assert database.tables == OURS | {"alembic_version"}
    assert database.version == HEAD


@pytest.mark.both_engines
def test_autogenerate_finds_nothing(database):
    database.upgrade()
    database.check()


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "drift",
    [
        "ALTER TABLE users ADD COLUMN nickname VARCHAR",
        "DROP INDEX ix_chat_messages_chat_id_revision",
        "CREATE INDEX stray ON chats (user_1_id)",
        "DROP TABLE sessions",
    ],
)
def test_autogenerate_would_find_a_difference(database, drift):
    database.upgrade()
    with database.connect() as connection, connection.begin():
        connection.execute(text(drift))
    with pytest.raises(SystemExit):
        database.check()


@pytest.mark.both_engines
def test_up_down_and_up_with_data(database, talk):
    database.downgrade("base")
    assert database.tables == {"alembic_version"}
    assert database.version is None
    database.upgrade()
    assert not any(database.rows.values())
    database.fill(talk)
    assert database.rows == talk
    assert len(talk["chat_messages"]) > 20
    database.check()


@pytest.mark.both_engines
def test_upgrading_twice_changes_nothing(database, talk):
    database.upgrade()
    assert database.rows == talk


@pytest.mark.both_engines
def test_a_further_migration_up_and_down_loses_no_row(database, talk, tmp_path):
    later = database.with_migration(
        tmp_path,
        'op.add_column("chats", sa.Column("colour", sa.String(), nullable=True))',
        'op.drop_column("chats", "colour")',
    )
    later.upgrade()
    assert (later.version, later.rows) == ("test", talk)
    later.downgrade(HEAD)
    assert (later.version, later.rows) == (HEAD, talk)
    database.check()


@pytest.mark.both_engines
def test_a_migration_that_fails_in_the_middle_changes_nothing(database, talk, tmp_path):
    later = database.with_migration(
        tmp_path,
        'op.add_column("chats", sa.Column("colour", sa.String(), nullable=True))\n'
        'op.execute("DELETE FROM chat_messages")\n'
        'raise RuntimeError("in the middle")',
    )
    with pytest.raises(SystemExit):
        later.upgrade()
    assert (database.version, database.rows) == (HEAD, talk)
    with database.connect() as connection:
        assert "colour" not in {column["name"] for column in inspect(connection).get_columns("chats")}


@pytest.mark.postgresql
def test_a_migration_of_postgresql_waits_for_another_one(database):
    lock = re.search(r"ADVISORY_LOCK = ([\d_]+)", (MIGRATIONS / "env.py").read_text())
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as threads, database.connect() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(lock[1])})
        upgrading = threads.submit(database.upgrade)
        wait_until(lambda: other.scalar(waiting), 10, "the migration to wait")
        assert not upgrading.done()
        other.rollback()
        upgrading.result(10)
    assert database.version == HEAD


@pytest.mark.both_engines
def test_two_upgrades_at_once_run_one_after_the_other(database, settings):
    command = [sys.executable, "-m", "flask", "--app", "chatweb.app", "db", "upgrade"]
    variables = os.environ | environment(settings, 0)
    both = [
        subprocess.Popen(
            command, cwd=CHECKOUT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert database.version == HEAD
    assert database.tables == OURS | {"alembic_version"}
