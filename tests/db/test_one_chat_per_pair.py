"""Two people have exactly one conversation, whoever starts it, however often, however simultaneously."""

import pytest
from sqlalchemy import func, select

from chatweb.domain import chats
from chatweb.domain.refusals import Invalid
from chatweb.models import Chat, Member, User
from chatweb.store import store
from tests.db.racing import all_at_once

pytestmark = pytest.mark.both_engines


@pytest.fixture
def start(stored):
    """`start(alice, "bob")` is the topic."""
    return lambda person, name: stored(lambda session: chats.start(session, person.id, name))


def counted(session):
    return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Chat, Member))


def test_fifty_openings_at_once_by_both_people_make_one_chat(app, db_session, alice, bob):
    def opening(person, name):
        return lambda: store(lambda session: chats.start(session, person.id, name))

    jobs = [opening(alice, "bob"), opening(bob, "alice")] * 25
    topics = all_at_once(app, jobs)
    assert len(topics) == 50
    assert set(topics) == set(db_session.scalars(select(Chat.topic)))
    assert counted(db_session) == (1, 2)
    assert set(db_session.scalars(select(Member.user_id))) == {alice.id, bob.id}
    assert all(db_session.scalars(select(Member.opened)))


def test_both_orders_are_the_same_chat(start, db_session, alice, bob):
    assert start(alice, "bob") == start(bob, "alice") == start(alice, "bob")
    assert counted(db_session) == (1, 2)


def test_the_smaller_id_stands_first_whoever_starts(start, db_session, alice, bob, carol):
    start(carol, "alice")
    start(bob, "carol")
    pairs = set(db_session.execute(select(Chat.user_1_id, Chat.user_2_id)).all())
    assert pairs == {(alice.id, carol.id), (bob.id, carol.id)}


def test_a_topic_has_at_least_128_random_bits_and_is_safe_in_an_address(start, alice, bob, carol):
    topics = {start(alice, "bob"), start(alice, "carol"), start(bob, "carol")}
    assert len(topics) == 3
    for topic in topics:
        assert len(topic) * 6 >= 128
        assert set(topic) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_only_who_opened_it_is_marked_so(start, db_session, alice, bob):
    start(alice, "bob")
    opened = dict(db_session.execute(select(Member.user_id, Member.opened)).all())
    assert opened == {alice.id: True, bob.id: False}


def test_a_name_is_found_however_it_is_typed(start, alice, bob):
    assert len({start(alice, typed) for typed in ("bob", " BOB ", "Ｂｏｂ", "bOb\t")}) == 1


def refusals(start, person, *typed):
    for name in typed:
        with pytest.raises(Invalid) as refusal:
            start(person, name)
        yield refusal.value.problems


def test_one_does_not_chat_with_oneself(start, db_session, alice):
    answers = refusals(start, alice, "alice", " Alice ", "ＡＬＩＣＥ")
    assert list(answers) == [{"username": "yourself"}] * 3
    assert counted(db_session) == (0, 0)


def test_a_name_that_nobody_has_is_refused(start, db_session, alice, bob):
    strange = ("nobody", "", "   ", "bob%", "b_b", "bob\x00", "\ud800", "bob@example.org")
    assert list(refusals(start, alice, *strange)) == [{"username": "nobody"}] * len(strange)
    assert counted(db_session) == (0, 0)


def test_somebody_who_was_deactivated_is_nobody(start, stored, alice, bob):
    stored(lambda session: setattr(session.get(User, bob.id), "is_active", False))
    with pytest.raises(Invalid):
        start(alice, "bob")
