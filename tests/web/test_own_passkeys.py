"""Somebody's own passkeys: made, named, listed and removed."""

import dataclasses

import pytest
from sqlalchemy import update

from chatweb.domain import factors
from chatweb.domain.refusals import NotFound
from chatweb.models import Challenge, Passkey, RecoveryCode, SignIn
from chatweb.models.base import EPOCH
from tests import authenticator
from tests.authenticator import (
    ADD,
    NEW,
    PRESENT,
    SIGN_IN,
    add_passkey,
    begin_passkey,
    begin_sign_in,
    is_in,
    listed,
    step,
)
from tests.people import PASSWORD, Visitor
from tests.second_step import SECOND_STEP, first_step, set_up, shown
from tests.web.reading import by_class, elements, problems


@pytest.mark.both_engines
def test_a_passkey_is_made_named_listed_and_told_of(as_alice, count, deliver, db_session, sign_in, alice):
    other = sign_in(alice)
    options = begin_passkey(as_alice)
    assert (options["rp"]["id"], options["user"]["name"]) == ("localhost", "alice")
    assert options["authenticatorSelection"]["userVerification"] == "required"
    passkey = authenticator.Passkey()
    form = {"credential": passkey.made(options), "display_name": "  Key on my   ring "}
    page = as_alice.post(NEW, form)
    assert page.status_code == 200
    assert (len(by_class(page.text, "codes__code")), count(RecoveryCode)) == (10, 10)
    assert not is_in(other), "it came in without"
    (line,) = listed(as_alice)
    assert line.startswith("Key on my ring added ")
    assert [mail["Subject"] for mail in deliver()] == ["A passkey was added"]
    assert [one["id"] for one in begin_passkey(as_alice)["excludeCredentials"]]
    db_session.rollback()
    assert db_session.query(Passkey.credential_id).one() == (passkey.id,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"flags": PRESENT},
        {"challenge": "x" * 43},
        {"kind": "webauthn.get"},
    ],
    ids=str,
)
def test_a_bad_passkey_is_not_kept(as_alice, count, wrong):
    form = {
        "credential": authenticator.Passkey().made(begin_passkey(as_alice), **wrong),
        "display_name": "Phone",
    }
    assert as_alice.post(NEW, form).status_code == 400
    assert count(Passkey) == 0


def test_a_passkey_is_kept_once_and_for_one_person(as_alice, as_bob, passkey, count):
    for visitor in (as_alice, as_bob):
        form = {"credential": passkey.made(begin_passkey(visitor)), "display_name": "Copy"}
        assert visitor.post(NEW, form).status_code == 400
    assert count(Passkey) == 1


def test_what_one_was_asked_another_cannot_answer(app, as_alice, as_bob, count):
    credential = authenticator.Passkey().made(begin_passkey(as_alice))
    with as_alice.client.session_transaction() as hers, as_bob.client.session_transaction() as his:
        his["challenge"] = hers["challenge"]
    assert as_bob.post(NEW, {"credential": credential, "display_name": "Phone"}).status_code == 400
    assert count(Passkey) == 0


def test_long_after_the_password_it_is_asked_for(as_alice, passkey, stored, count):
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    remove = f"{SECOND_STEP}/passkeys/1/remove"
    for path in (ADD, remove):
        for password in ("", "wrong"):
            assert as_alice.post(path, {"password": password}).status_code == 422
    assert as_alice.get(NEW).location == ADD
    assert (count(Passkey), count(Challenge)) == (1, 0)
    assert as_alice.post(remove, {"password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(as_alice, count, name):
    credential = authenticator.Passkey().made(begin_passkey(as_alice))
    answer = as_alice.post(NEW, {"credential": credential, "display_name": name})
    assert (answer.status_code, len(problems(answer.text)), count(Passkey)) == (422, 1, 0)


@pytest.mark.both_engines
def test_removed_it_lets_nobody_in_and_the_last_one_takes_the_codes_along(
    app, as_alice, alice, passkey, count, deliver
):
    add_passkey(as_alice, "Second")
    deliver()
    visitor = Visitor(app)
    options = begin_sign_in(visitor, alone="")
    first, second = (
        one.attributes["href"]
        for one in elements(as_alice.get(SECOND_STEP).text)
        if (one.attributes.get("href") or "").endswith("/remove")
    )
    assert "Phone" in as_alice.get(first).text
    assert as_alice.post(first).location == f"{SECOND_STEP}?done=passkey-off"
    assert step(visitor, passkey.signed(options)).status_code == 400
    assert count(RecoveryCode) == 10
    as_alice.post(second)
    assert (count(Passkey), count(RecoveryCode)) == (0, 0)
    assert Visitor(app).sign_in(alice).location == "/chats"
    assert [mail["Subject"] for mail in deliver()] == ["A passkey was removed"] * 2


def test_nobody_removes_another_persons(as_bob, passkey, count):
    for method in (as_bob.get, as_bob.post):
        answers = [method(f"{SECOND_STEP}/passkeys/{id_}/remove") for id_ in (1, 2**31 - 1)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].data == answers[1].data
    assert count(Passkey) == 1


def test_beside_an_app_either_does_and_codes_stay_until_both_are_gone(app, as_alice, alice, passkey, count):
    secret = set_up(app, alice)
    visitor = Visitor(app)
    first_step(visitor, alice)
    assert visitor.post("/login/code", {"code": shown(secret)}).status_code == 303
    as_alice.post(f"{SECOND_STEP}/app/off")
    assert count(RecoveryCode) == 10
    first_step(Visitor(app), alice)


def test_nothing_of_it_stays_when_the_account_goes(as_alice, passkey, count):
    begin_passkey(as_alice)
    assert as_alice.post("/settings/data/delete", {"present": PASSWORD}).status_code == 303
    assert (count(Passkey), count(Challenge)) == (0, 0)


def test_of_two_who_remove_it_at_once_the_other_finds_none(passkey, alice, stored, count):
    remove = lambda session: factors.remove_passkey(session, alice.id, 1)  # noqa: E731
    stored(remove)
    with pytest.raises(NotFound):
        stored(remove)


def test_there_is_an_end_to_how_many_one_has(as_alice):
    for number in range(20):
        add_passkey(as_alice, f"number {number}")
    form = {"credential": authenticator.Passkey().made(begin_passkey(as_alice)), "display_name": "One more"}
    answer = as_alice.post(NEW, form)
    assert (answer.status_code, problems(answer.text)) == (
        400,
        ["You have 20 passkeys already. Remove one first."],
    )


def test_at_a_number_the_page_says_why_there_are_none(app, alice):
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], public_url="http://127.0.0.1:8000")
    visitor = Visitor(app)
    visitor.sign_in(alice)
    page = visitor.get(SECOND_STEP).text
    assert "Passkeys work only at an address with a name and https" in page
    assert visitor.get(ADD).location == SECOND_STEP
    assert visitor.post(ADD).location == SECOND_STEP
    assert visitor.post(NEW).location == SECOND_STEP
    visitor.sign_out()
    assert "passkey" not in visitor.get("/login").text
    assert visitor.post(f"{SIGN_IN}/begin", {"alone": ""}).location == "/login"
    assert visitor.post(SIGN_IN).location == "/login"


def test_where_no_scripts_run_that_is_said_before_the_password_is_asked_for(as_alice, stored):
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    for path in (SECOND_STEP, ADD):
        page = as_alice.get(path).text
        (said,) = [one for one in elements(page) if one.tag == "noscript"]
        assert "Passkeys are made with JavaScript" in said.text
        if path == ADD:
            assert page.index("<noscript>") < page.index('name="password"')
