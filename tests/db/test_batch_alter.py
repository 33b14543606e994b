"""SQLite alters a table by copying and dropping it. That must not cost a single row."""

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from chatweb import demo
from chatweb.store import store
from tests.db.migrating import HEAD, Database

ALTER_USERS = """
with op.batch_alter_table("users", recreate="always") as batch:
    batch.add_column(sa.Column("nickname", sa.String(), nullable=False, server_default="none"))
    batch.drop_constraint(op.f("ck_users_role"), type_="check")
    batch.create_check_constraint(op.f("ck_users_role"), "role IN ('user', 'guest', 'admin')")
"""
RESTORE_USERS = """
with op.batch_alter_table("users", recreate="always") as batch:
    batch.drop_column("nickname")
    batch.drop_constraint(op.f("ck_users_role"), type_="check")
    batch.create_check_constraint(op.f("ck_users_role"), "role IN ('user', 'moderator', 'auditor', 'admin')")
"""
ALTER_CHATS = """
with op.batch_alter_table("chats", recreate="always") as batch:
    batch.alter_column("topic", existing_type=sa.String(), type_=sa.Text())
    batch.create_unique_constraint("uq_chats_topic_revision", ["topic", "revision"])
"""
RESTORE_CHATS = """
with op.batch_alter_table("chats", recreate="always") as batch:
    batch.alter_column("topic", existing_type=sa.Text(), type_=sa.String())
    batch.drop_constraint("uq_chats_topic_revision", type_="unique")
"""


@pytest.fixture
def database(app):
    """A database of people and conversations."""
    with app.app_context():
        store(demo.fill)
    return Database(app)


@pytest.fixture
def before(database):
    return database.rows


def shape(database):
    """Every key, constraint and index of every table."""
    with database.connect() as connection:
        schema = inspect(connection)
        looks = (
            schema.get_foreign_keys,
            schema.get_unique_constraints,
            schema.get_check_constraints,
            schema.get_indexes,
        )
        return {
            (look.__name__, table): sorted(map(comparable, look(table)), key=lambda one: one["name"])
            for table in schema.get_table_names()
            for look in looks
        }


def comparable(found):
    """The same, with the condition of a partial index as its words."""
    options = {name: str(value) for name, value in found.get("dialect_options", {}).items()}
    return {**found, "dialect_options": options}


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "what_changes"),
    [
        (ALTER_USERS, RESTORE_USERS, ("get_check_constraints", "users")),
        (ALTER_CHATS, RESTORE_CHATS, ("get_unique_constraints", "chats")),
    ],
    ids=["users", "chats"],
)
def test_a_batch_alter_there_and_back_loses_no_row_no_key_and_no_check(
    database, before, tmp_path, upgrade, downgrade, what_changes
):
    later, first_shape = database.with_migration(tmp_path, upgrade, downgrade), shape(database)
    assert all(before[table] for table in ("users", "chats", "chat_members", "chat_messages"))
    later.upgrade()
    assert (later.version, later.rows) == ("test", before)
    altered = {key for key, found in shape(later).items() if found != first_shape[key]}
    assert altered == {what_changes}
    later.downgrade(HEAD)
    assert (later.version, later.rows, shape(later)) == (HEAD, before, first_shape)
    database.check()


def test_a_batch_alter_really_alters(database, before, tmp_path):
    later = database.with_migration(tmp_path, ALTER_USERS)
    later.upgrade()
    with later.connect() as connection:
        connection.exec_driver_sql("UPDATE users SET role = 'guest' WHERE id = 1")
        assert set(connection.exec_driver_sql("SELECT nickname FROM users").scalars()) == {"none"}
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql("UPDATE users SET role = 'owner' WHERE id = 1")


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM users WHERE username = 'jonas'",
        "DELETE FROM chats",
        "UPDATE chat_messages SET sender_id = 77",
    ],
)
def test_a_migration_that_would_leave_rows_pointing_nowhere_is_refused(
    database, before, tmp_path, caplog, harm
):
    later = database.with_migration(tmp_path, f'op.execute("{harm}")')
    with pytest.raises(SystemExit):
        later.upgrade()
    assert "rows that point nowhere" in caplog.text
    assert (database.version, database.rows) == (HEAD, before)


@pytest.mark.parametrize("upgrade", ["pass", 'op.execute("DELETE FROM chats")'], ids=["done", "refused"])
def test_after_a_migration_the_keys_are_watched_again(database, tmp_path, upgrade):
    later = database.with_migration(tmp_path, upgrade)
    try:
        later.upgrade()
    except SystemExit:
        assert upgrade != "pass"
    with database.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
