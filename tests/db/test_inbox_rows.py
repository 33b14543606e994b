"""One row per conversation, newest first, for each person their own."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb.domain import access, chats, inboxes
from chatweb.domain.inbox_rows import Place
from chatweb.domain.inboxes import INBOX_PAGE
from chatweb.models import Chat, User
from tests.db import rows
from tests.statements import recorded, verbs

pytestmark = pytest.mark.both_engines


@pytest.fixture
def inbox(db_session):
    """`inbox(alice)` are the rows she sees."""

    def look(person):
        db_session.rollback()
        return inboxes.newest(db_session, person.id)

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


@pytest.fixture
def unread_beyond(db_session):
    """`unread_beyond(alice, rows)` is how much is unread in her other chats."""

    def look(person, shown):
        db_session.rollback()
        return inboxes.unread_beyond(db_session, person.id, shown)

    return look


@pytest.fixture
def chats_with_unread(stored):
    """`chats_with_unread(alice, 3)` are three chats of hers, newest first, with 1, 2, 3 unread messages."""

    def write(person, count):
        def work(session):
            found = []
            for number in range(count):
                other = rows.add(session, User, rows.user(f"person-{number}"))
                topic = chats.start(session, other, person.username)
                chat = access.chat_for(session, person.id, topic)
                rows.fill(session, chat, number + 1, sender_id=other)
                moment = rows.NOW - timedelta(minutes=number)
                session.execute(update(Chat).where(Chat.id == chat.id).values(updated_at=moment))
                found.append(chat)
            return found

        return stored(work)

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
        assert inboxes.row(db_session, person.id, chat.id) == inbox(person)[0]
    assert inboxes.row(db_session, carol.id, chat.id) is None
    assert inboxes.row(db_session, alice.id, chat.id + 1) is None


def test_both_rows_of_a_chat_are_what_each_person_sees(send, inbox, db_session, chat, alice, bob):
    send("hello", alice)
    both = {row.person_id: row for row in inboxes.both_rows(db_session, chat.id)}
    assert both == {person.id: inbox(person)[0] for person in (alice, bob)}
    assert (both[alice.id].unread, both[bob.id].unread) == (0, 1)
    assert inboxes.both_rows(db_session, chat.id + 1) == []


def test_pages_of_an_inbox_lose_nothing_where_many_rows_share_a_moment(db_session, many_chats, alice):
    many_chats(130, of_a_moment=20)
    page = inboxes.newest(db_session, alice.id)
    seen = []
    while page:
        assert len(page) <= INBOX_PAGE + 1
        seen += page[:INBOX_PAGE]
        last = seen[-1]
        page = inboxes.older(db_session, alice.id, Place(last.pinned, last.updated_at, last.chat_id))
    assert len(seen) == len({row.chat_id for row in seen}) == 130
    assert seen == sorted(seen, key=lambda row: (row.updated_at, row.chat_id), reverse=True)


def test_what_is_unread_below_the_first_page_is_counted_with_it(
    db_session, stored, many_chats, inbox, alice, bob, chat, send
):
    many_chats(60, of_a_moment=1)
    for number in range(3):
        send(f"{number}", bob)
    assert inboxes.top(db_session, alice.id).beyond == 0
    db_session.rollback()
    long_ago = rows.NOW - timedelta(days=1)
    stored(
        lambda session: session.execute(update(Chat).where(Chat.id == chat.id).values(updated_at=long_ago))
    )
    top = inboxes.top(db_session, alice.id)
    assert top.rows == inbox(alice)[:INBOX_PAGE]
    assert (top.beyond, sum(row.unread for row in top.rows)) == (3, 0)


def test_what_is_unread_beyond_some_rows_is_above_and_below_them(
    unread_beyond, chats_with_unread, alice, inbox
):
    chats_with_unread(alice, 5)  # as many in each as it is old: 1 in the newest, 5 in the oldest
    found = inbox(alice)
    assert [row.unread for row in found] == [1, 2, 3, 4, 5]
    for shown, beyond in ((found, 0), (found[:2], 12), (found[1:4], 6), (found[4:], 10), ([], 15)):
        assert unread_beyond(alice, shown) == beyond


def test_what_is_muted_archived_removed_or_own_is_not_unread_beyond(
    unread_beyond, stored, chats_with_unread, alice, inbox
):
    opened = chats_with_unread(alice, 4)
    kept = ({"muted": rows.NOW + timedelta(days=9_999)}, {"archived": True}, {"muted": rows.NOW})
    for chat, values in zip(opened, kept, strict=False):
        stored(lambda session, chat=chat, values=values: chats.arrange(session, alice.id, chat.id, **values))
    assert unread_beyond(alice, []) == 3 + 4
    assert sum(row.counted for row in inbox(alice)) == 3 + 4
    removed = stored(lambda session: rows.fill(session, opened[3], 2, sender_id=opened[3].other_id))
    stored(lambda session: rows.change(session, opened[3], removed[0], deleted_at=rows.NOW))
    stored(lambda session: rows.fill(session, opened[3], 2, sender_id=alice.id))
    assert unread_beyond(alice, []) == 3 + 5


def test_what_is_unread_beyond_is_counted_up_to_a_hundred_of_each_chat(
    unread_beyond, stored, chats_with_unread, alice
):
    one, two = chats_with_unread(alice, 2)
    for chat, count in ((one, 150), (two, 8)):
        stored(
            lambda session, chat=chat, count=count: rows.fill(session, chat, count, sender_id=chat.other_id)
        )
    assert unread_beyond(alice, []) == 100 + 10


def test_an_inbox_of_any_length_is_one_query(db_session, many_chats, alice):
    many_chats(60, of_a_moment=1)
    with recorded(db_session.get_bind()) as asked:
        found = inboxes.newest(db_session, alice.id)
        assert len(found) == INBOX_PAGE + 1
    assert verbs(asked) == ["SELECT"]


def test_revisions_are_told_for_the_topics_asked_for(send, db_session, chat, chat_between, bob, carol):
    other = chat_between(bob, carol)
    send("hello")
    assert chats.revisions(db_session, [chat.topic, other.topic, "none"]) == {chat.topic: 1, other.topic: 0}
    assert chats.revisions(db_session, []) == {}
