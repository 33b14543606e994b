"""What cannot be sent: a clear answer, the text kept, nothing stored and nobody told."""

import pytest

from chatweb.models import Chat, Message
from tests.web.reading import elements, hidden, problems, typed
from tests.web.talking import new_key, send

EMPTY = "Write something first."
TOO_LONG = "At most 10,000 characters; your text is kept."
UNSTORABLE = "This text contains characters that cannot be kept."
OUT_OF_DATE = "This page is out of date. Reload it and try again."
KEY_TAKEN = "This message was already sent with another text."
REFUSED = {
    "empty": ("", EMPTY),
    "spaces": (" \t\r\n\u3000\u2003", EMPTY),
    "too long": ("x" * 10_001, TOO_LONG),
    "too long outside the BMP": ("🎉" * 10_001, TOO_LONG),
    "with a NUL": ("null\x00byte", UNSTORABLE),
}


@pytest.fixture
def nothing_happened(db_session, heard):
    def check():
        db_session.rollback()
        assert db_session.query(Message).count() == 0
        assert db_session.query(Chat.revision).scalar() == 0
        assert heard == []

    return check


@pytest.mark.both_engines
def test_a_script_is_told_in_a_fragment(as_alice, talk, nothing_happened):
    for body, words in REFUSED.values():
        answer = send(as_alice, talk, body)
        assert answer.status_code == 422
        (problem,) = elements(answer.text)
        assert problem.classes == {"problem"}
        assert (problem.attributes["role"], problem.text) == ("alert", words)
    nothing_happened()


@pytest.mark.parametrize(("body", "words"), REFUSED.values(), ids=REFUSED)
def test_a_form_gets_the_page_with_its_text(as_alice, talk, nothing_happened, body, words):
    answer = send(as_alice, talk, body, htmx=False)
    assert answer.status_code == 422
    assert problems(answer.text) == [words]
    assert typed(answer.text, "body") == body
    nothing_happened()


def test_what_was_kept_can_be_sent_after_mending(as_alice, talk, count):
    page = send(as_alice, talk, "x" * 10_001, htmx=False).text
    form = {
        "body": typed(page, "body")[1:],
        "key": hidden(page, "key"),
        "csrf_token": hidden(page, "csrf_token"),
    }
    assert as_alice.post(talk.messages_url, form, csrf=False).status_code == 303
    assert count(Message) == 1


@pytest.mark.parametrize("body", ["</textarea><script>alert(1)</script>", "\n<b>", "\"&lt;'", "{{ 7*7 }}"])
def test_a_kept_text_is_text(as_alice, talk, body):
    page = send(as_alice, talk, body, key="no key", htmx=False).text
    assert typed(page, "body") == body
    assert "<script>alert" not in page


def test_a_key_that_is_none_is_told(as_alice, talk, nothing_happened):
    good = new_key()
    for key in (" ", "x", "0" * 36, good.upper(), f"{good}\n", f" {good}", '"><b>', "\x00", "1" * 9_999):
        for htmx in (True, False):
            answer = send(as_alice, talk, "hello", key, htmx=htmx)
            assert (answer.status_code, problems(answer.text)) == (422, [OUT_OF_DATE])
    nothing_happened()


def test_a_missing_field_is_told(as_alice, talk, nothing_happened):
    for form in ({}, {"body": "hello"}, {"key": new_key()}):
        assert as_alice.post(talk.messages_url, form, htmx=True).status_code == 422
    nothing_happened()


def test_json_is_no_form(as_alice, talk, nothing_happened):
    form = {"body": "\ud800", "key": new_key()}
    answer = as_alice.client.post(talk.messages_url, json=form, headers={"X-CSRFToken": as_alice.csrf})
    assert answer.status_code == 422
    nothing_happened()


@pytest.mark.both_engines
def test_bad_utf_8_is_never_stored(as_alice, talk, db_session):
    """What a form encodes badly stays spelled out; bytes that no form can hold make the form empty."""
    statuses = []
    for raw in (b"%ED%A0%80 lone surrogate", b"%FF%FE bad", b"%C0%80 overlong", b"\xff\xfe raw"):
        form = b"key=" + new_key().encode() + b"&body=" + raw
        kind = "application/x-www-form-urlencoded"
        statuses.append(as_alice.post(talk.messages_url, form, htmx=True, content_type=kind).status_code)
    assert statuses == [200, 200, 200, 422]
    stored = [body for (body,) in db_session.query(Message.body).order_by(Message.id)]
    assert stored == ["%ED%A0%80 lone surrogate", "%FF%FE bad", "%C0%80 overlong"]


class TestTheSameKey:
    @pytest.fixture
    def sent(self, as_alice, talk, heard):
        key = new_key()
        send(as_alice, talk, "the first text", key)
        heard.clear()
        return key

    def test_with_another_text_is_told_and_the_text_kept(self, as_alice, talk, sent, count, heard):
        answer = send(as_alice, talk, "another text", sent)
        assert answer.status_code == 409
        assert problems(answer.text) == [KEY_TAKEN]
        page = send(as_alice, talk, "another text", sent, htmx=False)
        assert page.status_code == 409
        assert typed(page.text, "body") == "another text"
        assert hidden(page.text, "key") != sent
        assert (count(Message), heard) == (1, [])

    def test_of_somebody_else_is_told_and_tells_nothing(self, as_bob, talk, sent, count, heard):
        for text in ("the first text", "another"):
            answer = send(as_bob, talk, text, sent)
            assert answer.status_code == 409
            assert "the first text" not in answer.text
        assert (count(Message), heard) == (1, [])

    @pytest.mark.usefixtures("carol")
    def test_in_another_chat_is_told(self, as_alice, sent, count, heard):
        elsewhere = as_alice.post("/chats", {"username": "carol"}).location
        answer = as_alice.post(f"{elsewhere}/messages", {"body": "the first text", "key": sent}, htmx=True)
        assert answer.status_code == 409
        assert (count(Message), heard) == (1, [])

    def test_is_free_for_a_stranger_in_a_chat_of_their_own(self, as_carol, sent):
        elsewhere = as_carol.post("/chats", {"username": "alice"}).location
        answer = as_carol.post(f"{elsewhere}/messages", {"body": "mine", "key": sent}, htmx=True)
        assert answer.status_code == 200


@pytest.mark.usefixtures("failures_are_answered")
class TestTooMuch:
    @pytest.mark.parametrize("htmx", [True, False], ids=["script", "form"])
    def test_a_megabyte_is_413(self, as_alice, talk, nothing_happened, htmx):
        assert send(as_alice, talk, "x" * 1_000_000, htmx=htmx).status_code == 413
        nothing_happened()

    def test_the_longest_text_passes_however_it_is_encoded(self, as_alice, talk):
        assert send(as_alice, talk, "🎉" * 10_000).status_code == 200

    def test_ten_thousand_fields_are_not_read_as_a_message(self, as_alice, talk, nothing_happened):
        form = {f"field{number}": "x" for number in range(10_000)}
        assert as_alice.post(talk.messages_url, form).status_code == 422
        nothing_happened()

    def test_two_thousand_parts_are_413(self, as_alice, talk, nothing_happened):
        form = {f"{number}": "x" for number in range(2_000)}
        answer = as_alice.post(talk.messages_url, form, content_type="multipart/form-data")
        assert answer.status_code == 413
        nothing_happened()
