"""Noting how far somebody has read."""

import pytest
from sqlalchemy import update

from chatweb.announce import chat_topic, person_topic
from chatweb.models import Member, User
from tests.web.reading import by_class, messages, rows
from tests.web.talking import at_once, same_browser


@pytest.fixture
def read(talk):
    def post(visitor, message_id):
        return visitor.post(f"{talk.url}/read", {"id": str(message_id)}, htmx=True)

    return post


@pytest.fixture
def unread():
    def ask(visitor):
        (row,) = rows(visitor.get("/chats").text)
        return int(row.attributes["data-unread"])

    return ask


@pytest.fixture
def pointers(db_session):
    """`pointers(person)` are the ids up to which somebody has read and seen."""

    def look(person):
        db_session.rollback()
        return db_session.query(Member.read_id, Member.seen_id).filter_by(user_id=person.id).one()

    return look


@pytest.fixture
def said(talk, alice):
    return talk.says(alice, "one", "two", "three")


def test_reading_lowers_the_count(as_bob, said, read, unread):
    assert unread(as_bob) == 3
    answer = read(as_bob, said[1].id)
    assert (answer.status_code, answer.data) == (204, b"")
    assert unread(as_bob) == 1
    read(as_bob, said[2].id)
    assert unread(as_bob) == 0


def test_whoever_is_signed_out_is_told(visitor, said, read):
    assert read(visitor, said[0].id).status_code == 401


def test_the_other_member_reads_apart(as_alice, as_bob, talk, said, bob, read, unread):
    talk.says(bob, "answer")
    read(as_bob, said[2].id)
    assert (unread(as_alice), unread(as_bob)) == (1, 0)


def test_the_stranger_gets_404(as_carol, said, bob, read, pointers):
    assert read(as_carol, said[2].id).status_code == 404
    assert pointers(bob) == (0, 0)


def test_a_topic_that_is_none_gets_404(as_bob, said):
    assert as_bob.post("/chats/nobodys-topic/read", {"id": "1"}).status_code == 404


def test_what_is_no_number_is_422(as_bob, said, bob, read, pointers):
    values = ["", "x", "1.5", "1e3", "0x1", "null", "\x00", "[1]", "9" * 5_000, "1 OR 1=1"]
    assert {value: read(as_bob, value).status_code for value in values} == dict.fromkeys(values, 422)
    assert pointers(bob) == (0, 0)


def test_a_missing_id_is_422(as_bob, talk):
    assert as_bob.post(f"{talk.url}/read", htmx=True).status_code == 422


def test_it_never_goes_back(as_bob, said, bob, read, pointers):
    read(as_bob, said[2].id)
    for earlier in (said[0].id, 0, -5):
        assert read(as_bob, earlier).status_code == 204
    assert pointers(bob) == (said[2].id, said[2].id)


def test_it_never_goes_beyond_the_newest(as_bob, talk, said, alice, read, unread):
    for beyond in (said[2].id + 1, 2**31 - 1, 2**31, 10**15):
        assert read(as_bob, beyond).status_code in (204, 422)
    assert unread(as_bob) == 0
    talk.says(alice, "later")
    assert unread(as_bob) == 1


def test_a_message_of_another_chat_counts_only_as_a_place(as_bob, as_carol, said, talk, alice, read):
    address = as_carol.post("/chats", {"username": "bob"}).location
    as_carol.post(f"{address}/messages", {"body": "x", "key": "7a8c3b1e-0d0f-4f6a-9c2b-0123456789ab"})
    foreign = said[-1].id + 1
    read(as_bob, foreign)
    later = talk.says(alice, "later")[0]
    assert later.id > foreign
    read_id = [row.attributes["data-unread"] for row in rows(as_bob.get("/chats").text)]
    assert read_id == ["1", "1"]


def test_own_messages_can_be_read_up_to(as_alice, said, alice, read, pointers):
    assert read(as_alice, said[1].id).status_code == 204
    assert pointers(alice).read_id == said[1].id


def test_the_own_inbox_hears_it_in_all_tabs(as_bob, said, bob, read, heard):
    read(as_bob, said[1].id)
    (frame,) = heard.on(person_topic(bob.id))
    assert rows(frame)[0].attributes["data-unread"] == "1"
    assert by_class(frame, "badge")
    heard.clear()
    read(as_bob, said[1].id)
    assert heard == []


def test_the_conversation_hears_how_far_it_is_read(as_bob, talk, chat, said, read, heard):
    read(as_bob, said[1].id)
    seen = f'<data class="seen" data-side="{3 - chat.side}" value="{said[1].id}"></data>'
    assert heard.on(chat_topic(talk.topic)) == [seen]
    assert as_bob.get(f"{talk.messages_url}?after=3").text.count(seen) == 1


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_nothing_is_told_when_one_of_the_two_keeps_it_to_themselves(
    as_alice, as_bob, talk, said, read, heard, stored, who
):
    hide = update(User).where(User.username == who).values(shows_reading=False)
    stored(lambda session: session.execute(hide))
    read(as_bob, said[1].id)
    assert heard.on(chat_topic(talk.topic)) == []
    for visitor in (as_alice, as_bob):
        caught_up = visitor.get(f"{talk.messages_url}?after=0").text
        assert [one.attributes["value"] for one in by_class(caught_up, "seen")] == ["0", "0"]
        assert 'data-seen="0"' in visitor.get(talk.url).text


def test_what_was_seen_stays_seen_when_it_is_marked_unread(
    as_bob, talk, said, bob, read, unread, pointers, heard
):
    read(as_bob, said[2].id)
    heard.clear()
    assert as_bob.post(f"{talk.url}/unread", {"id": said[1].id}, htmx=True).status_code == 204
    assert (unread(as_bob), pointers(bob)) == (2, (said[1].id - 1, said[2].id))
    assert heard.on(chat_topic(talk.topic)) == []
    assert len(heard.on(person_topic(bob.id))) == 1


def test_only_a_message_of_the_chat_can_be_marked_unread(as_bob, talk, said):
    assert as_bob.post(f"{talk.url}/unread", {"id": said[2].id + 1}).status_code == 404


def test_reading_changes_no_message(as_alice, as_bob, talk, said, read):
    before = messages(as_alice.get(f"{talk.messages_url}?after=0").text)
    read(as_bob, said[2].id)
    assert messages(as_alice.get(f"{talk.messages_url}?after=0").text) == before


@pytest.mark.both_engines
def test_many_reads_at_once_end_at_the_farthest(app, as_bob, talk, alice, bob, read, pointers):
    said = talk.says(alice, *"abcdefgh")
    tabs = [same_browser(app, as_bob) for _ in said]
    answers = at_once(
        [lambda tab=tab, one=one: read(tab, one.id) for tab, one in zip(tabs, said, strict=True)]
    )
    assert [answer.status_code for answer in answers] == [204] * 8
    assert pointers(bob) == (said[-1].id, said[-1].id)
