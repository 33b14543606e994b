"""Signing in."""

import time
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from sqlalchemy import update

from chatweb.domain.sign_ins import REMEMBERED
from chatweb.models import SignIn, User, utc_now
from chatweb.web import auth
from tests.people import PASSWORD
from tests.second_step import set_up
from tests.web.reading import problems, typed


def cookie_line(answer):
    (line,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("chatweb=")]
    return line


def token_of(visitor, app):
    with visitor.client.session_transaction() as session:
        return session.get("_user_id")


@pytest.mark.parametrize(
    "identity", ["alice", "ALICE", " ａlice ", "alice@example.org", "Alice@EXAMPLE.org "]
)
def test_name_and_address_are_good_in_any_case(visitor, alice, identity):
    answer = visitor.sign_in(alice, identity=identity)
    assert (answer.status_code, answer.location) == (303, "/chats")
    assert visitor.get("/chats").status_code == 200


def test_whoever_is_signed_in_is_led_on(as_alice):
    assert as_alice.get("/login").location == "/chats"
    assert as_alice.get("/login?next=/chats?q=bob").location == "/chats?q=bob"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(visitor, alice):
    wrong = [
        visitor.post("/login", {"identity": identity, "password": "not this one"})
        for identity in ("alice", "nobod", "alice@example.org", "nobod@example.org")
    ]
    assert [answer.status_code for answer in wrong] == [422] * 4
    for answer, identity in zip(
        wrong, ("alice", "nobod", "alice@example.org", "nobod@example.org"), strict=True
    ):
        assert problems(answer.text) == ["Name and password do not match."]
        assert typed(answer.text, "identity") == identity
        assert typed(answer.text, "password") == ""
    names, addresses = wrong[:2], wrong[2:]
    for pair in (names, addresses):
        assert len(pair[0].data) == len(pair[1].data)
        assert list(pair[0].headers.keys()) == list(pair[1].headers.keys())


def test_somebody_inactive_is_answered_as_if_unknown(visitor, alice, stored):
    stored(lambda session: session.execute(update(User).values(is_active=False)))
    answer = visitor.sign_in(alice)
    assert answer.status_code == 422
    assert problems(answer.text) == ["Name and password do not match."]


def test_deactivating_somebody_ends_their_session(as_alice, stored):
    stored(lambda session: session.execute(update(User).values(is_active=False)))
    assert as_alice.get("/chats").status_code == 303


@pytest.mark.parametrize(
    "form", [{}, {"identity": "alice"}, {"password": PASSWORD}, {"identity": "a\x00", "password": "\x00"}]
)
def test_an_incomplete_form_is_just_wrong(visitor, alice, form):
    assert visitor.post("/login", form).status_code == 422


def test_names_are_shown_as_text(visitor):
    page = visitor.post("/login", {"identity": '"><script>alert(1)</script>', "password": "x"}).text
    assert "<script>alert" not in page
    assert typed(page, "identity") == '"><script>alert(1)</script>'


def test_the_cookie_ends_with_the_browser(visitor, alice, db_session):
    line = cookie_line(visitor.sign_in(alice))
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Path=/" in line
    assert not {"Expires", "Max-Age", "Domain", "Secure"} & {
        part.partition("=")[0] for part in line.split("; ")
    }
    assert db_session.query(SignIn).one().expires_at < utc_now() + timedelta(days=1, seconds=1)


def test_a_remembered_cookie_lasts_thirty_days(visitor, alice, db_session):
    line = cookie_line(visitor.sign_in(alice, remember="on"))
    expires = dict(part.partition("=")[::2] for part in line.split("; "))["Expires"]
    in_thirty_days = utc_now() + REMEMBERED
    assert abs(parsedate_to_datetime(expires) - in_thirty_days) < timedelta(minutes=1)
    assert abs(db_session.query(SignIn).one().expires_at - in_thirty_days) < timedelta(minutes=1)


def test_one_cookie_says_who_it_is_and_one_who_has_been_here(visitor, alice):
    cookies = visitor.sign_in(alice, remember="on").headers.getlist("Set-Cookie")
    assert sorted(cookie.partition("=")[0] for cookie in cookies) == ["chatweb", "chatweb-device"]
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    visitor.sign_out()
    again = visitor.sign_in(alice).headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in again] == ["chatweb"]


def test_each_sign_in_has_a_token_of_its_own_and_only_its_hash_is_kept(app, sign_in, alice, db_session):
    tokens = [token_of(sign_in(alice), app) for _ in range(2)]
    assert tokens[0] != tokens[1]
    assert all(len(token) >= 43 for token in tokens)
    for row in db_session.query(SignIn):
        assert len(row.token_hash) == 32
        assert not any(token.encode() in row.token_hash for token in tokens)


def test_a_cookie_from_before_signing_in_gives_nothing_after(app, visitor, alice):
    assert visitor.csrf
    before = visitor.client.get_cookie("chatweb").value
    visitor.sign_in(alice)
    assert visitor.client.get_cookie("chatweb").value != before
    visitor.client.set_cookie("chatweb", before)
    assert visitor.get("/chats").status_code == 303


def test_nothing_planted_before_survives_signing_in(visitor, alice):
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    visitor.sign_in(alice)
    with visitor.client.session_transaction() as session:
        assert "planted" not in session


def test_an_expired_session_is_signed_out(as_alice, stored):
    past = utc_now() - timedelta(seconds=1)
    stored(lambda session: session.execute(update(SignIn).values(expires_at=past)))
    assert as_alice.get("/chats").status_code == 303


def test_a_cookie_of_more_than_thirty_days_is_nobodys(app, as_alice):
    cookies = app.session_interface.get_signing_serializer(app)
    cookie = as_alice.client.get_cookie("chatweb")
    signed_then = cookies.make_signer(cookies.salt)
    signed_then.get_timestamp = lambda: int(time.time()) - 30 * 24 * 3600 - 60
    payload = cookies.dump_payload(cookies.loads(cookie.value))
    assert as_alice.get("/chats").status_code == 200
    as_alice.client.set_cookie("chatweb", signed_then.sign(payload).decode())
    assert as_alice.get("/chats").status_code == 303


def test_a_forged_cookie_is_nobodys(visitor):
    for value in ("", "x", ".eJw.x.y", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"):
        visitor.client.set_cookie("chatweb", value)
        assert visitor.get("/chats").status_code == 303


def test_being_in_use_is_noted_once_a_minute(as_alice, stored, db_session):
    long_ago = utc_now() - timedelta(minutes=2)
    stored(lambda session: session.execute(update(SignIn).values(seen_at=long_ago)))
    as_alice.get("/chats")
    first = db_session.query(SignIn.seen_at).scalar()
    assert first > long_ago
    as_alice.get("/chats")
    db_session.rollback()
    assert db_session.query(SignIn.seen_at).scalar() == first


@pytest.mark.both_engines
@pytest.mark.parametrize("what", ["password", "app", "active"])
def test_who_signs_in_does_so_with_the_account_as_it_is_now(app, visitor, alice, stored, monkeypatch, what):
    def meanwhile(*_arguments):
        if what == "app":
            set_up(app, alice)
        else:
            changed = {"password": {"password_hash": "another"}, "active": {"is_active": False}}[what]
            stored(lambda session: session.execute(update(User).values(changed)))
        return True

    assert visitor.csrf
    monkeypatch.setattr(auth, "hashing", meanwhile)
    answer = visitor.post("/login", {"identity": "alice", "password": alice.password})
    if what == "app":
        assert answer.location.startswith("/login/code")
    else:
        assert answer.status_code == 422
    assert visitor.get("/chats").status_code == 303
