"""Blocking: what somebody who blocks, and somebody who is blocked, can do and sees. Alice has blocked bob."""

import pytest

from chatweb.announce import chat_topic, person_topic
from chatweb.domain import accounts
from tests.people import PASSWORD
from tests.web.overseeing import WHY
from tests.web.reading import by_class, by_id, rows
from tests.web.talking import send

pytestmark = pytest.mark.both_engines

YES, NO = 200, 409
CLOSED, BLOCKED = "This account is closed", "You have blocked this person"


@pytest.fixture
def said(talk, alice, bob):
    """What each of the two has said before."""
    return {one.username: talk.says(one, f"{one.username} was here")[0] for one in (alice, bob)}


@pytest.fixture
def blocked(as_alice, talk, said):
    """She has blocked him."""
    assert as_alice.post(f"{talk.url}/block").location == talk.url


@pytest.fixture(params=["alice", "bob"])
def who(request, as_alice, as_bob):
    """Each of the two in turn: the name, and a browser."""
    return request.param, {"alice": as_alice, "bob": as_bob}[request.param]


def own(talk, said, name):
    return f"{talk.messages_url}/{said[name].id}"


@pytest.mark.usefixtures("blocked")
class TestWhileBlocked:
    def test_both_read_what_was_said(self, who, talk):
        page = who[1].get(talk.url).text
        assert [one.text for one in by_class(page, "message__body")][-2:] == [
            "alice was here",
            "bob was here",
        ]

    def test_neither_can_send_and_each_is_told_why(self, who, talk):
        name, browser = who
        answer = send(browser, talk, "are you there?")
        assert answer.status_code == NO
        assert (BLOCKED if name == "alice" else CLOSED) in answer.text
        assert "are you there?" not in browser.get(talk.url).text

    def test_without_a_script_what_was_typed_and_the_reason_are_on_the_page(self, as_alice, talk):
        answer = send(as_alice, talk, "are you there?", htmx=False)
        assert answer.status_code == NO
        assert "Unblock" in answer.text

    def test_neither_can_say_something_new_by_an_edit(self, who, talk, said):
        name, browser = who
        answer = browser._send("PATCH", own(talk, said, name), data={"body": "something new"}, htmx=True)
        assert answer.status_code == NO
        assert f"{name} was here" in browser.get(talk.url).text

    def test_both_can_delete_what_they_said_and_bring_it_back(self, who, talk, said):
        name, browser = who
        assert browser._send("DELETE", own(talk, said, name), htmx=True).status_code == YES
        assert browser.post(f"{own(talk, said, name)}/restore", htmx=True).status_code == YES

    def test_reading_is_not_told(self, who, talk, said, heard):
        last = max(one.id for one in said.values())
        assert who[1].post(f"{talk.url}/read", {"id": str(last)}, htmx=True).status_code == 204
        assert heard.on(chat_topic(talk.topic)) == []

    def test_neither_sees_that_the_other_is_here(self, who, talk, present, alice, bob):
        present(alice)
        present(bob)
        _, browser = who
        page = browser.get(talk.url).text
        assert 'id="presence"' not in page
        assert "data-presence" not in page
        assert 'class="presence"' not in browser.get(f"{talk.messages_url}?after=0").text

    def test_the_row_says_so_to_one_and_to_the_other_that_the_account_is_closed(self, who):
        name, browser = who
        (row,) = rows(browser.get("/chats").text)
        assert (", blocked" in row.text, ", account closed" in row.text) == (name == "alice", name == "bob")

    def test_the_other_is_found_by_the_one_who_can_unblock_only(self, who):
        name, browser = who
        other = {"alice": "bob", "bob": "alice"}[name]
        found = browser.get("/people", query_string={"q": other}).text
        started = browser.post("/chats", {"username": other})
        assert (f"@{other}" in found, started.status_code) == (
            (True, 303) if name == "alice" else (False, 422)
        )

    def test_only_the_one_who_has_blocked_can_unblock(self, as_alice, as_bob, talk):
        assert as_bob.post(f"{talk.url}/unblock").status_code == 303
        assert send(as_bob, talk, "let me in").status_code == NO
        as_alice.post(f"{talk.url}/unblock")
        assert send(as_bob, talk, "thank you").status_code == YES
        assert send(as_alice, talk, "welcome back").status_code == YES

    def test_two_who_block_each_other_unblock_each_for_themselves(self, as_alice, as_bob, talk):
        as_bob.post(f"{talk.url}/block")
        as_alice.post(f"{talk.url}/unblock")
        assert CLOSED in send(as_alice, talk, "hello?").text
        assert BLOCKED in send(as_bob, talk, "hello?").text

    def test_a_switch_of_presence_does_not_give_it_away(self, who, present, alice, bob, heard):
        _, browser = who
        browser.post("/settings", {})
        present(alice)
        present(bob)
        heard.clear()
        browser.post("/settings", {"shows_presence": "1"})
        assert [frame for _, frame in heard if "presence" in frame] == []


def looks(browser, talk):
    """What a page shows of a conversation, and what it would hear."""
    page, heard = (browser.get(path).text for path in (talk.url, f"{talk.messages_url}?after=0"))
    (sheet,) = by_class(page, "app__sheet")
    return sheet.text, by_id(page, "messages").attributes, rows(page), heard


@pytest.mark.parametrize("how", ["paused", "deactivated"])
def test_whoever_is_blocked_sees_what_they_would_if_the_account_were_closed(
    as_alice, as_bob, as_dana, talk, said, alice, bob, stored, how
):
    stored(lambda session: accounts.were_here(session, [alice.id, bob.id]))
    as_alice.post(f"{talk.url}/read", {"id": str(said["bob"].id)}, htmx=True)
    as_alice.post(f"{talk.url}/block")
    blocked = looks(as_bob, talk)
    as_alice.post(f"{talk.url}/unblock")
    assert looks(as_bob, talk) != blocked
    if how == "paused":
        as_alice.post("/settings/data/pause", {"present": PASSWORD})
    else:
        as_dana.post(f"/admin/people/{alice.id}/deactivate", WHY)
    assert looks(as_bob, talk) == blocked


def test_open_pages_connect_anew_and_both_rows_change(as_alice, talk, said, heard, alice, bob):
    for act in ("block", "unblock"):
        heard.clear()
        heard.closed.clear()
        as_alice.post(f"{talk.url}/{act}")
        assert heard.closed == [(chat_topic(talk.topic), 1012)]
        assert {topic for topic, _ in heard} == {person_topic(alice.id), person_topic(bob.id)}


def test_a_blocked_page_offers_to_unblock_and_no_other_does(as_alice, as_bob, talk, blocked):
    assert len(by_class(as_alice.get(talk.url).text, "dock__closed")) == 1
    assert f"{talk.url}/unblock" in as_alice.get(talk.url).text
    his = as_bob.get(talk.url).text
    assert CLOSED in his
    assert "/unblock" not in his
