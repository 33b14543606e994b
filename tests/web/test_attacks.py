"""What a hostile visitor tried, and what it costs the others."""

import socket

import pytest
from sqlalchemy import text, update

from chatweb.domain import texts
from chatweb.extensions import db
from chatweb.models import SignIn, utc_now
from chatweb.models.base import EPOCH
from tests.live.client import WebSocket

MARKS = "a" + "\u0301\u0327" * 20_000
KEY = "12345678-1234-1234-1234-123456789abc"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Origin": "http://localhost",
}


@pytest.mark.parametrize("path", ["/login", "/chats"])
def test_a_flood_of_combining_marks_is_never_normalised(as_alice, visitor, path):
    page = visitor if path == "/login" else as_alice
    field = "identity" if path == "/login" else "username"
    assert page.post(path, {field: MARKS, "password": "x"}).status_code == 422
    assert texts.username_key(MARKS) == ""


@pytest.mark.parametrize(
    "name", ["ama\u034fra", "amara\ufe0f", "\u3164\u3164\u3164", "\u0301bc", "ama\u17b4ra"]
)
def test_a_name_shows_every_character_it_has(name):
    assert texts.username_problem(name) == "username_characters"


def test_a_catch_up_of_too_much_text_becomes_a_fresh_page(talk, bob, as_alice):
    talk.says(bob, *(['"' * 10_000] * 60))
    answer = as_alice.get(f"{talk.messages_url}?after=0")
    assert 'data-reset="true"' in answer.text
    assert len(answer.text) < 400


def test_reading_goes_on_when_nothing_can_be_written(app, as_alice, talk, stored):
    stored(lambda session: session.execute(update(SignIn).values(seen_at=EPOCH)))
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    assert as_alice.get(talk.url).status_code == 200
    assert as_alice.get(talk.messages_url).status_code == 200


def test_what_people_write_is_in_no_log_when_the_database_fails(stored, as_alice, talk, caplog):
    as_alice.get("/chats")
    stored(lambda session: session.execute(text("PRAGMA query_only=ON")))
    answer = as_alice.post(talk.messages_url, {"key": KEY, "body": "TOPSECRET"})
    assert answer.status_code == 503
    assert "TOPSECRET" in answer.text, "the text comes back to its author"
    assert "TOPSECRET" not in caplog.text


@pytest.mark.parametrize("path", ["/ws/inbox", "/ws/topics/{topic}?after=0"])
def test_a_sign_out_during_the_handshake_ends_the_line(app, stored, talk, as_alice, path):
    board = app.extensions["live"]
    ended = update(SignIn).values(revoked_at=utc_now())
    board.bus.subscribe = lambda _topic: stored(lambda session: session.execute(ended))
    here, there = socket.socketpair()
    with here, WebSocket(there) as page:
        as_alice.client.get(
            path.format(topic=talk.topic), headers=HANDSHAKE, environ_overrides={"werkzeug.socket": here}
        )
        while b"\r\n\r\n" not in (head := there.recv(4096, socket.MSG_PEEK)):
            pass
        there.recv(head.index(b"\r\n\r\n") + 4)
        frame = page.receive()
    assert frame.payload == (4401).to_bytes(2, "big")
    board.stop()
