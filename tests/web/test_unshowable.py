"""A message that cannot be shown: it says so in its place, and everything around it goes on."""

import logging

import pytest
from sqlalchemy import text

from chatweb.announce import chat_topic, person_topic
from tests.web.reading import bodies, by_class, messages, rows
from tests.web.talking import send

WORDS = "This message can’t be shown"
# SQLite keeps whatever is put into a column of text: these bytes are none.
BREAK = text("UPDATE chat_messages SET body = CAST(body AS BLOB) WHERE id = :id")


@pytest.fixture
def broken(talk, alice, bob, stored):
    """The second of three messages, alice's, which was damaged since."""
    _, two, _ = [*talk.says(bob, "one"), *talk.says(alice, "a secret"), *talk.says(bob, "three")]
    stored(lambda session: session.execute(BREAK, {"id": two.id}))
    return two


@pytest.mark.parametrize(
    "path", ["", "/messages", "/messages?after=0", "/messages?before=99", "?around={id}"]
)
def test_everywhere_it_says_so_and_the_others_are_shown(as_alice, as_bob, talk, broken, path):
    for visitor in (as_alice, as_bob):
        answer = visitor.get(talk.url + path.format(id=broken.id))
        assert answer.status_code == 200
        assert bodies(answer.text) == ["one", WORDS, "three"]


def test_it_stands_where_the_message_stands(as_alice, talk, broken):
    found = messages(as_alice.get(talk.messages_url).text)[1].attributes
    assert (found["id"], found["data-order"]) == (f"message-{broken.key}", str(broken.id))
    assert (found["data-revision"], found["data-side"]) == (str(broken.revision), str(broken.side))


def test_the_log_of_the_server_tells_which_and_not_what(as_alice, talk, broken, caplog):
    with caplog.at_level(logging.ERROR, "chatweb"):
        as_alice.get(talk.url)
    assert f"message {broken.id} cannot be shown: TypeError" in caplog.text
    assert "secret" not in caplog.text


def test_it_is_pushed_edited_and_taken_back_like_any_other(as_alice, as_bob, talk, broken, heard):
    url = f"{talk.messages_url}/{broken.id}"
    assert as_alice.delete(url, htmx=True).status_code == 200
    assert as_alice.post(f"{url}/restore", htmx=True).status_code == 200
    assert bodies("".join(heard.on(chat_topic(talk.topic)))) == ["Message deleted", WORDS]
    assert bodies(as_alice.patch(url, {"body": "better"}, htmx=True).text) == ["better"]
    assert bodies(as_bob.get(talk.url).text) == ["one", "better", "three"]


def test_its_row_of_the_inbox_says_so_until_the_next_message(
    as_alice, as_bob, talk, alice, bob, stored, heard
):
    (said,) = talk.says(alice, "a secret")
    stored(lambda session: session.execute(BREAK, {"id": said.id}))
    inbox = as_bob.get("/chats")
    assert inbox.status_code == 200
    assert [one.text for one in by_class(inbox.text, "row__preview")] == [WORDS]
    as_bob.post(f"{talk.url}/read", {"id": said.id})
    (frame,) = heard.on(person_topic(bob.id))
    assert rows(frame)[0].attributes["data-unread"] == "0"
    send(as_alice, talk, "good again")
    assert [one.text for one in by_class(as_bob.get("/chats").text, "row__preview")] == ["good again"]
