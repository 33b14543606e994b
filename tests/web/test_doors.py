"""A message leaves by four doors (page, answer, push, catch-up) as the same bytes, for both people."""

import pytest
from sqlalchemy import update

from chatweb import announce
from chatweb.domain import access, messages
from chatweb.extensions import db
from chatweb.models import Chat, Message, utc_now
from tests.web.reading import by_class
from tests.web.talking import send

TEXTS = [
    "hello",
    "two\nlines",
    "<b>&amp;\"'</b>",
    "  spaces  ",
    "مرحبا 👋🏽 \u202eabc",
    "{{ 7 * 7 }}",
    "x" * 10_000,
]


def by_http(visitor, talk):
    """What the page holds, and what the doors of catching up and paging answer."""
    page, log = visitor.get(talk.url).data, visitor.get(talk.messages_url).data
    after, newer = (visitor.get(f"{talk.messages_url}?{query}").data for query in ("after=0", "newer=0"))
    before, around = (
        visitor.get(f"{talk.messages_url}?{query}").data for query in ("before=999", "around=1")
    )
    return {"page": page, "log": log, "after": after, "newer": newer, "before": before, "around": around}


def caught_up(app, talk, person):
    """What a socket of this person hears first."""
    with app.app_context():
        session = db.session()
        frames = announce.catch_up(session, access.chat_for(session, person.id, talk.topic), 0)
        db.session.remove()
    return frames.encode()


def assert_everywhere(app, talk, people, frame):
    for visitor, person in people:
        for door, data in by_http(visitor, talk).items():
            assert data.count(frame) == 1, door
        assert caught_up(app, talk, person).count(frame) == 1


@pytest.fixture
def people(as_alice, as_bob, alice, bob):
    return (as_alice, alice), (as_bob, bob)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_sent_message_is_the_same_bytes_at_every_door(app, talk, people, heard, text):
    answer = send(people[0][0], talk, text).data
    (pushed,) = heard.on(announce.chat_topic(talk.topic))
    assert pushed.encode() == answer
    assert_everywhere(app, talk, people, answer)


@pytest.mark.parametrize("column", ["updated_at", "deleted_at"])
def test_a_changed_message_is_the_same_bytes_at_every_door(app, talk, people, heard, stored, column):
    send(people[0][0], talk, "first")

    def change(session):
        session.execute(update(Chat).values(revision=2))
        session.execute(update(Message).values({"revision": 2, "body": "second", column: utc_now()}))
        chat = access.chat_for(session, people[0][1].id, talk.topic)
        return chat, messages.newest(session, chat)[0]

    chat, message = stored(change)
    heard.clear()
    with app.app_context():
        announce.message_sent(chat, message, ())
    (pushed,) = heard.on(announce.chat_topic(talk.topic))
    assert 'data-revision="2"' in pushed
    assert_everywhere(app, talk, people, pushed.encode())


def test_a_socket_catches_up_with_the_bytes_of_http(app, talk, people):
    talk.says(people[0][1], "one", "two")
    talk.says(people[1][1], "three")
    for visitor, person in people:
        assert caught_up(app, talk, person) == visitor.get(f"{talk.messages_url}?after=0").data


def test_a_row_is_the_same_bytes_in_the_page_and_pushed(talk, people, heard):
    send(people[0][0], talk, "hello <bob>")
    for visitor, person in people:
        (frame,) = heard.on(announce.person_topic(person.id))
        assert frame.encode() in visitor.get("/chats").data


def test_a_row_says_you_only_to_the_sender(talk, people, heard):
    send(people[0][0], talk, "hello")
    previews = [
        by_class(heard.on(announce.person_topic(person.id))[0], "row__preview")[0] for _, person in people
    ]
    assert [preview.text for preview in previews] == ["You: hello", "hello"]


def test_only_the_two_people_are_told(talk, people, heard):
    send(people[0][0], talk, "hello")
    told = {announce.chat_topic(talk.topic), *(announce.person_topic(person.id) for _, person in people)}
    assert {topic for topic, _ in heard} == told
    assert len(heard) == 3


def test_nothing_is_told_before_it_is_stored(app, talk, people, db_session):
    """Whoever hears of a message and asks at once finds it."""
    found = []

    def look(topic, _frame):
        db_session.rollback()
        found.append((topic, db_session.query(Message).count()))

    app.extensions["live"].bus.attach(look, look)
    send(people[0][0], talk, "hello")
    assert [count for _, count in found] == [1, 1, 1]
