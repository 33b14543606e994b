"""The page of a conversation."""

import pytest
from markupsafe import escape
from sqlalchemy import update

from chatweb.models import Message, User, utc_now
from tests.web.reading import bodies, by_class, by_id, elements, hidden, messages, typed

TEXTS = [f"message {number}" for number in range(1, 101)]


@pytest.fixture
def hundred(talk, alice):
    return talk.says(alice, *TEXTS)


def older_link(html):
    hrefs = [one.attributes["href"] for one in by_class(html, "older")]
    return next((href for href in hrefs if "before=" in href), None)


def orders(html):
    return [int(one.attributes["data-order"]) for one in messages(html)]


def test_it_shows_what_was_said_in_order(as_alice, talk, alice, bob):
    said = [*talk.says(alice, "hello"), *talk.says(bob, "hello alice", "how are you?")]
    page = as_alice.get(talk.url).text
    assert bodies(page) == ["hello", "hello alice", "how are you?"]
    shown = messages(page)
    assert [one.attributes["id"] for one in shown] == [f"message-{one.key}" for one in said]
    assert orders(page) == [one.id for one in said]
    assert [one.attributes["data-revision"] for one in shown] == ["1", "2", "3"]
    assert [one.text for one in by_class(page, "message__sender")] == ["alice, ", "bob, ", "bob, "]


@pytest.mark.parametrize(("in_view", "words"), [(True, "online"), (False, "away")])
def test_the_head_says_how_much_the_other_is_here(as_alice, talk, present, bob, in_view, words):
    def state():
        (head,) = by_class(as_alice.get(talk.url).text, "head__state")
        return head.text

    assert state() == ""
    present(bob, in_view=in_view)
    assert state() == words


def test_whoever_is_signed_out_is_led_to_the_sign_in(visitor, talk):
    answer = visitor.get(talk.url)
    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=")


def test_the_other_member_may_read_it(as_alice, as_bob, talk, alice):
    talk.says(alice, "hello")
    pages = [visitor.get(talk.url).text for visitor in (as_alice, as_bob)]
    assert [bodies(page) for page in pages] == [["hello"], ["hello"]]
    sides = [by_class(page, "app__sheet")[0].attributes["data-viewer-side"] for page in pages]
    assert sorted(sides) == ["1", "2"]
    assert {messages(page)[0].attributes["data-side"] for page in pages} == {sides[0]}


def test_the_stranger_gets_404(as_carol, talk, alice):
    talk.says(alice, "not for carol")
    for path in (talk.url, f"{talk.url}?before=100"):
        answer = as_carol.get(path)
        assert answer.status_code == 404
        assert "not for carol" not in answer.text


def test_a_topic_that_is_none_gets_404(as_alice, chat):
    topics = ["nobodys-topic", "%00", "%ff%fe", "1", "x" * 2000, "..", "%2e%2e", "{{7*7}}"]
    got = {topic: as_alice.get(f"/chats/{topic}").status_code for topic in topics}
    assert got == dict.fromkeys(topics, 404)


def test_a_number_is_no_topic(as_alice, chat):
    assert as_alice.get(f"/chats/{chat.id}").status_code == 404


def test_the_newest_forty_are_shown(as_alice, talk, hundred):
    page = as_alice.get(talk.url).text
    assert bodies(page) == TEXTS[60:]
    log = by_id(page, "messages").attributes
    assert (log["data-position"], log["data-oldest"], log["data-newest"]) == ("100", "no", "yes")
    assert log["data-topic"] == talk.topic


def test_older_pages_are_reached_by_links(as_alice, talk, hundred):
    page, seen = as_alice.get(talk.url).text, []
    while True:
        seen = bodies(page) + seen
        link = older_link(page)
        if link is None:
            break
        page = as_alice.get(link).text
    assert seen == TEXTS
    log = by_id(page, "messages").attributes
    assert (log["data-oldest"], log["data-newest"]) == ("yes", "no")
    assert talk.url in [one.attributes.get("href") for one in elements(page)]


def test_a_page_of_exactly_forty_may_have_more(as_alice, talk, alice):
    talk.says(alice, *TEXTS[:40])
    page = as_alice.get(talk.url).text
    assert bodies(as_alice.get(older_link(page)).text) == []


