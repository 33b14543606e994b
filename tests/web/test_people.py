"""Finding people."""

import pytest
from sqlalchemy import update

from chatweb.models import User
from tests.people import add_person
from tests.web.reading import by_class, elements, hidden, typed


def found(html):
    return [
        one.attributes["value"]
        for one in elements(html)
        if one.attributes.get("name") == "username" and one.attributes.get("type") == "hidden"
    ]


def search(visitor, query):
    return visitor.get("/people", query_string={"q": query}, htmx=True)


def test_it_finds_people_by_the_beginning_of_their_name(as_alice, bob, carol):
    answer = search(as_alice, "ca")
    assert answer.status_code == 200
    assert found(answer.text) == ["carol"]


@pytest.mark.parametrize("query", ["bo", "BO", " bob ", "ｂｏ", "Bob"])
def test_case_and_width_do_not_count(as_alice, bob, query):
    assert found(search(as_alice, query).text) == ["bob"]


def test_a_name_shown_is_found_anywhere_in_it(as_alice, bob, stored):
    stored(
        lambda session: session.execute(
            update(User).where(User.id == bob.id).values(display_name="Robert Roe")
        )
    )
    assert found(search(as_alice, "roe").text) == ["bob"]


def test_a_person_found_starts_a_conversation(as_alice, bob):
    answer = search(as_alice, "bob")
    form = {"username": found(answer.text)[0], "csrf_token": hidden(answer.text, "csrf_token")}
    assert as_alice.post("/chats", form, csrf=False).status_code == 303


def test_whoever_is_signed_out_finds_nobody(visitor, bob):
    assert search(visitor, "bob").status_code == 401
    assert visitor.get("/people?q=bob").status_code == 303


def test_nobody_finds_themselves(as_alice):
    assert found(search(as_alice, "alice").text) == []


@pytest.mark.parametrize("query", ["", "b", " b ", "\x00\x00", "b\x00"])
def test_one_character_is_too_little(as_alice, bob, query):
    answer = search(as_alice, query)
    assert (answer.status_code, found(answer.text)) == (200, [])


@pytest.mark.both_engines
def test_what_means_something_in_sql_is_text(as_alice, bob):
    for query in ("%%", "__", "b%", "b_b", "\\\\", "' OR 1=1 --", "bo*", "[a-z]b", "bob\\"):
        answer = search(as_alice, query)
        assert (query, answer.status_code, found(answer.text)) == (query, 200, [])


def test_at_most_ten_are_shown(app, as_alice):
    for number in range(12):
        add_person(app, f"person{number:02}")
    assert found(search(as_alice, "person").text) == [f"person{number:02}" for number in range(10)]


def test_somebody_inactive_is_not_found(as_alice, bob, stored):
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(is_active=False)))
    assert found(search(as_alice, "bob").text) == []


def test_addresses_are_not_searched_and_not_shown(as_alice, bob):
    assert found(search(as_alice, "example").text) == []
    assert "bob@example.org" not in search(as_alice, "bob").text


def test_a_missing_query_finds_nobody(as_alice, bob):
    assert found(as_alice.get("/people", htmx=True).text) == []


def test_nobody_found_is_said(as_alice):
    answer = search(as_alice, "zz<b>")
    assert by_class(answer.text, "people__none")
    assert not by_class(answer.text, "people__one")
    assert "<b>" not in answer.text


def test_the_search_works_without_scripts(as_alice, bob):
    page = as_alice.get("/chats", query_string={"q": "bob"}).text
    assert typed(page, "q") == "bob"
    assert "bob" in found(page)


def test_the_search_field_keeps_what_was_typed_as_text(as_alice):
    query = '"><script>alert(1)</script>'
    page = as_alice.get("/chats", query_string={"q": query}).text
    assert typed(page, "q") == query
    assert "<script>alert" not in page
