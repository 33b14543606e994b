"""What every answer says about itself: pages, fragments, refusals, failures and files."""

import dataclasses

import pytest

from chatweb.models import Base
from chatweb.web import static_files
from tests.web.route_table import HANDSHAKE
from tests.web.talking import new_key

ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types default"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SCRIPT = "js/trusted-types.js"

ANSWERS = {
    "page": (200, "GET", "/chats", {}),
    "conversation": (200, "GET", "/chats/T", {}),
    "people": (200, "GET", "/people?q=bo", {}),
    "messages": (200, "GET", "/chats/T/messages?after=0", {}),
    "redirect": (302, "GET", "/", {}),
    "to the page": (303, "POST", "/chats/T/messages", {"data": {"body": "hi", "key": new_key()}}),
    "sent": (200, "POST", "/chats/T/messages", {"data": {"body": "hi", "key": new_key()}, "htmx": True}),
    "nothing": (204, "GET", "/chats/T/messages?before=1", {}),
    "stale": (400, "POST", "/chats/T/messages", {"csrf": False}),
    "other host": (400, "GET", "/chats", {"base_url": "http://evil.example"}),
    "not from here": (403, "GET", "/ws/inbox", {"headers": HANDSHAKE}),
    "not found": (404, "GET", "/chats/nobodys-topic", {}),
    "no such fragment": (404, "GET", "/chats/nobodys-topic", {"htmx": True}),
    "no such page": (404, "GET", "/no/such/page", {}),
    "no such file": (404, "GET", "/static/now/js/none.js", {}),
    "wrong method": (405, "PUT", "/chats", {}),
    "too large": (413, "POST", "/chats/T/messages", {"data": {"body": "x" * 300_000}}),
    "refused": (422, "POST", "/chats/T/messages", {"data": {"body": " ", "key": new_key()}}),
    "refused fragment": (422, "POST", "/chats/T/messages", {"data": {"body": " "}, "htmx": True}),
    "failed": (500, "GET", "/fails", {}),
    "alive": (200, "GET", "/healthz", {}),
    "options": (200, "OPTIONS", "/chats", {}),
}


@pytest.fixture
def fails(app, failures_are_answered):
    def fail():
        raise RuntimeError("on purpose")

    app.add_url_rule("/fails", view_func=fail)


def assert_safe(answer):
    assert {name: answer.headers.getlist(name) for name in ALWAYS} == {
        name: [value] for name, value in ALWAYS.items()
    }


@pytest.mark.parametrize(("status", "method", "path", "options"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_is_safe_and_kept_by_nobody(fails, as_alice, talk, status, method, path, options):
    answer = as_alice._send(method, path.replace("T", talk.topic), **options)
    assert answer.status_code == status
    assert_safe(answer)
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/login", "/register", "/chats", "/chats/x/messages?after=0"])
def test_what_the_signed_out_get_is_safe_too(visitor, path):
    for answer in (visitor.get(path), visitor.get(path, htmx=True)):
        assert_safe(answer)
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_answer_without_the_database_is_safe(as_alice, app, stored, failures_are_answered):
    stored(lambda session: Base.metadata.tables["sessions"].drop(session.connection()))
    answer = as_alice.get("/chats")
    assert answer.status_code == 503
    assert_safe(answer)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.fixture
def script_url(app):
    with app.test_request_context():
        return static_files.asset(SCRIPT)


def test_a_file_is_kept_for_ever_and_is_the_same_for_everybody(visitor, as_alice, script_url):
    answers = [one.get(script_url, buffered=True) for one in (visitor, as_alice)]
    for answer in answers:
        assert answer.status_code == 200
        assert_safe(answer)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.mimetype == "text/javascript"
        assert "Vary" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    assert answers[0].data == answers[1].data


def test_a_file_that_did_not_change_is_not_sent_again(visitor, script_url):
    etag = visitor.get(script_url, buffered=True).headers["ETag"]
    answer = visitor.get(script_url, headers={"If-None-Match": etag}, buffered=True)
    assert (answer.status_code, answer.data) == (304, b"")
    assert_safe(answer)


def test_a_file_of_another_version_is_asked_for_again_each_time(visitor):
    answer = visitor.get(f"/static/older/{SCRIPT}", buffered=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path", ["../pyproject.toml", "%2e%2e/pyproject.toml", "js/../../README.md", "/etc/passwd"]
)
def test_no_other_file_is_served(visitor, path):
    assert visitor.get(f"/static/now/{path}").status_code in (308, 404)


def test_a_signed_in_page_varies_by_cookie(as_alice):
    assert "Cookie" in as_alice.get("/chats").headers["Vary"]


class TestBehindTls:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, public_url="https://chat.example.org")

    @pytest.mark.parametrize(
        "path", ["/login", "/chats", "/no/such/page", f"/static/now/{SCRIPT}", "/healthz"]
    )
    def test_browsers_are_told_to_stay_with_tls(self, client, path):
        answer = client.get(path, base_url="https://chat.example.org", buffered=True)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert_safe(answer)
