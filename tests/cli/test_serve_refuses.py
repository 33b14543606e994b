"""`chatweb serve`, and other commands, on a database they must not touch: one line, nothing changed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.servers import CHECKOUT, environment, free_port


@pytest.fixture
def serve(settings):
    """`serve()` is what becomes of the command; it must end by itself."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CHATWEB_")}
    command = str(Path(sys.executable).with_name("chatweb"))

    def run(*words, **changed):
        variables = own | environment(settings, free_port()) | changed
        return subprocess.run(
            [command, *(words or ("serve",))],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=CHECKOUT,
            env=variables,
        )

    return run


def assert_one_line(result, words):
    assert result.returncode not in (0, None)
    (line,) = result.stderr.splitlines()
    assert words in line


def test_a_database_newer_than_the_code(app, stored, serve):
    stored(lambda session: session.execute(text("UPDATE alembic_version SET version_num = 'fromtomorrow'")))
    assert_one_line(serve(), "newer chatweb")


@pytest.mark.postgresql
def test_a_postgresql_that_was_not_upgraded(app, stored, serve):
    stored(lambda session: session.execute(text("DROP TABLE alembic_version")))
    assert_one_line(serve(), "Run: flask db upgrade")


def test_a_database_that_cannot_be_reached(serve):
    assert_one_line(serve(CHATWEB_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"), "cannot be opened")


def test_a_wrong_setting(serve):
    assert_one_line(serve(CHATWEB_REGISTRATION="maybe"), "CHATWEB_REGISTRATION: must be open or closed")


@pytest.mark.parametrize("words", [("user", "list"), ("demo",), ("chat", "list")])
def test_a_command_on_a_database_that_was_never_made(serve, words, tmp_path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert_one_line(serve(*words, CHATWEB_DATABASE_URL=url), "Run: flask db upgrade")


def test_a_command_without_its_database(serve):
    url = "postgresql://nobody@127.0.0.1:9/none"
    assert_one_line(serve("user", "list", CHATWEB_DATABASE_URL=url), "cannot be opened")
