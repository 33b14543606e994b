"""In one chat ids, revisions and commits have one order: nothing can appear behind a reader's back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chatweb.domain import access, messages
from chatweb.extensions import db
from chatweb.models import Message
from tests.db import rows
from tests.db.racing import all_at_once, send_again
from tests.servers import wait_until

WRITERS, EACH = 20, 8
TOLD_WITHIN = 10


class Reader:
    """A page that asks again and again what came after what it has."""

    def __init__(self, session: Session, chat: access.OpenChat) -> None:
        self.seen: list[messages.Said] = []
        self._session, self._chat = session, chat
        self._position = 0

    def look(self) -> None:
        self._session.rollback()
        now = access.chat_for(self._session, self._chat.person_id, self._chat.topic)
        changes = messages.changes_after(self._session, now, self._position)
        told = [said.revision for said in changes.messages]
        assert changes.complete
        assert told == sorted(told)
        assert {*range(self._position + 1, changes.up_to + 1)} <= {*told}
        # An answer may run ahead of the position it leads to: what was committed while it was read.
        self.seen += changes.messages[len(self.seen) - self._position :]
        self._position = changes.up_to

    def look_until(self, finished: Event) -> None:
        while not finished.wait(0.005):
            self.look()
        self.look()


@pytest.fixture
def reader(db_session, chat) -> Reader:
    return Reader(db_session, chat)


@pytest.fixture
def in_background() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.mark.both_engines
def test_twenty_writers_leave_no_gap_and_a_reader_sees_every_message_in_order(
    app, db_session, chat, bob, reader, in_background
):
    def writer(person_id):
        def run():
            for number in range(EACH):
                send_again(chat._replace(person_id=person_id), rows.new_key(), f"number {number}")

        return run

    finished = Event()
    reading = in_background.submit(reader.look_until, finished)
    try:
        answers = all_at_once(app, [writer(chat.person_id), writer(bob.id)] * (WRITERS // 2))
    finally:
        finished.set()
    reading.result(TOLD_WITHIN)
    expected = list(range(1, WRITERS * EACH + 1))
    assert answers == [None] * WRITERS
    assert [said.revision for said in reader.seen] == expected
    assert [said.id for said in reader.seen] == expected
    assert db_session.scalars(select(Message.id).order_by(Message.revision)).all() == expected


@pytest.fixture
def transactions(app) -> Iterator[tuple[Session, Session]]:
    """Two connections of PostgreSQL, each with a transaction of its own."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as one, Session(engine) as two:
        yield one, two


def sending(session: Session, chat: access.OpenChat, body: str) -> messages.Said:
    said = messages.send(session, chat, rows.new_key(), body).message
    session.commit()
    return said


def waits_for_a_lock(session: Session) -> bool:
    waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    session.rollback()
    return session.scalar(text(f"SELECT count(*) {waiting}")) == 1


@pytest.mark.postgresql
def test_a_second_send_waits_until_the_first_is_committed_and_a_reader_gets_both(
    db_session, chat, reader, transactions, in_background
):
    one, two = transactions
    first = messages.send(one, chat, rows.new_key(), "first").message
    second = in_background.submit(sending, two, chat, "second")
    wait_until(lambda: waits_for_a_lock(db_session), TOLD_WITHIN, "the second send to wait")
    reader.look()
    assert reader.seen == []
    assert not wait([second], timeout=0).done
    one.commit()
    second = second.result(TOLD_WITHIN)
    reader.look()
    assert reader.seen == [first, second]
    assert (first.revision, second.revision) == (1, 2)
    assert first.id < second.id


@pytest.mark.postgresql
def test_a_send_that_is_rolled_back_burns_no_revision(db_session, chat, reader, transactions, in_background):
    one, two = transactions
    messages.send(one, chat, rows.new_key(), "never said")
    second = in_background.submit(sending, two, chat, "said")
    wait_until(lambda: waits_for_a_lock(db_session), TOLD_WITHIN, "the second send to wait")
    one.rollback()
    assert second.result(TOLD_WITHIN).revision == 1
    reader.look()
    assert [said.body for said in reader.seen] == ["said"]


@pytest.mark.postgresql
def test_two_chats_do_not_wait_for_each_other(chat, chat_between, alice, carol, transactions):
    one, two = transactions
    other = chat_between(alice, carol)
    messages.send(one, chat, rows.new_key(), "still open")
    assert sending(two, other, "quick").revision == 1
