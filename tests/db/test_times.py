"""Times are milliseconds of UTC on both engines, and move only when they should."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import StatementError

from chatweb.domain import chats, reads
from chatweb.models import Chat, Message, User
from tests.db import rows

pytestmark = pytest.mark.both_engines

MILLIS = 1_795_338_131_204
MOMENTS = (
    datetime(2026, 11, 22, 9, 2, 11, 204_000, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
)


@pytest.fixture
def kept(stored, alice):
    """`kept(moment)` is what the database gives back, and the number it holds."""

    def write(moment):
        def work(session):
            session.execute(update(User).where(User.id == alice.id).values(updated_at=moment))
            session.flush()
            raw = session.scalar(text("SELECT updated_at FROM users"))
            return session.scalar(select(User.updated_at)), raw

        return stored(work)

    return write


@pytest.fixture
def times(db_session, chat):
    """`times()` are the two times of the chat now."""

    def look():
        db_session.rollback()
        return db_session.execute(select(Chat.inserted_at, Chat.updated_at).where(Chat.id == chat.id)).one()

    return look


def test_a_time_comes_back_as_it_went_in_and_is_a_number_of_milliseconds(kept):
    assert kept(MOMENTS[0]) == (MOMENTS[0], MILLIS)
    assert [kept(moment)[0] for moment in MOMENTS] == list(MOMENTS)
    assert kept(MOMENTS[0])[0].tzinfo is UTC


def test_what_is_finer_than_a_millisecond_is_cut_off(kept):
    assert kept(MOMENTS[0] + timedelta(microseconds=999))[1] == MILLIS


def test_a_time_of_another_zone_is_the_same_moment(kept):
    assert kept(MOMENTS[0].astimezone(timezone(timedelta(hours=5, minutes=45)))) == (MOMENTS[0], MILLIS)


def test_a_time_without_zone_is_refused_with_a_clear_error(kept):
    with pytest.raises(StatementError, match="a time needs a time zone"):
        kept(MOMENTS[0].replace(tzinfo=None))


def test_a_message_has_no_time_of_an_edit_until_it_is_edited(send, stored, chat, db_session):
    sent = send("helo").message
    column = select(Message.updated_at)
    assert (sent.edited_at, db_session.scalar(column)) == (None, None)
    db_session.rollback()
    stored(lambda session: rows.change(session, chat, sent.id, body="hello", updated_at=rows.NOW))
    assert db_session.scalar(column) == rows.NOW


def test_sending_moves_the_time_of_the_chat_to_that_of_the_message(send, times, stored, chat):
    stored(lambda session: session.execute(update(Chat).values(inserted_at=rows.NOW, updated_at=rows.NOW)))
    sent = send("hello").message
    assert times() == (rows.NOW, sent.inserted_at)
    assert sent.inserted_at > rows.NOW - timedelta(days=1_000)


def test_a_retry_reading_and_opening_move_no_time(send, times, stored, held_by, bob):
    key = rows.new_key()
    sent = send("hello", key=key).message
    before = times()
    send("hello", key=key)
    assert stored(lambda session: reads.read_up_to(session, held_by(bob), sent.id))
    stored(lambda session: chats.start(session, bob.id, "alice"))
    stored(lambda session: rows.change(session, held_by(bob), sent.id, body="hullo"))
    assert times() == before