def test_a_page_before_no_number_is_404(as_alice, talk):
    values = ["", "x", "-1", "1.5", "1e3", "0x10", "99999999999999999999", "\x00", "1;--"]
    got = {value: as_alice.get(talk.url, query_string={"before": value}).status_code for value in values}
    assert got == dict.fromkeys(values, 404)


def test_an_empty_conversation_greets(as_alice, talk):
    page = as_alice.get(talk.url).text
    assert messages(page) == []
    assert "Say hello!" in by_class(page, "start")[0].text
    log = by_id(page, "messages").attributes
    assert (log["data-position"], log["data-oldest"], log["data-newest"]) == ("0", "yes", "yes")


def test_the_new_line_stands_before_the_first_unread(as_bob, talk, alice, bob):
    talk.says(bob, "mine")
    _, read = talk.says(alice, "old", "read")
    as_bob.post(f"{talk.url}/read", {"id": str(read.id)})
    talk.says(bob, "own, never unread")
    first, _ = talk.says(alice, "unread", "unread too")
    ids = [one.attributes["id"] for one in elements(as_bob.get(talk.url).text) if "id" in one.attributes]
    assert ids.count("unread") == 1
    assert ids[ids.index("unread") + 1] == f"message-{first.key}"


def test_there_is_no_new_line_where_nothing_is_unread(as_alice, talk, alice):
    talk.says(alice, "mine")
    assert not by_class(as_alice.get(talk.url).text, "unread")


def test_looking_does_not_read(as_bob, talk, alice):
    talk.says(alice, "hello")
    for _ in range(2):
        assert by_id(as_bob.get(talk.url).text, "unread").text == "New"


def test_the_inbox_stands_beside_it_with_this_row_marked(as_alice, talk, alice):
    talk.says(alice, "hello")
    (row,) = [
        one for one in elements(as_alice.get(talk.url).text) if one.attributes.get("aria-current") == "page"
    ]
    assert row.attributes["href"] == talk.url


def test_an_edited_message_says_so_and_a_removed_one_says_nothing_else(as_alice, talk, alice, stored):
    edited, removed = talk.says(alice, "edited text", "removed text")
    change = update(Message)
    stored(
        lambda session: session.execute(change.where(Message.id == edited.id).values(updated_at=utc_now()))
    )
    stored(
        lambda session: session.execute(change.where(Message.id == removed.id).values(deleted_at=utc_now()))
    )
    page = as_alice.get(talk.url).text
    assert bodies(page) == ["edited text", "Message deleted"]
    assert [one.text for one in by_class(page, "message__edited")] == ["edited"]
    assert "removed text" not in page


def test_times_are_utc_with_milliseconds(as_alice, talk, alice):
    (said,) = talk.says(alice, "hello")
    (time,) = by_class(as_alice.get(talk.url).text, "message__time")
    at = said.inserted_at
    assert time.attributes["datetime"] == at.strftime("%Y-%m-%dT%H:%M:%S") + f".{at.microsecond // 1000:03}Z"
    assert time.text == at.strftime("%H:%M UTC")


def test_names_are_isolated_text(as_alice, talk, alice, bob, stored):
    name = "\u202e<b>bob</b>"
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(display_name=name)))
    talk.says(bob, "hello")
    page = as_alice.get(talk.url).text
    assert [one.text for one in by_class(page, "message__sender")] == [f"{name}, "]
    assert "<b>" not in page
    for place in ("head__name", "start__name", "row__name"):
        assert [one.text for one in by_class(page, place)] == [name]
    assert page.count(f"<bdi>{escape(name)}</bdi>") == 8


def test_the_composer_is_a_form_that_works_without_scripts(as_alice, talk):
    page = as_alice.get(talk.url).text
    form = by_id(page, "composer").attributes
    assert (form["method"], form["action"], form["data-limit"]) == ("post", talk.messages_url, "10000")
    assert typed(page, "body") == ""
    keys = {hidden(as_alice.get(talk.url).text, "key") for _ in range(2)}
    assert len(keys) == 2
