"""What concerns security is in the log, a line each, and no secret is."""

import json

import pytest

from tests.people import PASSWORD
from tests.second_step import SECOND_STEP, begin_app, first_step, set_up, shown

NEW_PASSWORD = "quite another passphrase"
HANDSHAKE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}


@pytest.fixture
def noted(caplog):
    """`noted()` is what was written since the last time: event, person's number, and session's number."""
    caplog.set_level("INFO", "chatweb.security")

    def read():
        lines = [json.loads(one.message) for one in caplog.records if one.name == "chatweb.security"]
        caplog.clear()
        return [(line["event"], line["person"], line["session"]) for line in lines]

    return read


def test_a_sign_in_and_its_end(noted, visitor, alice):
    visitor.post("/login", {"identity": "alice", "password": "wrong"})
    visitor.post("/login", {"identity": "nobody", "password": "wrong"})
    assert noted() == [("password_refused", alice.id, None), ("password_refused", None, None)]
    visitor.sign_in(alice)
    ((event, person, session),) = noted()
    assert (event, person) == ("signed_in", alice.id)
    visitor.sign_out()
    assert noted() == [("signed_out", alice.id, session)]


def test_a_second_step(noted, app, visitor, alice):
    secret = set_up(app, alice)
    first_step(visitor, alice)
    visitor.post("/login/code", {"code": "000000"})
    visitor.post("/login/code", {"code": shown(secret)})
    assert [line[:2] for line in noted()] == [
        ("first_step_done", alice.id),
        ("code_refused", alice.id),
        ("signed_in", alice.id),
    ]


def test_a_registration(noted, visitor):
    visitor.post("/register", {"username": "dave", "email": "dave@example.org", "password": NEW_PASSWORD})
    assert [event for event, _, _ in noted()] == ["registered", "signed_in"]


def test_changes_of_what_signing_in_takes(noted, app, as_alice, alice, sign_in):
    other = sign_in(alice)
    noted()
    for path, form, event in (
        ("/settings/account/password", {"present": "wrong", "password": NEW_PASSWORD}, "password_refused"),
        ("/settings/account/password", {"present": PASSWORD, "password": NEW_PASSWORD}, "password_changed"),
        (
            "/settings/account/email",
            {"present": NEW_PASSWORD, "email": "n@example.org"},
            "email_change_asked",
        ),
        ("/settings/account/sign-ins/end", {}, "browsers_signed_out"),
    ):
        as_alice.post(path, form)
        assert [line[:2] for line in noted()] == [(event, alice.id)]
    assert other.get("/chats").status_code == 303
    code = shown(begin_app(as_alice))
    as_alice.post(f"{SECOND_STEP}/app/code", {"code": code})
    as_alice.post(f"{SECOND_STEP}/codes")
    as_alice.post(f"{SECOND_STEP}/app/off")
    assert [event for event, _, _ in noted()] == ["factor_added", "codes_renewed", "factor_removed"]


def test_a_forgotten_password(noted, app, visitor, alice, deliver):
    visitor.post("/forgotten", {"identity": "alice"})
    (mail,) = deliver()
    token = mail.get_content().partition("token=")[2].split()[0]
    visitor.post("/reset", {"token": token, "password": NEW_PASSWORD})
    assert [line[:2] for line in noted()] == [("new_password_asked", None), ("password_changed", alice.id)]


def test_taking_ones_data_along_and_leaving(noted, as_alice, alice):
    as_alice.post("/settings/data/export", {"present": PASSWORD, "format": "json"}, buffered=True)
    as_alice.post("/settings/data/delete", {"present": PASSWORD})
    assert [line[:2] for line in noted()] == [("data_exported", alice.id), ("account_deleted", alice.id)]


def test_what_stays_shut(noted, as_alice, alice, talk):
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": "http://evil.example"}
    as_alice.get("/ws/inbox", headers=HANDSHAKE | key)
    as_alice.get("/admin/chats")
    as_alice.post(talk.messages_url, {"body": "hello"}, csrf=False)
    assert [line[:2] for line in noted()] == [
        ("origin_refused", alice.id),
        ("administration_refused", alice.id),
        ("form_refused", alice.id),
    ]


@pytest.mark.parametrize(
    "identity", ['a\r\nINFO:chatweb.security:{"event": "signed_in"}', "x" * 5_000, "\x00"]
)
def test_nothing_that_was_typed_gets_into_it(caplog, visitor, identity):
    caplog.set_level("DEBUG")
    visitor.post("/login", {"identity": identity, "password": "a secret of mine"})
    lines = [one.message for one in caplog.records if one.name == "chatweb.security"]
    assert [json.loads(line)["event"] for line in lines] == ["password_refused"]
    assert "\n" not in lines[0]
    assert identity[:20] not in lines[0]
    assert "secret of mine" not in caplog.text
