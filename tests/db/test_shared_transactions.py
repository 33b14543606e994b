"""Writes that come while another is on its way to disk share the next transaction of SQLite."""

import threading
from functools import partial

import pytest
from sqlalchemy import func, select

from chatweb.extensions import db
from chatweb.models import User
from chatweb.store import _sqlite, store
from tests.db import rows
from tests.db.racing import all_at_once
from tests.servers import wait_until


class Oops(Exception):
    pass


def add(name):
    def work(session):
        rows.add(session, User, rows.user(name))
        return name, session.scalar(select(func.count()).select_from(User))

    return work


@pytest.fixture
def together(app):
    """`together(works)` stores them in threads, all but the first while the first one is still at work."""

    def run(works):
        with app.app_context():
            transactions = _sqlite[db.engine]
        entered = threading.Event()

        def first(_session):
            entered.set()
            wait_until(lambda: len(transactions._waiting) == len(works), 10, "the others to queue up")

        def later(work):
            entered.wait(10)
            return store(work)

        jobs = [lambda: store(first), *(partial(later, work) for work in works)]
        return all_at_once(app, jobs)[1:]

    return run


def test_they_are_stored_at_once_and_everybody_gets_the_own_answer(together, db_session, begun):
    names = [f"name{number}" for number in range(8)]
    answers = together([add(name) for name in names])
    assert [answer[0] for answer in answers] == names
    assert sorted(answer[1] for answer in answers) == list(range(1, 9))
    assert begun.count("BEGIN IMMEDIATE") == 2
    assert sorted(db_session.scalars(select(User.username))) == names


def test_one_that_fails_costs_only_itself(together, db_session):
    def fail(session):
        add("nobody")(session)
        raise Oops

    answers = together([add("dora"), fail, add("emil"), fail, add("fritz")])
    assert [isinstance(answer, Oops) for answer in answers] == [False, True, False, True, False]
    assert [answers[index][0] for index in (0, 2, 4)] == ["dora", "emil", "fritz"]
    assert sorted(db_session.scalars(select(User.username))) == ["dora", "emil", "fritz"]


def test_a_clash_inside_one_transaction_is_told_to_the_later_one_only(together, db_session):
    def clash(session):
        if session.scalar(select(User.id).where(User.username == "dora")):
            raise Oops
        return add("dora")(session)

    answers = together([clash, clash, add("emil")])
    assert sorted(isinstance(answer, Oops) for answer in answers) == [False, False, True]
    assert sorted(db_session.scalars(select(User.username))) == ["dora", "emil"]
