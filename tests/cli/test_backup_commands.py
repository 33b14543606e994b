"""`flask backup` and `flask restore`: a copy of a database in use, whole or not there at all."""

import dataclasses
import os
import resource
import sqlite3
import subprocess
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from chatweb.app import create_app
from chatweb.domain import audit
from chatweb.domain.audit import Actor
from chatweb.extensions import db
from chatweb.models import Message
from tests.fixtures.databases import close
from tests.people import Visitor
from tests.senders import Senders
from tests.servers import wait_until
from tests.web.reading import bodies


@pytest.fixture
def flask(app):
    return lambda *words: app.test_cli_runner().invoke(args=[str(word) for word in words])


@pytest.fixture
def elsewhere(settings, tmp_path):
    """The application with the same key on another computer, where there is no database yet."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    path = folder / "chatweb.db"
    app = create_app(dataclasses.replace(settings, data_dir=folder, database_url=f"sqlite:///{path}"))
    app.testing = True
    app.extensions["post"].stop()
    yield app, path
    close(app)


def test_a_copy_made_while_people_send_has_all_that_was_acknowledged(
    server, as_alice, as_bob, alice, chat, stored, flask, elsewhere, tmp_path
):
    stored(lambda session: audit.record(session, Actor(7, "dana"), "chat_read", {"count": 1}))
    copy = tmp_path / "copy.db"
    with Senders(server.url, (as_alice, as_bob), chat.topic) as senders:
        wait_until(lambda: len(senders.acknowledged) > 100, 30, "messages to be sent")
        before = list(senders.acknowledged)
        result = flask("backup", copy)
        assert (result.exit_code, result.stderr) == (0, "")
        assert len(senders.acknowledged) > len(before), "people send on meanwhile"
    assert result.output.startswith(f"{copy}: {copy.stat().st_size:,} bytes, checked.")
    assert (copy.stat().st_mode & 0o777, senders.refused) == (0o600, [])

    there, path = elsewhere
    restored = there.test_cli_runner().invoke(args=["restore", str(copy)])
    assert (restored.exit_code, restored.stderr) == (0, "")
    assert there.test_cli_runner().invoke(args=["audit", "verify"]).output.startswith("The chain holds. 1 ")
    with there.app_context():
        kept = db.session.execute(select(Message.key, Message.revision).order_by(Message.id)).all()
        db.session.remove()
    assert {key for key, _ in kept} >= set(before)
    assert [revision for _, revision in kept] == list(range(1, len(kept) + 1))
    visitor = Visitor(there)
    assert visitor.sign_in(alice).status_code == 303
    shown = bodies(visitor.get(f"/chats/{chat.topic}").text)
    assert shown
    assert {f"text {key}" for key, _ in kept} >= set(shown)
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(".")] == []


def test_nothing_of_a_text_that_was_deleted_is_in_the_copy(talk, alice, stored, flask, tmp_path):
    talk.says(alice, *(f"a secret number {number} " * 50 for number in range(50)))
    stored(lambda session: session.query(Message).delete())
    assert flask("backup", tmp_path / "copy.db").exit_code == 0
    assert b"a secret number" not in (tmp_path / "copy.db").read_bytes()


def test_no_file_is_replaced(flask, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("mine")
    result = flask("backup", taken)
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {taken} is there already; nothing is overwritten.\n",
    )
    assert taken.read_text() == "mine"


def test_a_database_in_place_is_not_replaced_nor_what_is_left_of_one(flask, elsewhere, settings, tmp_path):
    copy = tmp_path / "copy.db"
    flask("backup", copy)
    present = settings.database_url.removeprefix("sqlite:///")
    content = Path(present).read_bytes()
    assert flask("restore", copy).stderr == (
        f"Error: {present} is there. Stop the server and move {present}* away; then once more.\n"
    )
    assert Path(present).read_bytes() == content

    there, path = elsewhere
    for left in (Path(f"{path}-wal"), Path(f"{path}-journal")):
        left.touch()
        assert f"{left} is there." in there.test_cli_runner().invoke(args=["restore", str(copy)]).stderr
        assert not path.exists()
        left.unlink()


@pytest.mark.parametrize("content", [b"", b"x" * 10_000, b"SQLite format 3\x00" + b"x" * 10_000])
def test_what_is_no_backup_is_not_restored(elsewhere, tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    there, path = elsewhere
    result = there.test_cli_runner().invoke(args=["restore", str(tmp_path / "other")])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert list(path.parent.iterdir()) == []


def test_a_damaged_backup_is_not_restored(flask, elsewhere, tmp_path):
    copy = tmp_path / "copy.db"
    flask("backup", copy)
    with closing(sqlite3.connect(copy)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'users'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    whole = copy.read_bytes()
    copy.write_bytes(whole[: (page - 1) * size] + b"\xff" * size + whole[page * size :])
    there, path = elsewhere
    result = there.test_cli_runner().invoke(args=["restore", str(copy)])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert list(path.parent.iterdir()) == []


def test_a_copy_for_which_there_is_no_room_leaves_nothing_behind(flask, talk, alice, tmp_path):
    talk.says(alice, *("x" * 9_000 for _ in range(100)))
    folder = tmp_path / "small"
    folder.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        result = flask("backup", folder / "copy.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert list(folder.iterdir()) == []


@pytest.mark.postgresql
@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_postgresql_has_tools_of_its_own(flask, tmp_path, command, tool):
    result = flask(command, tmp_path / "copy")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: The messages are in PostgreSQL. Use {tool} ")
    assert not (tmp_path / "copy").exists()


@pytest.mark.postgresql
def test_what_it_says_about_postgresql_works_while_people_send(
    server, as_alice, as_bob, chat, stored, flask, settings, postgres, tmp_path
):
    stored(lambda session: audit.record(session, Actor(7, "dana"), "chat_read", {"count": 1}))
    there = postgres.create(f"restored_{uuid.uuid4().hex}")

    def follow(command, url):
        words = flask(command, "FILE").stderr.partition(" Use ")[2].partition(", into")[0]
        own = {"CHATWEB_DATABASE_URL": url.replace("+psycopg", "")}
        path = f"{postgres.programs}:{os.environ['PATH']}"
        subprocess.run(words, shell=True, cwd=tmp_path, env=os.environ | own | {"PATH": path}, check=True)  # noqa: S602

    with Senders(server.url, (as_alice, as_bob), chat.topic) as senders:
        wait_until(lambda: len(senders.acknowledged) > 100, 30, "messages to be sent")
        before = list(senders.acknowledged)
        follow("backup", settings.database_url)
        assert len(senders.acknowledged) > len(before), "people send on meanwhile"
    follow("restore", there)
    app = create_app(dataclasses.replace(settings, database_url=there))
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).output.startswith("The chain holds. 1 ")
    with app.app_context():
        assert set(db.session.scalars(select(Message.key))) >= set(before)
    close(app)
