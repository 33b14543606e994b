"""A session that ends in the database only, as from the command line, still ends its sockets."""

import json
import socket
from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb import announce
from chatweb.domain import sign_ins
from chatweb.live.bus import LocalBus
from chatweb.live.limits import Limits
from chatweb.live.switchboard import Switchboard
from chatweb.models import SignIn, User, utc_now
from tests.live.client import WebSocket

SIGNED_OUT = (4401).to_bytes(2, "big")

ENDINGS = {
    "signed out": update(SignIn).values(revoked_at=utc_now()),
    "expired": update(SignIn).values(expires_at=utc_now() - timedelta(seconds=1)),
    "account closed": update(User).values(is_active=False),
}


@pytest.fixture
def session_id(stored, alice):
    def start(session):
        token = sign_ins.start(session, alice.id, remember=True, address="", agent="")
        return sign_ins.signed_in(session, token).session_id

    return stored(start)


@pytest.fixture
def line(app, session_id):
    """A page of alice, with a heartbeat every second."""
    wired = app.extensions["live"]
    board = Switchboard(
        LocalBus(), revisions=wired.revisions, on_beat=wired.on_beat, limits=Limits(heartbeat_seconds=1)
    )
    app.extensions["live"] = board
    here, there = socket.socketpair()
    with here, WebSocket(there) as page:
        there.settimeout(10)
        board.open(here, (announce.session_topic(session_id),)).start([])
        yield page
    board.stop()


@pytest.mark.both_engines
@pytest.mark.parametrize("ending", ENDINGS)
def test_the_next_heartbeat_closes_the_line(line, stored, ending):
    assert json.loads(line.receive().text) == {}
    stored(lambda session: session.execute(ENDINGS[ending]))
    frame = line.receive()
    while frame.text == "{}":
        frame = line.receive()
    assert frame.payload == SIGNED_OUT
