"""What people decide about themselves."""

import pytest

from chatweb.announce import chat_topic
from chatweb.models import User
from tests.web.reading import by_class, elements


@pytest.fixture
def switches(as_alice):
    """`switches()` are the names of those that the page shows as on."""

    def read():
        inputs = [one for one in elements(as_alice.get("/settings").text) if "switch__input" in one.classes]
        assert len(inputs) == 3
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
    assert [one.text for one in by_class(as_alice.get(answer.location).text, "settings__status")] == [
        "Saved."
    ]
    assert switches() == on
    assert db_session.get(User, bob.id).shows_reading, "of nobody else"


def test_pages_of_the_persons_chats_connect_anew(as_alice, talk, heard):
    as_alice.post("/settings", {})
    assert heard.closed == [(chat_topic(talk.topic), 1012)]
