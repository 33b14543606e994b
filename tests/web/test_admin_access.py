"""A conversation is opened with a reason, on record, in one browser and for a quarter of an hour."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb.domain import transcripts
from chatweb.models import Entry, User, utc_now
from tests.people import with_second_step
from tests.web.overseeing import WHY, entries, open_chat
from tests.web.reading import elements, problems

pytestmark = pytest.mark.both_engines


@pytest.fixture
def url(chat):
    return f"/admin/chats/{chat.id}"


@pytest.fixture
def later(stored, monkeypatch):
    """`later(minutes)`: the clock of what administrators read goes forward."""

    def run(minutes):
        at = utc_now() + timedelta(minutes=minutes)
        monkeypatch.setattr(transcripts, "utc_now", lambda: at)

    return run


def test_the_form_says_whose_chat_it_is_and_what_will_happen(as_dana, url):
    page = as_dana.get(f"{url}/open").text
    assert "alice" in page
    assert "bob" in page
    assert "go into the audit log before anything is shown" in page
    codes = [one.attributes["value"] for one in elements(page) if one.tag == "option"]
    assert codes == ["", "report", "legal", "safety", "fault"]


def test_a_reason_is_on_record_before_the_chat_is_open(as_dana, dana, chat, url, db_session):
    answer = open_chat(as_dana, chat.id)
    assert (answer.status_code, answer.location) == (303, url)
    (entry,) = entries(db_session)
    assert (entry.actor_id, entry.actor_name, entry.action) == (dana.id, "dana", "chat_opened")
    assert (entry.kind, entry.reference, entry.reason) == tuple(WHY.values())
    assert (entry.chat_id, entry.topic) == (chat.id, chat.topic)
    assert (entry.person_1_name, entry.person_2_name) == ("alice", "bob")
    assert entry.address == "127.0.0.1"
    assert entry.request_id == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": ""}, "Choose what kind of reason it is."),
        ({"kind": "curiosity"}, "Choose what kind of reason it is."),
        ({"reason": "because"}, "At least 10 characters"),
        ({"reason": "x" * 1_001}, "At most 1,000 characters"),
        ({"reference": "x" * 101}, "At most 100 characters"),
        ({"reason": "with a \x00 in it"}, "cannot be kept"),
    ],
)
def test_without_a_good_reason_nothing_is_opened(as_dana, chat, url, count, fields, words):
    answer = open_chat(as_dana, chat.id, **fields)
    assert answer.status_code == 422
    assert words in problems(answer.text)[0]
    assert count(Entry) == 0
    assert as_dana.get(url).location == f"{url}/open"


def test_what_is_not_open_is_asked_about_first(as_dana, url, talk, alice, count):
    talk.says(alice, "a secret")
    answer = as_dana.get(url)
    assert (answer.status_code, answer.location) == (303, f"{url}/open")
    assert "secret" not in answer.text
    assert count(Entry) == 0


def test_access_ends_after_a_quarter_of_an_hour(opened, url, talk, alice, later, count):
    talk.says(alice, "a secret")
    later(14.9)
    assert opened.get(url).status_code == 200
    before = count(Entry)
    later(15.1)
    answer = opened.get(url)
    assert (answer.status_code, answer.location) == (303, f"{url}/open")
    assert count(Entry) == before


def test_reading_does_not_prolong_it(opened, chat, url, later):
    for minutes in (5, 10, 14):
        later(minutes)
        assert opened.get(url).status_code == 200
    later(16)
    assert opened.get(url).status_code == 303
    open_chat(opened, chat.id)
    later(1)
    assert opened.get(url).status_code == 200


def test_access_can_be_ended_before(opened, url, db_session):
    answer = opened.post(f"{url}/close")
    assert (answer.status_code, answer.location) == (303, "/admin/chats?done=chat-closed")
    assert opened.get(url).status_code == 303
    opened.post(f"{url}/close")
    assert [entry.action for entry in entries(db_session)] == ["chat_opened", "chat_closed"]


def test_it_is_open_in_one_browser_of_one_administrator_and_for_one_chat(
    app, opened, dana, url, sign_in, stored, bob, as_bob, carol
):
    as_bob.post("/chats", {"username": "carol"})
    assert opened.get("/admin/chats/2").status_code == 303
    assert sign_in(dana).get(url).status_code == 303
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(role="admin")))
    with_second_step(app, bob)
    assert as_bob.get(url).status_code == 303


def test_after_signing_out_and_in_it_has_to_be_opened_anew(opened, dana, url):
    opened.sign_out()
    assert opened.get(url).location.startswith("/login")
    opened.sign_in(dana)
    assert opened.get(url).location == f"{url}/open"


def test_a_role_taken_away_ends_it(opened, url, talk, alice, stored):
    talk.says(alice, "a secret")
    stored(lambda session: session.execute(update(User).values(role="auditor")))
    answer = opened.get(url)
    assert answer.status_code == 404
    assert "secret" not in answer.text
