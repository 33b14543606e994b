"""Sending a message."""

import pytest

from chatweb.models import Chat, Message
from tests.web.reading import bodies, elements, hidden, messages, problems
from tests.web.talking import at_once, new_key, same_browser, send

TRICKS = [
    "<script>alert(1)</script>",
    "</div><script>alert(1)</script>",
    "</article></div></main><h1>gone</h1>",
    '<img src=x onerror="alert(1)">',
    '"><svg onload=alert(1)>',
    '<div hx-get="/logout" hx-trigger="load">',
    '<button hx-post="/logout" hx-on:click="alert(1)">',
    '<data class="upto" value="9999"></data>',
    '<data class="fresh" value="0"></data>',
    '<article class="message" id="message-x" data-order="1" data-revision="99">',
    "{{ 7 * 7 }} {% raw %} {# gone? #}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "&lt;b&gt; &amp;amp; &#x3c; &nbsp;",
    "<!-- comment -->",
    "]]> <![CDATA[ x ]]>",
    "javascript:alert(1) data:text/html,x",
    "  leading and trailing  ",
    "\n\nlines\n\tand tabs\n",
    "\u202eright to left\u202c \u2066isolated\u2069 \ufeff\u200d",
    "e" + "\u0301" * 500,
    "\x01\x08\x0b\x0c\x1f\x7f\x80\x9f control",
    "\u2028line\u2029paragraph\x85next",
    "👩‍👩‍👧‍👦 🏳️‍🌈 \U0010ffff \uffff \ufffe",
    "' OR 1=1 -- \\' ; DROP TABLE chat_messages",
    "%s %(key)s %00 :body ?",
    "x" * 10_000,
    "🎉" * 10_000,
]


def test_the_answer_to_a_script_is_the_very_fragment(as_alice, talk):
    key = new_key()
    answer = send(as_alice, talk, "hello", key)
    assert answer.status_code == 200
    (message,) = messages(answer.text)
    assert elements(answer.text)[0] == message
    assert message.attributes["id"] == f"message-{key}"
    assert message.attributes["data-revision"] == "1"
    assert bodies(answer.text) == ["hello"]
    assert answer.data in as_alice.get(talk.url).data


def test_a_plain_form_is_sent_back_to_the_page(as_alice, talk):
    page = as_alice.get(talk.url).text
    form = {"body": "hello", "key": hidden(page, "key"), "csrf_token": hidden(page, "csrf_token")}
    answer = as_alice.post(talk.messages_url, form, csrf=False)
    assert (answer.status_code, answer.location) == (303, talk.url)
    assert bodies(as_alice.get(talk.url).text) == ["hello"]


def test_whoever_is_signed_out_is_told(visitor, talk, count):
    assert send(visitor, talk, "hello").status_code == 401
    assert send(visitor, talk, "hello", htmx=False).status_code == 401
    assert count(Message) == 0


def test_the_other_member_may_answer(as_alice, as_bob, talk):
    send(as_alice, talk, "hello")
    assert send(as_bob, talk, "hello alice").status_code == 200
    page = as_alice.get(talk.url).text
    assert bodies(page) == ["hello", "hello alice"]
    assert len({one.attributes["data-side"] for one in messages(page)}) == 2


def test_the_stranger_gets_404(as_carol, talk, count):
    for htmx in (True, False):
        assert send(as_carol, talk, "let me in", htmx=htmx).status_code == 404
    assert count(Message) == 0


def test_a_topic_that_is_none_gets_404(as_alice, talk, count):
    form = {"body": "hello", "key": new_key()}
    assert as_alice.post("/chats/nobodys-topic/messages", form).status_code == 404
    assert count(Message) == 0


