"""On PostgreSQL who leaves waits for a hold that is on its way, and a hold for who deletes."""

import threading

import pytest
from sqlalchemy import insert, select, text

from chatweb.domain import holding, leaving, oversight
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.refusals import Conflict
from chatweb.extensions import db
from chatweb.models import Chat, Hold, Message, User
from chatweb.models.base import EPOCH
from tests.servers import wait_until

pytestmark = pytest.mark.postgresql
ROOT = Actor(None, "root")
WHY = Reason("legal", "AZ-7", "A court order says so.")


@pytest.fixture
def meanwhile(app, stored):
    """`meanwhile(lock, work, then)`: `work` waits for who holds `lock`, until `then` is committed."""

    def run(lock, work, then=None):
        found = []

        def wait():
            try:
                stored(work)
            except Conflict as refusal:
                found.append(refusal.code)

        with app.app_context(), db.engine.connect() as other:
            other.execute(lock.with_for_update())
            waiting_one = threading.Thread(target=wait)
            waiting_one.start()
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            wait_until(lambda: other.scalar(waiting), 10, "somebody to wait")
            if then is not None:
                other.execute(then)
            other.commit()
            waiting_one.join(10)
        return found

    return run


def test_who_leaves_waits_for_a_hold_of_a_chat(meanwhile, send, alice, chat, db_session):
    send("hello")
    hold = insert(Hold).values(chat_id=chat.id, inserted_at=EPOCH, entry_id=1)
    leave = lambda session: leaving.leave(session, alice.id, with_messages=True)  # noqa: E731
    assert meanwhile(select(Chat.id).where(Chat.id == chat.id), leave, hold) == ["held"]
    assert db_session.scalar(select(Message.body)) == "hello"


def test_who_leaves_waits_for_a_hold_of_a_person_without_chats(meanwhile, carol, db_session):
    hold = insert(Hold).values(user_id=carol.id, inserted_at=EPOCH, entry_id=1)
    leave = lambda session: leaving.leave(session, carol.id, with_messages=True)  # noqa: E731
    assert meanwhile(select(User.id).where(User.id == carol.id), leave, hold) == ["held"]
    assert db_session.get(User, carol.id).left_at is None


@pytest.mark.parametrize("whom", ["the chat", "one of its people"])
def test_a_hold_waits_for_who_deletes(meanwhile, chat, alice, db_session, whom):
    overview = oversight.overview(db_session, chat.id)
    db_session.rollback()

    def hold(session):
        if whom == "the chat":
            holding.hold_chat(session, ROOT, overview, WHY)
        else:
            holding.hold_person(session, ROOT, alice.id, WHY)

    assert meanwhile(select(Chat.id).where(Chat.id == chat.id), hold) == []
    assert db_session.scalar(select(Hold.id)) is not None
