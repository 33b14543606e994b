"""Passkeys as the first or the second step of a sign-in."""

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb.domain import challenges
from chatweb.models import HalfSignIn, SignIn, User, utc_now
from chatweb.web import passkey_asking
from tests import authenticator
from tests.authenticator import (
    PRESENT,
    SIGN_IN,
    add_passkey,
    begin_sign_in,
    is_in,
    listed,
    step,
)
from tests.people import Visitor
from tests.second_step import first_step
from tests.web.reading import elements, problems
from tests.web.talking import at_once, same_browser


@pytest.mark.both_engines
def test_it_signs_in_alone(app, alice, passkey):
    visitor = Visitor(app)
    options = begin_sign_in(visitor, alone="", next="/settings", remember="1")
    assert (options["allowCredentials"], options["userVerification"]) == ([], "required")
    answer = step(visitor, passkey.signed(options), next="/settings")
    assert (answer.status_code, answer.location) == (303, "/settings")
    assert "Expires=" in answer.headers["Set-Cookie"]
    assert is_in(visitor)


@pytest.mark.both_engines
def test_it_is_the_second_step(app, as_alice, alice, passkey):
    visitor = Visitor(app)
    first_step(visitor, alice, remember="1")
    page = visitor.get("/login/code").text
    assert "Use one of your passkeys." in page
    assert not [one for one in elements(page) if one.attributes.get("name") == "code"]
    options = begin_sign_in(visitor)
    assert len(options["allowCredentials"]) == 1
    answer = step(visitor, passkey.signed(options, handle=None))
    assert "Expires=" in answer.headers["Set-Cookie"]
    assert is_in(visitor)
    assert "last used" in listed(as_alice)[0]


def test_one_that_does_not_count_its_uses_is_as_good(app, as_alice):
    passkey = add_passkey(as_alice, count=None)
    for _ in range(2):
        visitor = Visitor(app)
        assert step(visitor, passkey.signed(begin_sign_in(visitor, alone=""))).status_code == 303


BAD = {
    "another origin": {"origin": "https://evil.example"},
    "another port": {"origin": "http://localhost:81"},
    "another site": {"site": "evil.example"},
    "another challenge": {"challenge": "x" * 43},
    "for another purpose": {"kind": "webauthn.create"},
    "nobody verified": {"flags": PRESENT},
    "nobody there": {"flags": 0},
    "another owner": {"handle": b"999"},
    "no owner": {"handle": None},
}


@pytest.mark.parametrize("wrong", BAD.values(), ids=BAD)
def test_a_bad_answer_is_refused(app, passkey, wrong):
    visitor = Visitor(app)
    answer = step(visitor, passkey.signed(begin_sign_in(visitor, alone=""), **wrong))
    assert answer.status_code == 400
    assert problems(answer.text) == ["This passkey was not accepted, or it took too long. Try again."]
    assert not is_in(visitor)


def test_an_answer_is_good_once(app, as_alice):
    passkey = add_passkey(as_alice, count=None)
    visitor = Visitor(app)
    credential = passkey.signed(begin_sign_in(visitor, alone=""))
    thief = same_browser(app, visitor)
    assert step(visitor, credential).status_code == 303
    assert step(thief, credential).status_code == 400
    assert not is_in(thief)


@pytest.mark.both_engines
def test_an_answer_that_ten_bring_at_once_lets_one_in(app, as_alice, count):
    passkey = add_passkey(as_alice, count=None)
    visitor, before = Visitor(app), count(SignIn)
    credential = passkey.signed(begin_sign_in(visitor, alone=""))
    tabs = [same_browser(app, visitor) for _ in range(10)]
    answers = at_once([lambda tab=tab: step(tab, credential) for tab in tabs])
    assert sorted(answer.status_code for answer in answers) == [303, *[400] * 9]
    assert count(SignIn) == before + 1


