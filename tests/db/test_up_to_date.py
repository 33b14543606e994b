"""What `chatweb serve` does about the schema before it serves."""

import dataclasses

import click
import pytest
from sqlalchemy import text

from chatweb.app import create_app
from chatweb.schema import bring_up_to_date
from tests.db.migrating import HEAD, Database
from tests.fixtures.databases import close


@pytest.fixture
def empty(settings, empty_database_url):
    """An instance whose database has no table yet."""
    app = create_app(dataclasses.replace(settings, database_url=empty_database_url))
    yield app
    close(app)


def serve(app):
    with app.app_context():
        bring_up_to_date(app.config["SETTINGS"])


def refusal(app):
    with pytest.raises(click.ClickException) as refused:
        serve(app)
    message = refused.value.format_message()
    assert "\n" not in message
    return message


def test_an_empty_sqlite_database_is_migrated(empty):
    serve(empty)
    assert Database(empty).version == HEAD
    Database(empty).check()


def test_making_the_app_alone_never_migrates(empty):
    assert Database(empty).tables == set()


@pytest.mark.both_engines
def test_a_database_at_the_newest_migration_is_left_alone(app):
    serve(app)
    assert Database(app).version == HEAD


@pytest.mark.both_engines
def test_a_database_newer_than_the_code_is_told_in_one_line(empty):
    Database(empty).upgrade()
    with Database(empty).connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    told = refusal(empty)
    assert "9999" in told
    assert "newer" in told


@pytest.mark.postgresql
def test_an_empty_postgresql_is_refused_with_the_command_to_run(empty):
    assert "flask db upgrade" in refusal(empty)
    assert Database(empty).tables == set()


@pytest.mark.postgresql
def test_an_old_postgresql_is_refused_with_the_command_to_run(empty):
    Database(empty).upgrade()
    Database(empty).downgrade("base")
    assert "flask db upgrade" in refusal(empty)
    Database(empty).upgrade()
    serve(empty)


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/chatweb.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"]
)
def test_a_database_that_cannot_be_reached_is_told_in_one_line(settings, url):
    app = create_app(dataclasses.replace(settings, database_url=url))
    assert "database" in refusal(app)
    close(app)
