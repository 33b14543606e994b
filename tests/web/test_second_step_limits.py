"""How often a second step may be tried: five times in five minutes, for each person."""

import dataclasses

import pytest

from chatweb.web import limits
from tests.authenticator import add_passkey, begin_sign_in
from tests.people import Visitor
from tests.second_step import first_step, set_up, shown, spare_code
from tests.web.reading import problems
from tests.web.talking import at_once, same_browser

CODE = "/login/code"


def step(visitor, code):
    return visitor.post(CODE, {"code": code})


@pytest.fixture
def secret(app, alice):
    """What alice's app makes its codes of."""
    return set_up(app, alice)


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, rate_limits=True)


def test_five_wrong_codes_and_it_takes_five_minutes(app, visitor, alice, secret):
    first_step(visitor, alice)
    spare = spare_code(app, alice.id)
    for number in range(5):
        wrong = {"code": "not one", "recovery": ""} if number % 2 else {"code": "000000"}
        assert visitor.post(CODE, wrong).status_code == 422
    for other in (visitor, Visitor(app)):
        if other is not visitor:
            first_step(other, alice)
        for code in (shown(secret), spare):
            answer = step(other, code)
            assert answer.status_code == 429
            assert 290 <= int(answer.headers["Retry-After"]) <= 301
            assert "Try again in" in problems(answer.text)[0]
    assert visitor.get("/chats").status_code == 303


def test_ten_at_once_are_not_judged_more_than_five_times(app, visitor, alice, secret):
    first_step(visitor, alice)
    assert visitor.csrf
    tabs = [same_browser(app, visitor) for _ in range(10)]
    answers = at_once([lambda tab=tab: step(tab, "000000") for tab in tabs])
    assert sorted(answer.status_code for answer in answers) == [*[422] * 5, *[429] * 5]


def guess(visitor, alice, times=5):
    """The status of each answer to a wrong code, after the right password."""
    first_step(visitor, alice)
    return [step(visitor, "000000").status_code for _ in range(times)]


def test_the_owner_is_told_by_mail_once_that_somebody_knows_the_password(
    app, visitor, alice, secret, deliver
):
    assert guess(visitor, alice, 4) == [422] * 4
    assert deliver() == []
    assert step(visitor, "000000").status_code == 422
    (mail,) = deliver()
    assert (mail["To"], mail["Subject"]) == (alice.email, "Somebody tried to sign in with your password")
    assert "five wrong codes" in mail.get_content()
    assert "/settings/account" in mail.get_content()
    assert guess(Visitor(app), alice) == [429] * 5
    assert deliver() == []


def test_the_owner_is_told_of_slow_guesses_too(app, visitor, alice, secret, deliver):
    assert guess(visitor, alice, 4) == [422] * 4
    with app.app_context():
        limits.forgive(limits.SECOND_STEP, f"{alice.id} ")  # as five minutes do
    assert deliver() == []
    assert guess(visitor, alice, 1) == [422]
    assert len(deliver()) == 1


def test_of_ten_at_once_one_is_told_of(app, visitor, alice, secret, deliver):
    first_step(visitor, alice)
    assert visitor.csrf
    tabs = [same_browser(app, visitor) for _ in range(10)]
    at_once([lambda tab=tab: step(tab, "000000") for tab in tabs])
    assert len(deliver()) == 1


def test_after_a_right_one_the_next_lock_is_told_of_again(app, as_alice, alice, secret, deliver):
    as_alice.sign_out()
    guess(Visitor(app), alice)
    assert len(deliver()) == 1
    first_step(as_alice, alice)
    assert step(as_alice, shown(secret)).status_code == 303
    as_alice.sign_out()
    guess(as_alice, alice)
    assert len(deliver()) == 1


def test_strangers_do_not_keep_the_owner_out_where_they_were_before(app, as_alice, alice, secret):
    as_alice.sign_out()
    assert guess(Visitor(app), alice) == [422] * 5
    assert guess(Visitor(app), alice) == [429] * 5
    first_step(as_alice, alice)
    assert step(as_alice, shown(secret)).status_code == 303
    assert guess(Visitor(app), alice) == [429] * 5


def test_where_they_were_before_there_is_an_end_as_well(as_alice, alice, secret):
    as_alice.sign_out()
    assert guess(as_alice, alice, 6) == [*[422] * 5, 429]


def test_a_passkey_lets_its_owner_in_all_the_time(app, as_alice, alice, secret):
    passkey = add_passkey(as_alice)
    assert guess(Visitor(app), alice, 6)[-1] == 429
    browser = Visitor(app)
    first_step(browser, alice)
    credential = passkey.signed(begin_sign_in(browser))
    assert browser.post("/login/passkey", {"credential": credential}).status_code == 303
    assert browser.get("/chats").status_code == 200


def test_nobody_elses_and_a_right_one_forgives(app, alice, bob, secret):
    visitor, his = Visitor(app), set_up(app, bob)
    for _ in range(2):
        first_step(visitor, alice)
        for _ in range(4):
            step(visitor, "000000")
        assert step(visitor, spare_code(app, alice.id)).status_code == 303
        visitor = Visitor(app)
    first_step(visitor, bob)
    assert step(visitor, shown(his)).status_code == 303
