"""Requests: what waits until it is accepted, and what each sees meanwhile. Bob wants to be asked."""

from functools import partial

import pytest

from chatweb import announce
from chatweb.announce import chat_topic, person_topic
from chatweb.domain import access, chats, messages
from chatweb.extensions import db
from chatweb.models import Member
from tests.people import PASSWORD
from tests.web.reading import by_class, by_id, rows
from tests.web.talking import at_once, new_key, send

pytestmark = pytest.mark.both_engines

ON = {"shows_reading": "1", "shows_typing": "1", "shows_presence": "1", "asks_first": "1"}
OFF = {name: value for name, value in ON.items() if name != "asks_first"}


class Requested:
    """The conversation that alice has begun with bob; each of the two in a browser."""

    def __init__(self, as_alice, as_bob, bob):
        self.alice, self.bob = as_alice, as_bob
        as_bob.post("/settings", ON)
        self.url = as_alice.post("/chats", {"username": bob.username}).location
        self.topic = self.url.removeprefix("/chats/")
        self.messages_url = f"{self.url}/messages"

    def lists(self, browser):
        """In which of their lists it stands, and what the line at the head of the list says."""
        pages = {name: browser.get(f"/chats{query}").text for name, query in LISTS.items()}
        found = {name for name, page in pages.items() if f'id="chat-{self.topic}"' in page}
        line = by_id(pages["chats"], "requests")
        return found, None if "hidden" in line.attributes else line.text


LISTS = {"chats": "", "archive": "?archived", "requests": "?requests"}


@pytest.fixture
def silent(as_alice, as_bob, bob):
    """Alice has opened the chat and said nothing."""
    return Requested(as_alice, as_bob, bob)


@pytest.fixture
def requested(silent):
    """She has written."""
    assert send(silent.alice, silent, "hello, stranger").status_code == 200
    return silent


def waits(session):
    session.rollback()
    return {row.user_id for row in session.query(Member).where(Member.waits)}


class TestWhileItWaits:
    def test_it_stands_under_requests_for_one_and_in_the_list_of_the_other(self, requested):
        assert requested.lists(requested.bob) == ({"requests"}, "Requests (1)")
        assert requested.lists(requested.alice) == ({"chats"}, None)

    def test_nothing_counts_as_unread_but_its_own_row(self, requested):
        (row,) = rows(requested.bob.get("/chats?requests").text)
        assert (row.attributes["data-unread"], row.attributes["data-waits"]) == ("1", "requests")
        for path in ("/chats?requests", "/chats?archived", "/settings", requested.url):
            page = requested.bob.get(path).text
            assert by_id(page, "rows").attributes["data-beyond"] == "0"
            assert all(one.text == "" for one in by_class(page, "head__unread"))

    def test_it_is_read_and_nobody_hears_of_it(self, requested, heard):
        assert "hello, stranger" in requested.bob.get(requested.url).text
        heard.clear()
        requested.bob.post(f"{requested.url}/read", {"id": "1"}, htmx=True)
        assert heard.on(chat_topic(requested.topic)) == []
        page = requested.alice.get(requested.url).text
        assert by_id(page, "messages").attributes["data-seen"] == "0"

    def test_neither_sees_that_the_other_is_here(self, requested, present, alice, bob):
        present(alice)
        present(bob)
        for browser in (requested.alice, requested.bob):
            for path in (requested.url, f"{requested.messages_url}?after=0", "/chats", "/chats?requests"):
                page = browser.get(path).text
                assert 'class="presence"' not in page
                assert "data-presence" not in page

    def test_neither_hears_who_types_comes_or_goes(self, requested, alice, bob, stored):
        for person in (alice, bob):
            chat = stored(lambda session, person=person: access.chat_for(session, person.id, requested.topic))
            assert [chat.shows_typing, chat.shows_reading, chat.shows_presence] == [False] * 3
        found = stored(lambda session: list(announce.people.contacts(session, [alice.id, bob.id])))
        assert found == []

    def test_the_page_of_the_sender_is_that_of_any_chat(self, requested, carol):
        page = requested.alice.get(requested.url).text
        assert by_class(page, "request") == []
        assert 'id="composer"' in page
        other = requested.alice.post("/chats", {"username": carol.username}).location
        send(requested.alice, Url(other), "hello, stranger")
        to_carol, to_bob = (row.text for row in rows(requested.alice.get("/chats").text))
        assert to_carol.replace("carol", "bob").replace("CA", "BO") == to_bob

    def test_the_receiver_accepts_blocks_or_reports(self, requested):
        page = requested.bob.get(requested.url).text
        assert by_id(page, "request").attributes["action"] == f"{requested.url}/accept"
        assert f'href="{requested.url}/report"' in page
        assert 'id="composer"' in page

    def test_looking_for_the_sender_and_opening_the_chat_does_not_accept(
        self, requested, alice, db_session, bob
    ):
        assert requested.bob.post("/chats", {"username": alice.username}).location == requested.url
        assert waits(db_session) == {bob.id}

    def test_what_waits_is_in_a_copy_of_ones_data(self, requested):
        form = {"present": PASSWORD, "format": "json"}
        assert "hello, stranger" in requested.bob.post("/settings/data/export", form).text


class Url:
    """A conversation by its address."""

    def __init__(self, url):
        self.url, self.messages_url = url, f"{url}/messages"


