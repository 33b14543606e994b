"""Passkeys: made, named, listed and removed; the first or the second step of a sign-in."""

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb.domain import challenges, factors
from chatweb.domain.refusals import NotFound
from chatweb.models import Challenge, HalfSignIn, Passkey, RecoveryCode, SignIn, User, utc_now
from chatweb.models.base import EPOCH
from chatweb.web import passkey_asking
from tests import authenticator
from tests.authenticator import PRESENT, add_passkey, begin_passkey, begin_sign_in
from tests.people import PASSWORD, Visitor
from tests.second_step import SECOND_STEP, first_step, set_up, shown
from tests.web.reading import by_class, elements, problems
from tests.web.talking import at_once, same_browser

ADD, NEW = f"{SECOND_STEP}/passkey", f"{SECOND_STEP}/passkey/new"
SIGN_IN = "/login/passkey"


def step(visitor, credential, **fields):
    answer = visitor.post(SIGN_IN, {"credential": credential, **fields})
    visitor._csrf = None
    return answer


def listed(visitor):
    return [" ".join(one.text.split()) for one in by_class(visitor.get(SECOND_STEP).text, "device")]


def is_in(visitor):
    return visitor.get("/chats").status_code == 200


@pytest.fixture
def passkey(as_alice):
    """A passkey of alice's."""
    return add_passkey(as_alice)


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


def test_what_a_browser_is_asked_holds_nothing_that_lets_in(app, alice, passkey):
    options = json.dumps(begin_sign_in(Visitor(app), alone=""))
    assert "alice" not in options


def test_where_no_scripts_run_that_is_said_before_the_password_is_asked_for(as_alice, stored):
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    for path in (SECOND_STEP, ADD):
        page = as_alice.get(path).text
        (said,) = [one for one in elements(page) if one.tag == "noscript"]
        assert "Passkeys are made with JavaScript" in said.text
        if path == ADD:
            assert page.index("<noscript>") < page.index('name="password"')
