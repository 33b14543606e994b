"""Who may see that somebody is here: those they have a conversation with, when both show it."""

import pytest
from sqlalchemy import insert, update

from chatweb.domain import accounts, chats, people
from chatweb.domain.accounts import Switched, Switches
from chatweb.models import Chat, Member, User
from tests.db import rows
from tests.statements import recorded, verbs

pytestmark = pytest.mark.both_engines


@pytest.fixture
def contacts(db_session):
    """`contacts(alice, bob)` are the pairs of these people with theirs."""

    def look(*persons):
        db_session.rollback()
        return sorted(people.contacts(db_session, [one.id for one in persons]))

    return look


@pytest.fixture
def hide(stored):
    """`hide(bob)`: he does not show that he is here."""
    return lambda person: stored(
        lambda session: session.execute(update(User).where(User.id == person.id).values(shows_presence=False))
    )


def test_each_is_named_with_everybody_they_talk_with(contacts, chat, chat_between, alice, bob, carol):
    chat_between(bob, carol)
    assert contacts(alice) == [(alice.id, bob.id)]
    assert contacts(bob) == [(bob.id, alice.id), (bob.id, carol.id)]
    assert contacts(alice, carol) == [(alice.id, bob.id), (carol.id, bob.id)]
    assert contacts() == []


@pytest.mark.parametrize("who", [0, 1])
def test_whoever_hides_it_is_nobodys_contact_and_has_none(contacts, hide, chat, alice, bob, who):
    hide((alice, bob)[who])
    assert contacts(alice, bob) == []


@pytest.mark.parametrize("who", [0, 1])
def test_who_has_blocked_another_is_not_their_contact_and_neither_the_other_way(
    contacts, stored, chat, chat_between, alice, bob, carol, who
):
    chat_between(bob, carol)
    blocker = (alice, bob)[who]
    stored(lambda session: chats.arrange(session, blocker.id, chat.id, blocked=True))
    assert contacts(alice, bob) == [(bob.id, carol.id)]


def test_many_people_are_asked_about_in_few_statements(db_session, stored, alice):
    def write(session):
        for number in range(people.MOST_AT_ONCE + 1):
            other = rows.add(session, User, rows.user(f"person-{number}"))
            chat_id = rows.add(session, Chat, rows.chat(alice.id, other))
            session.execute(insert(Member), [rows.member(chat_id, id_) for id_ in (alice.id, other)])
            yield other

    others = stored(lambda session: list(write(session)))
    with recorded(db_session.get_bind()) as asked:
        found = list(people.contacts(db_session, others))
    assert sorted(found) == [(other, alice.id) for other in others]
    assert verbs(asked) == ["SELECT"] * 2
    assert len(list(people.contacts(db_session, [alice.id]))) == len(others)


def test_a_switch_tells_whose_pages_look_different(stored, hide, chat, chat_between, alice, bob, carol):
    other = chat_between(alice, carol)
    hide(carol)
    topics = sorted([chat.topic, other.topic])

    def switch(**changed):
        wanted = Switches(**dict.fromkeys(Switches._fields, True) | {"asks_first": False} | changed)
        found = stored(lambda session: accounts.set_switches(session, alice.id, wanted))
        return found._replace(topics=sorted(found.topics))

    assert switch(shows_typing=False) == Switched(topics, [], [])
    assert switch(shows_presence=False) == Switched(topics, [bob.id], [])
    assert switch(shows_presence=False) == Switched(topics, [], [])
    assert switch() == Switched(topics, [bob.id], [])