@pytest.mark.parametrize("how", ["the button", "an answer", "the setting"])
def test_it_is_accepted(requested, heard, present, alice, bob, how):
    present(bob)
    heard.clear()
    heard.closed.clear()
    if how == "the button":
        assert requested.bob.post(f"{requested.url}/accept").location == requested.url
    elif how == "an answer":
        assert send(requested.bob, requested, "hello yourself").status_code == 200
    else:
        requested.bob.post("/settings", OFF)
    assert heard.closed == [(chat_topic(requested.topic), 1012)], "open pages connect anew"
    assert 'class="requests-now" value="0"' in "".join(heard.on(person_topic(bob.id)))
    last_rows = {person.id: "".join(heard.on(person_topic(person.id))) for person in (alice, bob)}
    assert all(f"chat-{requested.topic}" in row for row in last_rows.values())
    assert "data-waits" not in heard.on(person_topic(bob.id))[-2]
    assert requested.lists(requested.bob) == ({"chats"}, None)
    assert by_class(requested.bob.get(requested.url).text, "request") == []
    requested.bob.post(f"{requested.url}/read", {"id": "2"}, htmx=True)
    page = requested.alice.get(requested.url).text
    assert by_id(page, "messages").attributes["data-seen"] != "0"
    assert 'data-state="online"' in page


def test_all_open_lists_hear_how_many_wait(silent, heard, bob):
    heard.clear()
    send(silent.alice, silent, "hello")
    (row, count) = heard.on(person_topic(bob.id))
    assert 'data-waits="requests"' in row
    assert 'value="1"' in count
    heard.clear()
    silent.bob.post(f"{silent.url}/block")
    (row, count) = heard.on(person_topic(bob.id))
    assert 'data-waits="nowhere"' in row
    assert 'value="0"' in count


def test_a_list_that_connects_hears_how_many_wait(requested, app, bob):
    with app.app_context():
        (frame,) = announce.inbox(db.session(), bob.id)
    assert 'class="requests-now" value="1"' in frame
    assert requested.topic not in frame


def test_who_is_blocked_waits_nowhere_and_again_once_unblocked(requested):
    requested.bob.post(f"{requested.url}/block")
    assert requested.lists(requested.bob) == (set(), None)
    assert send(requested.alice, requested, "hello?").status_code == 409
    requested.bob.post(f"{requested.url}/unblock")
    assert requested.lists(requested.bob) == ({"requests"}, "Requests (1)")


def test_what_is_silent_waits_nowhere(silent):
    assert silent.lists(silent.bob) == (set(), None)


@pytest.mark.parametrize("act", ["block", "pause", "ask nobody"])
def test_of_what_is_silent_no_row_is_pushed_either(silent, heard, alice, bob, act):
    heard.clear()
    if act == "block":
        silent.alice.post(f"{silent.url}/block")
    elif act == "pause":
        silent.alice.post("/settings/data/pause", {"present": PASSWORD})
    else:
        silent.bob.post("/settings", OFF)
    listeners = {topic for topic, frame in heard if "rows__item" in frame}
    assert listeners == {person_topic(alice.id)}
    assert silent.lists(silent.bob)[0] == set()


def test_who_opens_it_too_before_anything_was_said_is_not_asked(silent, alice):
    silent.bob.post("/chats", {"username": alice.username})
    send(silent.alice, silent, "you too?")
    assert silent.lists(silent.bob) == ({"chats"}, None)


def test_the_sender_cannot_accept_for_the_other(requested, db_session, bob):
    assert requested.alice.post(f"{requested.url}/accept").status_code == 303
    assert waits(db_session) == {bob.id}


def test_nothing_waits_unless_it_is_wished(as_alice, talk, alice, bob, as_bob, db_session):
    talk.says(alice, "hello")
    assert waits(db_session) == set()
    as_bob.post("/settings", ON)
    assert waits(db_session) == set(), "what was said before stays where it is"
    assert [row.text for row in rows(as_bob.get("/chats").text)]


def test_what_was_opened_before_and_is_still_silent_waits_from_then_on(
    talk, chat, alice, bob, as_bob, db_session
):
    as_bob.post("/settings", ON)
    talk.says(alice, "hello")
    assert waits(db_session) == {bob.id}


def test_a_chat_that_begins_while_the_setting_is_switched_waits_or_was_there_before(
    app, stored, as_alice, as_bob, alice, bob, db_session
):
    as_bob.csrf, as_alice.csrf  # noqa: B018 - fetched before the race
    at_once(
        [
            lambda: as_bob.post("/settings", ON),
            lambda: as_alice.post("/chats", {"username": bob.username}),
        ]
    )
    assert waits(db_session) == {bob.id}


def test_two_who_write_to_each_other_first_at_once_ask_nobody(silent, stored, alice, bob, db_session):
    silent.alice.post("/settings", ON)

    def write(person):
        chat = stored(lambda session: access.chat_for(session, person.id, silent.topic))
        stored(lambda session: messages.send(session, chat, new_key(), "me first"))

    at_once([partial(write, alice), partial(write, bob)])
    assert waits(db_session) == set()


def test_both_who_begin_at_once_find_the_other_in_their_list(
    as_alice, as_bob, alice, bob, stored, db_session
):
    for browser in (as_alice, as_bob):
        browser.post("/settings", ON)
    at_once(
        [
            partial(stored, lambda session: chats.start(session, alice.id, "bob")),
            partial(stored, lambda session: chats.start(session, bob.id, "alice")),
        ]
    )
    assert waits(db_session) == set()


def test_accepting_and_answering_at_once_is_accepting(requested, db_session):
    requested.bob.csrf  # noqa: B018 - fetched before the race
    at_once(
        [
            lambda: requested.bob.post(f"{requested.url}/accept"),
            lambda: send(requested.bob, requested, "hello yourself"),
        ]
    )
    assert waits(db_session) == set()
