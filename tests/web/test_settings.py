"""What people decide about themselves."""

import re

import pytest

from chatweb import announce
from chatweb.models import User
from tests.web.reading import by_class, elements


@pytest.fixture
def switches(as_alice):
    """`switches()` are the names of those that the page shows as on."""

    def read():
        inputs = [one for one in elements(as_alice.get("/settings").text) if "switch__input" in one.classes]
        assert len(inputs) == 4
        return {one.attributes["name"] for one in inputs if "checked" in one.attributes}

    return read


def test_everything_is_shown_at_first(switches):
    assert switches() == {"shows_reading", "shows_typing", "shows_presence"}


@pytest.mark.parametrize(
    "on",
    [set(), {"shows_reading"}, {"shows_typing"}, {"shows_presence"}, {"shows_reading", "shows_typing"}],
)
def test_what_is_saved_is_kept(as_alice, alice, bob, switches, db_session, on):
    answer = as_alice.post("/settings", dict.fromkeys(on, "1"))
    assert (answer.status_code, answer.location) == (303, "/settings?saved=")
    assert [one.text for one in by_class(as_alice.get(answer.location).text, "section__status")] == ["Saved."]
    assert switches() == on
    assert db_session.get(User, bob.id).shows_reading, "of nobody else"


def presence(person, state):
    return f'<data class="presence" data-person="{person.id}" data-state="{state}" value=""></data>'


def test_rows_of_both_lose_the_dot_when_one_of_them_begins_to_hide_it(
    as_alice, as_bob, present, talk, heard, alice, bob
):
    for person in (alice, bob):
        present(person)
    as_alice.post("/settings", {"shows_reading": "1"})
    inboxes = announce.person_topic(alice.id), announce.person_topic(bob.id)
    assert [heard.on(topic) for topic in inboxes] == [[presence(bob, "gone")], [presence(alice, "gone")]]
    heard.clear()
    as_alice.post("/settings", {})
    as_bob.post("/settings", {"shows_presence": "1"})
    assert not heard, "what nobody shows is not told either"


def test_rows_of_both_get_the_dot_back(as_alice, present, talk, heard, alice, bob):
    as_alice.post("/settings", {})
    for person in (alice, bob):
        present(person)
    heard.clear()
    as_alice.post("/settings", {"shows_presence": "1"})
    shown = heard.on(announce.person_topic(alice.id)) + heard.on(announce.person_topic(bob.id))
    assert [re.findall(r'data-person="(\d+)" data-state="(\w+)"', frame) for frame in shown] == [
        [(str(bob.id), "online")],
        [(str(alice.id), "online")],
    ]


def test_pages_of_the_persons_chats_connect_anew(as_alice, talk, heard):
    as_alice.post("/settings", {})
    assert heard.closed == [(announce.chat_topic(talk.topic), 1012)]
