"""The one door for writes."""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text

from chatweb.app import create_app
from chatweb.domain import messages
from chatweb.extensions import db
from chatweb.models import Message, User
from chatweb.store import read, store
from tests.db import rows
from tests.db.racing import all_at_once
from tests.fixtures.databases import close


class Oops(Exception):
    pass


@pytest.fixture
def names(db_session):
    """`names()` is who is in the database."""

    def look():
        db_session.rollback()
        return db_session.scalars(select(User.username).order_by(User.id)).all()

    return look


def add_dora(session):
    return rows.add(session, User, rows.user("dora"))


@pytest.mark.both_engines
def test_what_the_work_returned_comes_back_once_it_is_stored(stored, names):
    assert stored(add_dora) > 0
    assert names() == ["dora"]


@pytest.mark.both_engines
@pytest.mark.parametrize("problem", [Oops, KeyboardInterrupt, SystemExit])
def test_what_the_work_raises_passes_through_and_leaves_nothing(stored, names, problem):
    def work(session):
        add_dora(session)
        raise problem

    with pytest.raises(problem):
        stored(work)
    assert names() == []
    assert stored(add_dora)
    assert names() == ["dora"]


@pytest.mark.both_engines
def test_work_that_failed_inside_the_database_leaves_nothing_and_the_door_open(stored, names):
    def work(session):
        add_dora(session)
        session.execute(text("SELECT no_such_column FROM users"))

    with pytest.raises(Exception, match="no_such_column"):
        stored(work)
    assert names() == []
    assert stored(add_dora)


@pytest.mark.both_engines
def test_a_read_left_open_in_the_same_session_neither_hinders_a_write_nor_hides_it(app, names):
    with app.app_context():
        assert db.session.scalars(select(User.id)).all() == []
        assert db.session().in_transaction()
        assert store(add_dora)
        assert not db.session().in_transaction()
        assert len(db.session.scalars(select(User.id)).all()) == 1


@pytest.mark.both_engines
def test_a_read_left_open_elsewhere_does_not_hinder_a_write(stored, db_session):
    assert db_session.scalar(select(func.count()).select_from(User)) == 0
    assert stored(add_dora)
    db_session.rollback()
    assert db_session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.both_engines
def test_what_was_changed_and_not_stored_does_not_slip_in_with_the_next_write(app, names):
    with app.app_context():
        add_dora(db.session())
        store(lambda session: rows.add(session, User, rows.user("emil")))
    assert names() == ["emil"]


@pytest.mark.both_engines
def test_a_read_finds_what_is_stored_and_leaves_nothing_open(app, db_session):
    def count(session):
        return session.scalar(select(func.count()).select_from(User))

    with app.app_context():
        assert read(count) == 0
        store(add_dora)
        assert read(count) == 1
        db_session.execute(delete(User))
        assert read(count) == 1
        db_session.commit()
        assert read(count) == 0
        assert not db.session().in_transaction()


@pytest.mark.both_engines
def test_a_read_that_fails_passes_its_problem_through_and_the_next_one_works(app):
    def work(session):
        session.execute(text("SELECT no_such_column FROM users"))

    with app.app_context():
        for _ in range(3):
            with pytest.raises(Exception, match="no_such_column"):
                read(work)
        assert read(lambda session: session.scalar(select(func.count()).select_from(User))) == 0


@pytest.mark.both_engines
def test_reads_at_once_do_not_get_in_each_others_way(app, stored):
    stored(add_dora)
    meeting = threading.Barrier(8)

    def work(session):
        meeting.wait(10)
        return session.scalar(select(User.username))

    assert all_at_once(app, [lambda: read(work)] * 8) == ["dora"] * 8


@pytest.mark.both_engines
def test_one_write_inside_another_is_refused_at_once(stored, names):
    with pytest.raises(RuntimeError, match=r"store\(\) inside store\(\)"):
        stored(lambda session: (add_dora(session), stored(add_dora)))
    assert names() == []
    assert stored(add_dora)


def test_sqlite_keeps_what_it_acknowledged_and_watches_its_keys(settings):
    wanted = {"foreign_keys": 1, "busy_timeout": 5_000, "journal_mode": "wal", "synchronous": 2}

    def look(session):
        return {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted}

    # That of the fixtures does not wait for the disk.
    app = create_app(settings)
    with app.app_context():
        assert store(look) == wanted
    close(app)


def test_every_connection_of_the_pool_is_set_up_alike(app):
    with app.app_context():
        connections = [db.engine.connect() for _ in range(3)]
        for connection in connections:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            connection.close()


def test_a_write_takes_the_lock_when_it_begins(settings, stored):
    path = settings.database_url.removeprefix("sqlite:///")

    def work(session):
        with closing(sqlite3.connect(path, timeout=0)) as other:
            other.execute("BEGIN")
            assert other.execute("SELECT count(*) FROM users").fetchone() == (0,)
            other.rollback()
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")

    stored(work)


def test_only_writes_take_the_lock(app, begun):
    with app.app_context():
        db.session.scalars(select(User.id)).all()
        db.session.rollback()
        store(add_dora)
        db.session.scalars(select(User.id)).all()
    assert begun == ["BEGIN", "BEGIN IMMEDIATE", "BEGIN"]


def test_in_one_process_a_second_writer_waits_outside_of_sqlite(app, begun):
    def work(_session):
        # Time itself: while this one holds the lock, for a while no other may begin.
        deadline = time.monotonic() + 0.3
        while len(begun) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(begun)

    assert min(all_at_once(app, [lambda: store(work)] * 2)) == 1


def test_a_message_answered_with_success_is_in_the_file(settings, send, tmp_path):
    sent = send("hello").message
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as other:
        assert other.execute("SELECT id, body FROM chat_messages").fetchall() == [(sent.id, "hello")]


def test_a_key_that_fails_late_burns_no_revision(app, stored, chat, db_session):
    def work(session):
        messages.send(session, chat, rows.new_key(), "hello")
        raise Oops

    with pytest.raises(Oops):
        stored(work)
    assert db_session.scalar(select(func.count()).select_from(Message)) == 0
    assert stored(lambda session: messages.send(session, chat, rows.new_key(), "hi")).message.revision == 1
