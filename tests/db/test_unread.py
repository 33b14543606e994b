"""What counts as unread, and how far somebody has read."""

import pytest
from sqlalchemy import select

from chatweb.domain import inboxes, reads
from chatweb.models import Chat, Member
from chatweb.store import store
from tests.db import rows
from tests.db.racing import all_at_once

pytestmark = pytest.mark.both_engines


@pytest.fixture
def unread(db_session, chat):
    """`unread(alice)` is the number beside the conversation in her inbox."""

    def look(person):
        db_session.rollback()
        return inboxes.row(db_session, person.id, chat.id).unread

    return look


@pytest.fixture
def read(stored, held_by):
    """`read(alice, id)` moves her pointer there, and says whether it moved."""
    return lambda person, id_: stored(lambda session: reads.read_up_to(session, held_by(person), id_))


@pytest.fixture
def pointers(db_session, chat):
    def look(person):
        db_session.rollback()
        return db_session.execute(
            select(Member.read_id, Member.seen_id).where(
                Member.chat_id == chat.id, Member.user_id == person.id
            )
        ).one()

    return look


def test_what_the_other_says_is_unread_until_it_is_read(send, unread, read, alice, bob):
    said = [send(body, bob).message.id for body in "abc"]
    assert (unread(alice), unread(bob)) == (3, 0)
    assert read(alice, said[1])
    assert unread(alice) == 1
    assert read(alice, said[2])
    assert unread(alice) == 0


def test_own_messages_never_count(send, unread, alice, bob):
    send("mine", alice)
    send("yours", bob)
    send("mine again", alice)
    assert (unread(alice), unread(bob)) == (1, 2)


def test_removed_messages_do_not_count(send, unread, stored, chat, alice, bob):
    said = [send(body, bob).message.id for body in "abc"]
    stored(lambda session: rows.change(session, chat, said[1], deleted_at=rows.NOW))
    assert unread(alice) == 2


def test_an_edit_of_what_was_read_is_not_unread_again(send, unread, read, stored, chat, alice, bob):
    id_ = send("helo", bob).message.id
    read(alice, id_)
    stored(lambda session: rows.change(session, chat, id_, body="hello", updated_at=rows.NOW))
    assert unread(alice) == 0


def test_counting_ends_at_a_hundred(stored, unread, chat, alice, bob):
    for number in (99, 1, 50):
        stored(lambda session, number=number: rows.fill(session, chat, number, sender_id=bob.id))
    assert unread(alice) == 100


def test_reading_never_goes_back(send, read, pointers, alice, bob):
    said = [send(body, bob).message.id for body in "abc"]
    assert read(alice, said[2])
    assert not read(alice, said[0])
    assert not read(alice, said[2])
    assert not read(alice, 0)
    assert pointers(alice) == (said[2], said[2])
    assert pointers(bob) == (0, 0)


def test_one_cannot_read_what_is_not_said_yet(send, read, pointers, unread, alice, bob):
    first = send("a", bob).message.id
    assert read(alice, 2**31 - 1)
    assert pointers(alice) == (first, first)
    send("b", bob)
    assert unread(alice) == 1


def test_reading_up_to_a_message_of_another_chat_stays_within_this_one(
    send, read, pointers, chat_between, alice, bob, carol
):
    other = chat_between(alice, carol)
    mine = send("a", bob).message.id
    theirs = send("b", carol, chat=other).message.id
    assert read(alice, theirs)
    assert pointers(alice) == (mine, mine)


def test_reading_when_nothing_was_said_does_nothing(read, pointers, alice):
    assert not read(alice, 5)
    assert pointers(alice) == (0, 0)


def test_many_readings_at_once_end_at_the_furthest(app, stored, chat, held_by, pointers, alice, bob):
    written = stored(lambda session: rows.fill(session, chat, 20, sender_id=bob.id))
    held = held_by(alice)
    jobs = [lambda id_=id_: store(lambda session: reads.read_up_to(session, held, id_)) for id_ in written]
    moved = all_at_once(app, jobs)
    assert moved[-1] == written[-1]
    assert pointers(alice) == (written[-1], written[-1])


def test_reading_does_not_change_the_conversation(send, read, db_session, alice, bob):
    said = send("a", bob).message
    read(alice, said.id)
    assert db_session.execute(select(Chat.revision, Chat.updated_at)).one() == (1, said.inserted_at)
