"""Guessing a password from ever other addresses."""

import dataclasses
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from chatweb.domain import guesses
from chatweb.models import Guess, utc_now
from tests.people import Visitor
from tests.web.reading import problems
from tests.web.talking import at_once

WRONG = "wrong"
NEW_PASSWORD = "quite another passphrase"


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, rate_limits=True)


@pytest.fixture
def clock(monkeypatch):
    """`clock(seconds)` lets so much time pass."""
    passed = [timedelta()]
    monkeypatch.setattr(guesses, "utc_now", lambda: utc_now() + passed[0])

    def run(seconds):
        passed[0] += timedelta(seconds=seconds)

    return run


@pytest.fixture
def guess(app):
    """`guess("alice")` is the answer to a wrong password, each time from another address."""
    numbers = iter(range(1, 60_000))

    def run(identity="alice", password=WRONG):
        number = next(numbers)
        address = {"REMOTE_ADDR": f"192.0.{number // 250}.{number % 250}"}
        return Visitor(app).post("/login", {"identity": identity, "password": password}, environ_base=address)

    return run


@pytest.mark.both_engines
def test_from_the_tenth_on_waits_grow_and_the_hundredth_is_the_last(guess, clock, alice):
    for _ in range(10):
        assert guess().status_code == 422
    waits = []
    for _ in range(90):
        answer = guess()
        assert answer.status_code == 429
        waits.append(int(answer.headers["Retry-After"]))
        clock(waits[-1] - 1)
        assert guess(password=alice.password).status_code == 429, "not even the right one"
        clock(1)
        assert guess().status_code == 422
    assert waits[:8] == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert set(waits[7:]) == {3600}
    clock(365 * 24 * 3600)
    answer = guess(password=alice.password)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, False)
    assert problems(answer.text)[0].startswith("Too many wrong passwords.")


def test_its_owner_gets_in_where_they_have_been_before(app, guess, alice, bob):
    here = Visitor(app)
    here.sign_in(alice)
    here.sign_out()
    for _ in range(11):
        answer = guess()
    assert answer.status_code == 429
    assert here.sign_in(bob).status_code == 303
    here.sign_out()
    assert here.sign_in(alice).status_code == 303


def test_a_device_that_is_known_guesses_no_more_often(app, clock, alice, guess):
    here = Visitor(app)
    here.sign_in(alice)
    here.sign_out()
    for number in range(10):
        form = {"identity": "alice", "password": "wrong"}
        address = {"REMOTE_ADDR": f"192.0.2.{number}"}
        assert here.post("/login", form, environ_base=address).status_code == 422
    assert here.post("/login", form, environ_base={"REMOTE_ADDR": "192.0.2.99"}).status_code == 429
    assert guess().status_code == 422, "it counts for itself"


@pytest.mark.parametrize("cookie", ["made up", "e30.aa.bb", ""])
def test_a_forged_cookie_is_no_device(app, guess, alice, cookie):
    for _ in range(10):
        guess()
    visitor = Visitor(app)
    visitor.client.set_cookie("chatweb-device", cookie)
    assert visitor.sign_in(alice).status_code == 429


def test_the_right_password_begins_anew(guess, alice):
    for _ in range(3):
        for _ in range(9):
            assert guess().status_code == 422
        assert guess(password=alice.password).status_code == 303


def test_both_names_of_an_account_are_the_same_and_another_account_is_free(guess, alice, bob):
    for _ in range(5):
        guess("alice")
        guess(alice.email)
    assert guess("ALICE").status_code == 429
    assert guess(bob.username, bob.password).status_code == 303


def test_names_that_nobody_has_are_answered_alike_and_forgotten_after_a_day(guess, clock, alice, db_session):
    known, unknown = ([guess(name) for _ in range(11)] for name in ("alice", "nobody"))
    assert [one.status_code for one in known] == [one.status_code for one in unknown]
    assert [one.headers.get("Retry-After") for one in known] == [
        one.headers.get("Retry-After") for one in unknown
    ]
    clock(2 * 24 * 3600)
    guess("alice")
    assert db_session.scalars(select(Guess.user_id)).all() == [alice.id]


def test_a_new_password_begins_anew(app, guess, alice):
    for _ in range(11):
        guess()
    app.test_cli_runner().invoke(
        args=["user", "password", "alice", "--password-stdin"], input=f"{NEW_PASSWORD}\n"
    )
    assert guess(password=NEW_PASSWORD).status_code == 303


@pytest.mark.both_engines
def test_of_thirty_at_once_ten_are_judged(stored, alice, db_session):
    def work():
        try:
            stored(partial(guesses.count, whom=guesses.whom(alice.id, "", ""), user_id=alice.id))
        except guesses.Wait:
            return 0
        return 1

    assert sum(at_once([work] * 30)) == 10
    assert db_session.scalar(select(func.max(Guess.tries))) == 10
