"""On PostgreSQL who leaves waits for a hold that is on its way."""

import threading

import pytest
from sqlalchemy import insert, select, text

from chatweb.domain import leaving
from chatweb.domain.refusals import Conflict
from chatweb.extensions import db
from chatweb.models import Chat, Hold, Message
from chatweb.models.base import EPOCH
from tests.servers import wait_until

pytestmark = pytest.mark.postgresql


def test_who_leaves_waits_for_a_hold_that_is_not_committed(app, stored, send, alice, chat, db_session):
    send("hello")
    found = []

    def leave():
        try:
            stored(lambda session: leaving.leave(session, alice.id, with_messages=True))
        except Conflict as refusal:
            found.append(refusal.code)

    with app.app_context(), db.engine.connect() as other:
        other.execute(select(Chat.id).where(Chat.id == chat.id).with_for_update())
        going = threading.Thread(target=leave)
        going.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        wait_until(lambda: other.scalar(waiting), 10, "alice to wait")
        other.execute(insert(Hold).values(chat_id=chat.id, inserted_at=EPOCH, entry_id=1))
        other.commit()
        going.join(10)
    assert found == ["held"]
    assert db_session.scalar(select(Message.body)) == "hello"
