"""Starting a conversation by somebody's name."""

import pytest
from sqlalchemy import update

from chatweb.models import Chat, Member, User
from tests.web.reading import by_id, problems, rows
from tests.web.talking import at_once, same_browser


def start(visitor, username):
    return visitor.post("/chats", {"username": username})


def test_it_leads_to_the_conversation(as_alice, bob):
    answer = start(as_alice, "bob")
    assert answer.status_code == 303
    page = as_alice.get(answer.location)
    assert page.status_code == 200
    assert "bob" in page.text


@pytest.mark.parametrize("username", ["bob", "BOB", " Bob ", "ｂｏｂ", "bob\n"])
def test_the_name_counts_in_any_spelling(as_alice, bob, username):
    assert start(as_alice, username).status_code == 303


def test_both_people_get_the_same_conversation(as_alice, as_bob, alice, bob, count):
    addresses = {
        start(as_alice, "bob").location,
        start(as_bob, "alice").location,
        start(as_alice, "bob").location,
    }
    assert len(addresses) == 1
    assert (count(Chat), count(Member)) == (1, 2)


def test_the_stranger_gets_another_one(as_alice, as_carol, alice, bob):
    assert start(as_alice, "bob").location != start(as_carol, "bob").location


def test_the_topic_cannot_be_guessed(as_alice, as_carol, bob):
    topics = [start(visitor, "bob").location.rpartition("/")[2] for visitor in (as_alice, as_carol)]
    for topic in topics:
        assert len(topic) >= 22  # 128 bits in 6 bits a character
        assert set(topic) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("nobody.here", "There is nobody here with this name."),
        ("", "There is nobody here with this name."),
        ("   ", "There is nobody here with this name."),
        ("bob\x00", "There is nobody here with this name."),
        ("%", "There is nobody here with this name."),
        ("bob@example.org", "There is nobody here with this name."),
        ("x" * 5_000, "There is nobody here with this name."),
        ("alice", "A chat is between two people; this is you."),
        ("ALICE", "A chat is between two people; this is you."),
    ],
)
def test_a_name_that_means_nobody_else_is_told_and_kept(as_alice, bob, count, username, words):
    answer = start(as_alice, username)
    assert answer.status_code == 422
    assert by_id(answer.text, "start-problem").text.strip() == f"{words} “{username}”"
    assert count(Chat) == 0


def test_what_was_typed_is_shown_as_text(as_alice):
    answer = start(as_alice, '"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text
    assert '“"><script>alert(1)</script>”' in by_id(answer.text, "start-problem").text


def test_somebody_inactive_is_nobody(as_alice, bob, stored):
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(is_active=False)))
    answer = start(as_alice, "bob")
    assert answer.status_code == 422
    assert problems(answer.text) == ["There is nobody here with this name. “bob”"]


def test_the_inbox_stays_in_view_when_it_fails(as_alice, talk):
    assert len(rows(start(as_alice, "nobody.here").text)) == 1


def test_a_missing_name_is_nobody(as_alice):
    assert as_alice.post("/chats").status_code == 422


@pytest.mark.both_engines
def test_both_at_once_many_times_get_one_conversation(app, as_alice, as_bob, alice, bob, count):
    tabs = [
        (same_browser(app, visitor), other)
        for visitor, other in ((as_alice, "bob"), (as_bob, "alice"))
        for _ in range(5)
    ]
    answers = at_once([lambda tab=tab, other=other: start(tab, other) for tab, other in tabs])
    assert [answer.status_code for answer in answers] == [303] * 10
    assert len({answer.location for answer in answers}) == 1
    assert (count(Chat), count(Member)) == (1, 2)
