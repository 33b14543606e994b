"""One row per conversation, newest first, for each person their own."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb.domain import chats
from chatweb.domain.chats import INBOX_PAGE, Place
from chatweb.models import Chat, User
from tests.db import rows
from tests.statements import recorded, verbs

pytestmark = pytest.mark.both_engines


@pytest.fixture
def inbox(db_session):
    """`inbox(alice)` are the rows she sees."""

    def look(person):
        db_session.rollback()
        return chats.inbox(db_session, person.id)

    return look


@pytest.fixture
def seen_by(inbox):
    return lambda person: [row.other_name for row in inbox(person)]


@pytest.fixture
def many_chats(stored, alice, db_session):
    """`many_chats(130, of_a_moment=5)`: she talks with that many people; so many rows share a millisecond."""

    def write(count, of_a_moment):
        def work(session):
            for number in range(count):
                other = rows.add(session, User, rows.user(f"person-{number}"))
                moment = rows.NOW + timedelta(milliseconds=number // of_a_moment)
                row = rows.chat(alice.id, other, updated_at=moment, revision=1)
                chat_id = rows.add(session, Chat, row)
                for person_id in (alice.id, other):
                    session.execute(chats.Member.__table__.insert().values(rows.member(chat_id, person_id)))

        stored(work)

    return write


def test_a_row_tells_who_what_when_and_how_much_is_unread(send, inbox, chat, alice, bob):
    send("first", alice)
    last = send("  two\n\n lines ", bob).message
    (row,) = inbox(alice)
    assert (row.topic, row.other_id, row.other_name, row.unread) == (chat.topic, bob.id, "bob", 1)
    assert (row.preview, row.mine, row.removed, row.empty) == ("two lines", False, False, False)
    assert (row.revision, row.updated_at) == (2, last.inserted_at)
    (row,) = inbox(bob)
    assert (row.other_id, row.other_name, row.unread, row.mine, row.person_id) == (
        alice.id,
        "alice",
        1,
        True,
        bob.id,
    )


def test_the_chat_of_the_newest_message_comes_first(send, seen_by, stored, chat, chat_between, alice, carol):
    other = chat_between(alice, carol)
    for one in (chat, other):
        send("hello", chat=one)
    stored(
        lambda session: session.execute(update(Chat).where(Chat.id == chat.id).values(updated_at=rows.NOW))
    )
    assert seen_by(alice) == ["carol", "bob"]
    long_ago = rows.NOW - timedelta(days=1)
    stored(
        lambda session: session.execute(update(Chat).where(Chat.id == other.id).values(updated_at=long_ago))
    )
    assert seen_by(alice) == ["bob", "carol"]


def test_an_empty_chat_is_shown_only_to_who_opened_it(inbox, seen_by, chat, alice, bob):
    assert (seen_by(alice), seen_by(bob)) == (["bob"], [])
    (row,) = inbox(alice)
    assert (row.empty, row.preview, row.unread, row.mine) == (True, "", 0, False)


def test_an_empty_chat_opened_by_both_is_shown_to_both(seen_by, chat, chat_between, alice, bob):
    chat_between(bob, alice)
    assert (seen_by(alice), seen_by(bob)) == (["bob"], ["alice"])


def test_the_first_message_makes_a_chat_appear_to_the_other(send, inbox, chat, alice, bob, carol):
    send("hello", alice)
    (row,) = inbox(bob)
    assert (row.other_name, row.preview, row.unread) == ("alice", "hello", 1)
    assert inbox(carol) == []


def test_a_row_tells_whether_the_two_show_each_other_that_they_are_here(inbox, stored, send, alice, bob):
    send("hello")

    def shown():
        return [inbox(person)[0].shows_presence for person in (alice, bob)]

    def change(person, **values):
        stored(lambda session: session.execute(update(User).where(User.id == person.id).values(values)))

    assert shown() == [True, True]
    for person in (alice, bob):
        change(person, shows_presence=False)
        assert shown() == [False, False]
        change(person, shows_presence=True)
    change(bob, is_active=False)
    assert shown() == [False, True]


def test_a_removed_last_message_is_told_as_removed(send, inbox, stored, chat, alice):
    sent = send("a secret").message
    stored(lambda session: rows.change(session, chat, sent.id, deleted_at=rows.NOW))
    (row,) = inbox(alice)
    assert (row.removed, row.empty, row.preview) == (True, False, "")


def test_a_preview_is_the_beginning_only(send, inbox, alice):
    send("é" * 10_000)
    assert inbox(alice)[0].preview == "é" * 160


def test_one_row_is_the_same_as_in_the_inbox_and_none_of_a_stranger(
    send, inbox, db_session, chat, alice, bob, carol
):
    send("hello")
    for person in (alice, bob):
        assert chats.row(db_session, person.id, chat.id) == inbox(person)[0]
    assert chats.row(db_session, carol.id, chat.id) is None
    assert chats.row(db_session, alice.id, chat.id + 1) is None


def test_both_rows_of_a_chat_are_what_each_person_sees(send, inbox, db_session, chat, alice, bob):
    send("hello", alice)
    both = {row.person_id: row for row in chats.both_rows(db_session, chat.id)}
    assert both == {person.id: inbox(person)[0] for person in (alice, bob)}
    assert (both[alice.id].unread, both[bob.id].unread) == (0, 1)
    assert chats.both_rows(db_session, chat.id + 1) == []


def test_pages_of_an_inbox_lose_nothing_where_many_rows_share_a_moment(db_session, many_chats, alice):
    many_chats(130, of_a_moment=20)
    page = chats.inbox(db_session, alice.id)
    seen = []
    while page:
        assert len(page) <= INBOX_PAGE + 1
        seen += page[:INBOX_PAGE]
        last = seen[-1]
        page = chats.older_inbox(db_session, alice.id, Place(last.pinned, last.updated_at, last.chat_id))
    assert len(seen) == len({row.chat_id for row in seen}) == 130
    assert seen == sorted(seen, key=lambda row: (row.updated_at, row.chat_id), reverse=True)


def test_an_inbox_of_any_length_is_one_query(db_session, many_chats, alice):
    many_chats(60, of_a_moment=1)
    with recorded(db_session.get_bind()) as asked:
        found = chats.inbox(db_session, alice.id)
        assert len(found) == INBOX_PAGE + 1
    assert verbs(asked) == ["SELECT"]


def test_revisions_are_told_for_the_topics_asked_for(send, db_session, chat, chat_between, bob, carol):
    other = chat_between(bob, carol)
    send("hello")
    assert chats.revisions(db_session, [chat.topic, other.topic, "none"]) == {chat.topic: 1, other.topic: 0}
    assert chats.revisions(db_session, []) == {}
