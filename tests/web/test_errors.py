"""What people see when something is not done: words, never a bare code, and their text again."""

import pytest
from sqlalchemy import text

from tests.web.reading import by_class, by_id, problems
from tests.web.talking import new_key, send


def test_a_message_that_cannot_be_stored_is_kept_in_the_page(as_alice, talk, stored, failures_are_answered):
    assert as_alice.csrf
    stored(lambda session: session.execute(text("DROP TABLE chat_messages")))
    answer = send(as_alice, talk, "typed with <care>", htmx=False)
    assert answer.status_code == 503
    assert "typed with &lt;care&gt;" in answer.text
    fragment = send(as_alice, talk, "hello")
    assert fragment.status_code == 503
    assert problems(fragment.text)


@pytest.mark.postgresql
def test_a_postgresql_without_room_is_told_as_such(as_alice, talk, stored):
    refuse = "BEGIN RAISE disk_full; END"
    stored(
        lambda session: session.execute(
            text(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS '{refuse}'")
        )
    )
    trigger = "CREATE TRIGGER full_disk BEFORE INSERT ON chat_messages EXECUTE FUNCTION full_disk()"
    stored(lambda session: session.execute(text(trigger)))
    answer = send(as_alice, talk, "hello")
    assert answer.status_code == 507
    assert problems(answer.text) == ["The server has no room left. Your text is kept; try again later."]
    page = send(as_alice, talk, "typed with <care>", htmx=False)
    assert (page.status_code, "typed with &lt;care&gt;" in page.text) == (507, True)


@pytest.mark.parametrize(
    ("status", "method", "path", "options"),
    [
        (400, "GET", "/chats", {"base_url": "http://evil.example"}),
        (404, "GET", "/no/such/page", {}),
        (404, "GET", "/chats/T/messages?before=garbage", {}),
        (405, "PUT", "/chats", {}),
        (413, "POST", "/chats/T/messages", {"data": "body=" + "x" * 300_000}),
        (422, "POST", "/chats/T/read", {"data": "id=garbage"}),
    ],
)
def test_every_error_is_said_in_words(as_alice, talk, status, method, path, options):
    path = path.replace("T", talk.topic)
    if "data" in options:
        options = options | {"content_type": "application/x-www-form-urlencoded"}
    fragment = as_alice._send(method, path, htmx=True, **options)
    assert fragment.status_code == status
    assert len(problems(fragment.text)[0].split()) > 3
    page = as_alice._send(method, path, **options)
    assert page.status_code == status
    assert by_class(page.text, "empty__title")[0].text.strip()
    assert by_class(page.text, "empty__text")[0].text.strip()


def test_a_wrong_method_names_the_right_ones(as_alice):
    answer = as_alice._send("PUT", "/chats")
    assert {"GET", "POST"} <= {name.strip() for name in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("status", [400, 401, 503])
def test_a_form_gets_its_text_back_whatever_goes_wrong(as_alice, talk, stored, status, failures_are_answered):
    token = as_alice.csrf
    if status == 401:
        stored(lambda session: session.execute(text("UPDATE sessions SET revoked_at = 1")))
    if status == 503:
        stored(lambda session: session.execute(text("DROP TABLE chat_messages")))
    body = "\nlines\n</textarea><b>care</b>"
    form = {"body": body, "key": new_key(), "csrf_token": "stale" if status == 400 else token}
    answer = as_alice.post(talk.messages_url, form, csrf=False)
    assert answer.status_code == status
    assert by_id(answer.text, "kept").text.removeprefix("\n").strip("\n") == body.strip("\n")
    assert "<b>" not in answer.text