def test_nobody_chooses_what_the_server_knows(as_alice, talk, alice, bob, db_session):
    key = new_key()
    extra = {
        "sender_id": bob.id,
        "id": 77,
        "revision": 99,
        "inserted_at": 0,
        "chat_id": 5,
        "deleted_at": 1,
        "side": 2,
    }
    as_alice.post(talk.messages_url, {"body": "hello", "key": key, **extra})
    message = db_session.query(Message).one()
    assert (message.sender_id, message.id, message.revision, message.deleted_at) == (alice.id, 1, 1, None)
    assert message.updated_at is None


@pytest.mark.both_engines
def test_a_text_is_stored_and_shown_as_it_is(as_alice, as_bob, talk, db_session):
    for number, body in enumerate(TRICKS):
        answer = send(as_alice, talk, body)
        assert (answer.status_code, bodies(answer.text)) == (200, [body])
        assert elements(answer.text)[-1].classes == {"message__body"}
        attributes = {name for one in elements(answer.text) for name in one.attributes}
        assert not any(name.startswith(("hx-", "on")) for name in attributes)
        caught_up = as_bob.get(f"{talk.messages_url}?after={number}").text
        assert (bodies(caught_up), len(messages(caught_up))) == ([body], 1)
    assert [body for (body,) in db_session.query(Message.body).order_by(Message.id)] == TRICKS
    assert bodies(as_bob.get(talk.url).text) == TRICKS


@pytest.mark.parametrize("htmx", [True, False], ids=["script", "form"])
@pytest.mark.parametrize("body", ["two\r\nlines", "two\rlines", "two\nlines"])
def test_every_kind_of_line_end_is_the_same_text(as_alice, talk, db_session, body, htmx):
    key = new_key()
    for sent in (body, "two\r\nlines", "two\nlines"):
        assert send(as_alice, talk, sent, key, htmx=htmx).status_code in (200, 303)
    assert [row.body for row in db_session.query(Message)] == ["two\nlines"]


def test_the_same_key_twice_is_one_message(as_alice, talk, count, heard):
    key = new_key()
    answers = [send(as_alice, talk, "hello", key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert count(Message) == 1
    assert len(heard.on(f"chat:{talk.topic}")) == 1


@pytest.mark.both_engines
def test_the_same_key_twenty_times_at_once_is_one_message(app, as_alice, talk, db_session, heard):
    key = new_key()
    tabs = [same_browser(app, as_alice) for _ in range(20)]
    answers = at_once([lambda tab=tab: send(tab, talk, "hello", key) for tab in tabs])
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert db_session.query(Message).count() == 1
    assert db_session.query(Chat.revision).scalar() == 1
    assert len(heard.on(f"chat:{talk.topic}")) == 1


@pytest.mark.both_engines
def test_twenty_messages_at_once_are_all_there_in_one_order(app, as_alice, as_bob, talk, heard):
    tabs = [same_browser(app, visitor) for visitor in (as_alice, as_bob) for _ in range(10)]
    texts = [f"text {number}" for number in range(20)]
    answers = at_once(
        [lambda tab=tab, text=text: send(tab, talk, text) for tab, text in zip(tabs, texts, strict=True)]
    )
    assert [answer.status_code for answer in answers] == [200] * 20
    page = as_alice.get(talk.url).text
    assert sorted(bodies(page)) == sorted(texts)
    assert [int(one.attributes["data-revision"]) for one in messages(page)] == list(range(1, 21))
    assert sorted(heard.on(f"chat:{talk.topic}")) == sorted(answer.text for answer in answers)


def test_sending_needs_no_script_at_all(as_alice, as_bob, talk):
    for visitor, text in ((as_alice, "hello"), (as_bob, "hello alice"), (as_alice, "how are you?")):
        page = visitor.get(talk.url).text
        form = {"body": text, "key": hidden(page, "key"), "csrf_token": hidden(page, "csrf_token")}
        answer = visitor.client.post(talk.messages_url, data=form, follow_redirects=True)
        assert bodies(answer.text)[-1] == text
        assert problems(answer.text) == []
