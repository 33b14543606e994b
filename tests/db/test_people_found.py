"""Who is found when a name is typed."""

import pytest

from chatweb.domain import people
from chatweb.models import User
from tests.db import rows
from tests.statements import recorded, verbs

pytestmark = pytest.mark.both_engines


@pytest.fixture
def add(stored):
    """`add("dora", display_name="Dora Kiss")` makes somebody."""
    return lambda name, **values: stored(lambda session: rows.add(session, User, rows.user(name, **values)))


@pytest.fixture
def find(db_session, alice):
    """`find("bo")` are the usernames alice gets to see."""

    def run(query, person=alice):
        db_session.rollback()
        return [found.username for found in people.find(db_session, person.id, query)]

    return run


def test_a_name_is_found_from_two_characters_on(find, bob):
    assert find("bo") == ["bob"]
    assert find("bob") == ["bob"]
    for short in ("", "b", " b ", "  ", "\t\n"):
        assert find(short) == []


def test_a_name_is_found_by_its_beginning_however_it_is_written(find, add):
    add("straßenkind", username_key="strassenkind")
    for typed in ("stra", "STRAß", "ＳＴＲＡ", " strass "):
        assert find(typed) == ["straßenkind"]
    assert find("assen") == []


def test_somebody_is_found_by_any_part_of_the_displayed_name(find, add):
    add("dk", display_name="Dora Kiss")
    add("sakura", display_name="田中 さくら")
    assert find("kiss") == find("RA KI") == ["dk"]
    assert find("田中") == find("さく") == ["sakura"]


def test_nobody_finds_oneself(find, alice, bob):
    assert find("alice") == []
    assert find("alice", bob) == ["alice"]


def test_somebody_inactive_is_not_found(find, add):
    add("dora", is_active=False)
    assert find("dora") == []


def test_at_most_ten_people_are_found_in_the_order_of_their_names(find, add):
    for number in range(12):
        add(f"guest{number:02}")
    assert find("guest") == [f"guest{number:02}" for number in range(10)]


def test_what_sql_would_take_for_a_pattern_is_text(find, add, bob):
    add("b_b")
    add("bxb", display_name="100% back\\slash /slash")
    assert find("b_") == ["b_b"]
    assert find("0%") == find("k\\s") == find("/s") == ["bxb"]
    for typed in ("%%", "__", "b%", "_o", "\\%", "//", "' OR 1=1 --", "bo'", '"bob"', "*ob", "b?b", "[b]ob"):
        assert find(typed) == []


@pytest.mark.parametrize("typed", ["bo\x00", "\ud800b", "b" * 100_000, "💥💥", "\u202ebo"])
def test_strange_text_finds_nobody(find, bob, typed):
    assert find(typed) == []


def test_a_found_person_is_no_more_than_a_name_and_a_picture(db_session, alice, bob):
    assert people.find(db_session, alice.id, "bob") == [(bob.id, "bob", "bob", "")]


def test_finding_is_one_query(db_session, alice, bob):
    with recorded(db_session.get_bind()) as asked:
        people.find(db_session, alice.id, "bob")
    assert verbs(asked) == ["SELECT"]
