"""Messages as fragments: older, newer, around one, after a position, and the newest page."""

import pytest
from sqlalchemy import update

from chatweb.models import Chat, Message
from tests.web.reading import bodies, by_class, elements, messages

TEXTS = [f"message {number}" for number in range(1, 101)]


@pytest.fixture
def hundred(talk, alice):
    return talk.says(alice, *TEXTS)


@pytest.fixture
def listing(as_alice, talk):
    def get(**query):
        return as_alice.get(talk.messages_url, query_string=query, htmx=True)

    return get


def position(html):
    """Up to where the answer says that everything is here."""
    (one,) = by_class(html, "upto")
    assert elements(html)[-1] == one
    return int(one.attributes["value"])


def test_without_a_parameter_it_is_the_newest_page(listing, hundred):
    answer = listing()
    assert answer.status_code == 200
    assert bodies(answer.text) == TEXTS[60:]
    assert position(answer.text) == 100


def test_whoever_is_signed_out_is_told(visitor, talk):
    assert visitor.get(talk.messages_url, htmx=True).status_code == 401
    assert visitor.get(talk.messages_url).status_code == 303


def test_the_other_member_gets_the_same_bytes(as_alice, as_bob, talk, hundred):
    for query in ("", "?after=90", "?before=50", "?newer=50", "?around=50"):
        assert as_alice.get(talk.messages_url + query).data == as_bob.get(talk.messages_url + query).data


@pytest.mark.parametrize("query", ["", "?before=50", "?newer=0", "?around=5", "?after=0", "?after=5000"])
def test_the_stranger_gets_404(as_carol, talk, hundred, query):
    answer = as_carol.get(talk.messages_url + query)
    assert answer.status_code == 404
    assert "message 1" not in answer.text


@pytest.mark.parametrize("name", ["before", "newer", "around", "after"])
def test_no_number_is_404(listing, name):
    values = ["", "x", "-1", "1.5", "99999999999", "9" * 5_000, "\x00", "1 OR 1=1", "null"]
    got = {value: listing(**{name: value}).status_code for value in values}
    assert got == dict.fromkeys(values, 404)


def test_older_ones_come_page_by_page_to_the_end(listing, hundred):
    seen, oldest = [], hundred[60].id
    while (answer := listing(before=oldest)).status_code == 200:
        seen = bodies(answer.text) + seen
        oldest = int(messages(answer.text)[0].attributes["data-order"])
        assert not by_class(answer.text, "upto")
    assert seen == TEXTS[:60]
    assert (answer.status_code, answer.data) == (204, b"")


def test_newer_ones_come_page_by_page_to_the_end(listing, hundred):
    seen, newest = [], hundred[9].id
    while (answer := listing(newer=newest)).status_code == 200:
        seen += bodies(answer.text)
        newest = int(messages(answer.text)[-1].attributes["data-order"])
    assert seen == TEXTS[10:]
    assert (answer.status_code, answer.data) == (204, b"")


def test_around_one_come_forty_before_and_forty_from_it_on(listing, hundred):
    assert bodies(listing(around=hundred[50].id).text) == TEXTS[10:90]
    assert bodies(listing(around=hundred[0].id).text) == TEXTS[:40]
    assert bodies(listing(around=hundred[99].id).text) == TEXTS[59:]


def test_an_empty_conversation_has_no_pages(listing, talk):
    assert [listing(**{name: 1}).status_code for name in ("before", "newer", "around")] == [204, 204, 204]
    assert (position(listing().text), bodies(listing().text)) == (0, [])
    assert (position(listing(after=0).text), bodies(listing(after=0).text)) == (0, [])


def test_catching_up_brings_what_came_after(listing, hundred):
    answer = listing(after=97)
    assert bodies(answer.text) == TEXTS[97:]
    assert position(answer.text) == 100
    assert (bodies(listing(after=100).text), position(listing(after=100).text)) == ([], 100)


def test_catching_up_brings_changes_in_their_order(listing, hundred, stored):
    def edit(session):
        session.execute(update(Chat).values(revision=101))
        session.execute(
            update(Message).where(Message.id == hundred[2].id).values(revision=101, body="edited")
        )

    stored(edit)
    answer = listing(after=99)
    assert bodies(answer.text) == ["message 100", "edited"]
    assert position(answer.text) == 101


def test_a_thousand_changes_are_caught_up(listing, talk, alice):
    talk.says(alice, *["x"] * 1_001)
    answer = listing(after=1)
    assert (len(bodies(answer.text)), position(answer.text)) == (1_000, 1_001)


@pytest.mark.parametrize(("said", "after"), [(1_001, 0), (0, 1), (3, 4)])
def test_too_far_behind_or_ahead_asks_for_a_fresh_page(listing, talk, alice, said, after):
    talk.says(alice, *["x"] * said)
    answer = listing(after=after)
    assert answer.text.endswith(f'<data class="upto" value="{said}" data-reset="true"></data>')
    assert not messages(answer.text)


def test_a_message_of_another_chat_is_no_landmark(listing, hundred, sign_in, alice, carol, stored):
    """Ids are one sequence for all chats; a foreign one only says where to look."""
    as_carol = sign_in(carol)
    address = as_carol.post("/chats", {"username": "alice"}).location
    as_carol.post(f"{address}/messages", {"body": "elsewhere", "key": "7a8c3b1e-0d0f-4f6a-9c2b-0123456789ab"})
    foreign = hundred[-1].id + 1
    assert bodies(listing(before=foreign).text) == TEXTS[60:]
    assert listing(newer=hundred[-1].id).status_code == 204
    assert "elsewhere" not in listing(around=foreign).text
