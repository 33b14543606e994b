"""How often a second step may be tried: five times in five minutes, for each person."""

import dataclasses

import pytest

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
