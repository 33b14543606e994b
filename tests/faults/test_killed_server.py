"""A server killed while many people send: what it answered for is kept, and nothing is there twice."""

import urllib.error
import urllib.parse
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest
from sqlalchemy import select, text

from chatweb.extensions import db
from chatweb.models import Message
from tests.people import Visitor
from tests.servers import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.both_engines]

SENDERS = 20
EACH = 50
KILLED_AFTER = (250, 500, 750)


def post(server, visitor: Visitor, path: str, key: str) -> bool:
    """Send once; whether the server answered with success."""
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in visitor.client._cookies.values())
    headers = {"Cookie": cookies, "X-CSRFToken": visitor.csrf, "HX-Request": "true"}
    data = urllib.parse.urlencode({"key": key, "body": f"text {key}"}).encode()
    request = urllib.request.Request(f"{server.url}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status == 200
    except (urllib.error.URLError, HTTPException, OSError):
        return False


def test_every_acknowledged_message_is_stored_once(app, server, as_alice, as_bob, chat):
    path = f"/chats/{chat.topic}/messages"
    people = (as_alice, as_bob)
    acknowledged = []
    assert all(visitor.csrf for visitor in people)

    def send(number):
        for _ in range(EACH):
            key = str(uuid.uuid4())
            wait_until(
                lambda key=key: post(server, people[number % 2], path, key), 120, "a message to be taken"
            )
            acknowledged.append(key)

    with ThreadPoolExecutor(SENDERS) as threads:
        sending = [threads.submit(send, number) for number in range(SENDERS)]
        for count in KILLED_AFTER:
            wait_until(lambda count=count: len(acknowledged) >= count, 120, f"{count} messages to be taken")
            server.kill()
            server.start()
        for done in sending:
            done.result()

    with app.app_context():
        stored = db.session.execute(select(Message.key, Message.revision).order_by(Message.id)).all()
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        db.session.remove()
    assert sorted(key for key, _ in stored) == sorted(acknowledged)
    assert len(acknowledged) == SENDERS * EACH
    assert [revision for _, revision in stored] == list(range(1, SENDERS * EACH + 1))
