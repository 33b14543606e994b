"""The list of conversations."""

import pytest
from sqlalchemy import update

from chatweb.announce import person_topic
from chatweb.models import Message, User, utc_now
from tests.web.reading import by_class, by_id, elements, rows
from tests.web.talking import new_key, send


def names(html):
    return [one.text for one in by_class(html, "row__name")]


def previews(html):
    return [one.text.strip() for one in by_class(html, "row__preview")]


def test_it_shows_each_conversation(as_alice, talk, alice, bob):
    talk.says(alice, "first")
    talk.says(bob, "last  line\nof it")
    page = as_alice.get("/chats").text
    (row,) = rows(page)
    (link,) = [one for one in elements(page) if "row" in one.classes and one.tag == "a"]
    assert link.attributes["href"] == talk.url
    assert row.attributes["id"] == f"chat-{talk.topic}"
    assert names(page) == ["bob"]
    assert previews(page) == ["last line of it"]


def test_the_front_door_leads_here(as_alice, visitor):
    assert as_alice.get("/").location == "/chats"
    assert visitor.get("/", follow_redirects=True).request.path == "/login"


def test_the_other_member_sees_the_same_chat_from_the_other_side(as_alice, as_bob, talk, alice):
    talk.says(alice, "hello bob")
    assert (names(as_alice.get("/chats").text), previews(as_alice.get("/chats").text)) == (
        ["bob"],
        ["You: hello bob"],
    )
    assert (names(as_bob.get("/chats").text), previews(as_bob.get("/chats").text)) == (
        ["alice"],
        ["hello bob"],
    )


def test_the_stranger_sees_nothing_of_it(as_carol, talk, alice):
    talk.says(alice, "not for carol")
    page = as_carol.get("/chats")
    assert rows(page.text) == []
    assert "not for carol" not in page.text


def test_an_empty_inbox_explains_how_to_start(as_carol):
    page = as_carol.get("/chats").text
    assert rows(page) == []
    assert by_class(page, "empty")[0].text.strip()


def test_a_chat_without_messages_is_shown_only_to_who_opened_it(as_alice, as_bob, talk):
    page = as_alice.get("/chats").text
    assert (names(page), previews(page)) == (["bob"], ["No messages yet"])
    assert rows(as_bob.get("/chats").text) == []


def test_a_first_message_from_a_stranger_appears(as_bob, talk, alice):
    talk.says(alice, "we have not met")
    assert previews(as_bob.get("/chats").text) == ["we have not met"]


def test_the_newest_conversation_comes_first(as_alice, many_chats):
    page = as_alice.get("/chats").text
    assert names(page) == [person.username for person in reversed(many_chats)][:50]
    order = [int(row.attributes["data-order"]) for row in rows(page)]
    assert order == sorted(order, reverse=True)


def test_an_answer_moves_its_conversation_up(as_alice, many_chats):
    topic = as_alice.post("/chats", {"username": "person30"}).location.rpartition("/")[2]
    as_alice.post(f"/chats/{topic}/messages", {"body": "answer", "key": new_key()})
    page = as_alice.get("/chats").text
    assert names(page)[0] == "person30"
    assert previews(page)[0] == "You: answer"


@pytest.mark.parametrize(("count", "badge"), [(1, "1"), (99, "99"), (100, "99+"), (130, "99+")])
def test_unread_messages_are_counted_up_to_99(as_alice, as_bob, talk, alice, count, badge):
    talk.says(alice, *["hello"] * count)
    page = as_bob.get("/chats").text
    (row,) = rows(page)
    assert row.attributes["data-unread"] == str(min(count, 100))
    assert by_class(page, "badge")[0].text.split()[0] == badge
    assert by_class(page, "row--unread")
    assert rows(as_alice.get("/chats").text)[0].attributes["data-unread"] == "0"


def test_own_and_removed_messages_are_not_unread(as_bob, talk, alice, bob, stored):
    talk.says(bob, "mine")
    gone, _ = talk.says(alice, "taken back", "stays")
    stored(
        lambda session: session.execute(
            update(Message).where(Message.id == gone.id).values(deleted_at=utc_now())
        )
    )
    assert rows(as_bob.get("/chats").text)[0].attributes["data-unread"] == "1"


def test_a_removed_message_is_not_previewed(as_alice, as_bob, talk, alice, stored):
    talk.says(alice, "taken back")
    stored(lambda session: session.execute(update(Message).values(deleted_at=utc_now())))
    for visitor in (as_alice, as_bob):
        page = visitor.get("/chats").text
        assert previews(page) == ["Message deleted"]
        assert "taken back" not in page


@pytest.mark.parametrize(
    "body",
    [
        "<b>bold</b>",
        '"><script>alert(1)</script>',
        "{{ 7*7 }}",
        "</span></a></li><li>",
        "&amp;",
        "'onclick='x",
    ],
)
def test_a_preview_is_text_whatever_is_in_it(as_bob, talk, alice, body):
    talk.says(alice, body)
    page = as_bob.get("/chats").text
    assert previews(page) == [body]
    assert len(rows(page)) == 1


def test_a_long_message_is_previewed_by_its_beginning(as_bob, talk, alice):
    talk.says(alice, "a" * 9_000)
    (preview,) = previews(as_bob.get("/chats").text)
    assert preview == "a" * len(preview)
    assert 40 <= len(preview) <= 200


@pytest.mark.parametrize(("in_view", "state"), [(True, "online"), (False, "away")])
def test_a_row_tells_how_much_the_other_is_here(as_alice, talk, present, bob, in_view, state):
    (row,) = rows(as_alice.get("/chats").text)
    assert row.attributes["data-person"] == str(bob.id)
    assert "data-presence" not in row.attributes
    present(bob, in_view=in_view)
    page = as_alice.get("/chats").text
    assert rows(page)[0].attributes["data-presence"] == state
    assert names(page) == [f"bob, {state}"]


def test_a_row_is_the_same_on_the_page_and_over_the_line(as_alice, as_bob, talk, present, bob, alice, heard):
    present(bob)
    send(as_alice, talk, "hello")
    (row,) = heard.on(person_topic(alice.id))
    assert 'data-presence="online"' in row
    assert row in as_alice.get("/chats").text


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_row_tells_nothing_where_one_hides_it(as_alice, as_bob, talk, present, stored, alice, bob, who):
    talk.says(alice, "hello")
    for person in (alice, bob):
        present(person)
    stored(lambda session: session.execute(update(User).filter_by(username=who).values(shows_presence=False)))
    for visitor in (as_alice, as_bob):
        assert "data-presence" not in visitor.get("/chats").text


def test_the_row_of_a_closed_account_tells_nothing_and_cannot_be_told(as_alice, talk, present, stored, bob):
    present(bob)
    stored(lambda session: session.execute(update(User).filter_by(id=bob.id).values(is_active=False)))
    (row,) = rows(as_alice.get("/chats").text)
    assert not {"data-presence", "data-person"} & set(row.attributes)


def test_a_display_name_is_text(as_alice, talk, alice, bob, stored, app):
    name = "<i>bob</i>\u202e"
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(display_name=name)))
    page = as_alice.get("/chats").text
    assert names(page) == [name]
    assert not by_class(page, "i")


def test_the_list_says_whose_it_is(as_alice, alice, talk):
    page = as_alice.get("/chats").text
    assert by_id(page, "app").attributes["data-person"] == str(alice.id)
    assert by_id(page, "rows").tag == "ul"
