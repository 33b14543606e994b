"""A key stands for one message of one person in one conversation, however often it is sent."""

import pytest
from sqlalchemy import func, select

from chatweb.domain.refusals import Conflict
from chatweb.models import Chat, Message
from tests.db import rows
from tests.db.racing import all_at_once, send_again

pytestmark = pytest.mark.both_engines


@pytest.fixture
def state(db_session):
    """`state()` is every message with its text and every chat with its revision."""

    def look():
        db_session.rollback()
        messages = db_session.execute(select(Message.id, Message.chat_id, Message.key, Message.body)).all()
        return messages, db_session.execute(select(Chat.id, Chat.revision, Chat.updated_at)).all()

    return look


@pytest.mark.parametrize("times", [20, 50])
def test_the_same_key_many_times_at_once_is_one_message(app, db_session, chat, times):
    key = rows.new_key()
    answers = all_at_once(app, [lambda: send_again(chat, key, "hello")] * times)
    assert len({answer.message for answer in answers}) == 1
    assert [answer.is_new for answer in answers].count(True) == 1
    assert db_session.scalar(select(func.count()).select_from(Message)) == 1
    assert db_session.scalars(select(Chat.revision)).all() == [1]
    assert db_session.scalars(select(Message.revision)).all() == [1]


def test_both_people_at_once_with_the_same_key_is_one_message_and_one_conflict(app, db_session, chat, bob):
    key = rows.new_key()
    jobs = [
        lambda: send_again(chat, key, "hello"),
        lambda: send_again(chat._replace(person_id=bob.id), key, "hello"),
    ]
    answers = all_at_once(app, jobs * 5)
    stored = [answer for answer in answers if not isinstance(answer, Exception)]
    assert len({answer.message for answer in stored}) == 1
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [Conflict] * 5
    assert db_session.scalars(select(Chat.revision)).all() == [1]


def test_one_key_at_once_in_two_chats_is_one_message_and_one_conflict(
    app, db_session, chat, chat_between, alice, carol
):
    other, key = chat_between(alice, carol), rows.new_key()
    jobs = [lambda: send_again(chat, key, "hello"), lambda: send_again(other, key, "hello")]
    answers = all_at_once(app, jobs)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Sent"]
    assert sorted(db_session.scalars(select(Chat.revision))) == [0, 1]


def test_a_retry_answers_with_the_stored_message(send, state):
    key = rows.new_key()
    first = send("hello", key=key)
    before = state()
    again = send("hello", key=key)
    assert (again.message, first.is_new, again.is_new) == (first.message, True, False)
    assert state() == before


def test_a_retry_may_come_with_other_line_ends(send):
    key = rows.new_key()
    first = send("one\r\ntwo\n", key=key).message
    assert first.body == "one\ntwo\n"
    for retyped in ("one\ntwo\n", "one\rtwo\r", "one\r\ntwo\r\n"):
        assert send(retyped, key=key).message == first


def test_the_same_key_with_another_text_is_a_conflict(send, state):
    key = rows.new_key()
    send("hello", key=key)
    before = state()
    with pytest.raises(Conflict):
        send("hello!", key=key)
    assert state() == before


def test_the_same_key_in_another_chat_is_a_conflict(send, state, chat_between, alice, carol):
    other, key = chat_between(alice, carol), rows.new_key()
    send("hello", key=key)
    before = state()
    with pytest.raises(Conflict):
        send("hello", key=key, chat=other)
    assert state() == before


def test_the_same_key_by_the_other_person_is_a_conflict(send, state, bob):
    key = rows.new_key()
    send("hello", key=key)
    before = state()
    with pytest.raises(Conflict):
        send("hello", bob, key=key)
    assert state() == before


def test_strangers_may_use_the_same_key_in_their_own_chat(send, chat_between, bob, carol):
    key = rows.new_key()
    send("hello", key=key)
    other = chat_between(carol, bob)
    assert send("something else", carol, key=key, chat=other).is_new


def test_a_retry_after_an_edit_answers_with_the_text_of_now(send, stored, chat):
    sent = send("helo", key=(key := rows.new_key())).message
    revision = stored(lambda session: rows.change(session, chat, sent.id, body="hello", updated_at=rows.NOW))
    again = send("helo", key=key)
    assert not again.is_new
    assert (again.message.body, again.message.revision, again.message.edited_at) == (
        "hello",
        revision,
        rows.NOW,
    )


def test_a_retry_after_a_removal_answers_that_it_is_removed(send, stored, chat):
    sent = send("hello", key=(key := rows.new_key())).message
    stored(lambda session: rows.change(session, chat, sent.id, deleted_at=rows.NOW))
    again = send("hello", key=key).message
    assert (again.id, again.removed, again.body) == (sent.id, True, "")
