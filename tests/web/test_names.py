"""The name under which others see somebody."""

import pytest

from chatweb.announce import person_topic
from chatweb.models import User
from tests.web.reading import by_class, problems, typed
from tests.web.talking import send

PATH = "/settings/profile"


def rename(visitor, name):
    return visitor.post(PATH, {"display_name": name})


@pytest.mark.parametrize(
    ("typed_in", "kept"),
    [
        ("Alice Adams", "Alice Adams"),
        ("  Alice \t Adams\n", "Alice Adams"),
        ("田中 さくら", "田中 さくら"),
        ("علی‌رضا", "علی‌رضا"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("x" * 64, "x" * 64),
        ("O’Neill <b>", "O’Neill <b>"),
    ],
)
def test_a_name_is_kept_and_shown(as_alice, alice, db_session, typed_in, kept):
    answer = rename(as_alice, typed_in)
    assert (answer.status_code, answer.location) == (303, "/settings/profile?saved=")
    page = as_alice.get(answer.location).text
    assert by_class(page, "section__status")[0].text == "Saved."
    assert typed(page, "display_name") == kept
    assert by_class(page, "list-foot__name")[0].text == kept
    assert db_session.get(User, alice.id).display_name == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "x" * 65,
        "\u200d",
        "\u3164\u3164",
        "\u2800 \u2800",
        "\U0001d159",
        "\u0301",
        "evil\u202egnp.exe",
        "a\x00b",
        "a\u2066b",
        "a\x1bb",
    ],
    ids=ascii,
)
def test_what_cannot_be_a_name_is_told_at_its_field(as_alice, alice, db_session, name):
    answer = rename(as_alice, name)
    assert answer.status_code == 422
    assert len(problems(answer.text)) == 1
    assert db_session.get(User, alice.id).display_name == "alice"


def test_what_was_typed_stays_in_the_field(as_alice):
    assert typed(rename(as_alice, "x" * 65).text, "display_name") == "x" * 65


def test_pages_show_the_new_name_everywhere(as_alice, as_bob, talk, alice):
    talk.says(alice, "said before")
    rename(as_alice, "Alice Adams")
    send(as_alice, talk, "said after")
    page = as_bob.get(talk.url).text
    assert [one.text for one in by_class(page, "head__name")] == ["Alice Adams"]
    assert [one.text for one in by_class(page, "message__sender")][:2] == ["Alice Adams, "] * 2
    assert "Alice Adams" in by_class(page, "row__name")[0].text


@pytest.mark.both_engines
def test_whoever_sees_it_hears_the_new_name_and_nobody_else(
    as_alice, as_carol, alice, bob, carol, talk, heard
):
    talk.says(alice, "hello")
    as_carol.post("/chats", {"username": "alice"})
    heard.clear()
    rename(as_alice, "Alice A<b>")
    named = f'<data class="named" data-person="{alice.id}" value="Alice A&lt;b&gt;">AA</data>'
    assert sorted(heard) == sorted((person_topic(one.id), named) for one in (alice, bob, carol))


def test_somebody_with_whom_nothing_was_said_yet_hears_nothing(as_alice, alice, bob, heard):
    as_alice.post("/chats", {"username": "bob"})
    heard.clear()
    rename(as_alice, "Alice Adams")
    assert [topic for topic, _ in heard] == [person_topic(alice.id)]


def test_the_username_is_not_changed_by_a_form(as_alice, alice, db_session):
    as_alice.post(PATH, {"display_name": "Root", "username": "root", "role": "admin", "email": "x@y.z"})
    user = db_session.get(User, alice.id)
    assert (user.username, user.role, user.email) == ("alice", "user", "alice@example.org")