def test_an_answer_is_good_in_the_browser_that_was_asked_only(app, passkey):
    asked, other = Visitor(app), Visitor(app)
    credential = passkey.signed(begin_sign_in(asked, alone=""))
    begin_sign_in(other, alone="")
    assert step(other, credential).status_code == 400
    assert step(Visitor(app), credential).status_code == 400


def test_an_answer_after_five_minutes_is_too_late(app, passkey, stored, monkeypatch):
    visitor = Visitor(app)
    credential = passkey.signed(begin_sign_in(visitor, alone=""))
    late = utc_now() + timedelta(minutes=5)
    monkeypatch.setattr(challenges, "utc_now", lambda: late)
    assert step(visitor, credential).status_code == 400


def test_a_copy_that_counted_less_is_refused(app, as_alice, passkey):
    visitor = Visitor(app)
    passkey.count = 5
    assert step(visitor, passkey.signed(begin_sign_in(visitor, alone=""))).status_code == 303
    passkey.count = 2
    assert step(visitor, passkey.signed(begin_sign_in(visitor, alone=""))).status_code == 400


def test_an_unknown_one_is_refused_and_so_is_another_signature(app, passkey):
    stranger = authenticator.Passkey()
    stranger.handle = passkey.handle
    for id_ in (stranger.id, passkey.id):
        stranger.id = id_
        visitor = Visitor(app)
        assert step(visitor, stranger.signed(begin_sign_in(visitor, alone=""))).status_code == 400


@pytest.mark.parametrize(
    "answer", ["", "x", "[]", "{}", "null", '{"id": 1}', "[" * 50_000, "\x00", '{"id": "é"}']
)
def test_what_is_no_answer_is_refused(app, passkey, answer):
    visitor = Visitor(app)
    begin_sign_in(visitor, alone="")
    assert step(visitor, answer).status_code == 400


def test_another_persons_passkey_is_no_second_step(app, as_bob, alice, passkey):
    his = add_passkey(as_bob)
    visitor = Visitor(app)
    first_step(visitor, alice)
    assert step(visitor, his.signed(begin_sign_in(visitor))).status_code == 400
    assert not is_in(visitor)


def test_who_was_deactivated_is_not_let_in(app, passkey, stored):
    visitor = Visitor(app)
    options = begin_sign_in(visitor, alone="")
    stored(lambda session: session.execute(update(User).values(is_active=False)))
    assert step(visitor, passkey.signed(options)).status_code == 400


def test_a_step_that_took_too_long_begins_again(app, alice, passkey, stored):
    visitor = Visitor(app)
    first_step(visitor, alice)
    options = begin_sign_in(visitor)
    stored(lambda session: session.execute(update(HalfSignIn).values(expires_at=utc_now())))
    assert visitor.get(SIGN_IN).location == "/login"
    assert step(visitor, passkey.signed(options)).location == "/login"
    assert visitor.post(f"{SIGN_IN}/begin").location == "/login"


@pytest.mark.parametrize(
    ("address", "name", "origin"),
    [
        (None, "localhost", "http://localhost"),
        ("https://chat.example.org", "chat.example.org", "https://chat.example.org"),
        ("https://chat.example.org:443", "chat.example.org", "https://chat.example.org"),
        ("https://chat.example.org:8443", "chat.example.org", "https://chat.example.org:8443"),
        ("http://chat.example.org", None, None),
        ("http://10.0.0.7:8000", None, None),
        ("https://[2001:db8::1]", None, None),
    ],
)
def test_passkeys_are_for_the_address_that_people_type(app, visitor, address, name, origin):
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], public_url=address)
    with app.test_request_context("/login"):
        site = passkey_asking.site()
    assert (site and tuple(site)) == (name and (name, origin))


def test_what_a_browser_is_asked_holds_nothing_that_lets_in(app, alice, passkey):
    options = json.dumps(begin_sign_in(Visitor(app), alone=""))
    assert "alice" not in options
