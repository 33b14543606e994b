"""Leaving for good: what goes, what stays with the others, and that nothing of it points to anybody."""

import pytest
from sqlalchemy import select, update

from chatweb.domain import access, accounts, changes, chats, inboxes, leaving, messages, people, sign_ins
from chatweb.domain.leaving import Belongings
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.models import Base, Chat, SignIn, User, Version

pytestmark = pytest.mark.both_engines


@pytest.fixture
def leave(stored):
    """`leave(bob)`; with `with_messages=True` he takes what he said out of his conversations."""

    def run(person, *, with_messages=False):
        return stored(lambda session: leaving.leave(session, person.id, with_messages=with_messages))

    return run


@pytest.fixture
def page(db_session, chat):
    """`page(alice)` is what she reads in the conversation now: (name, text, removed)."""

    def read(person):
        db_session.rollback()
        held = access.chat_for(db_session, person.id, chat.topic)
        return [(one.sender_name, one.body, one.removed) for one in messages.newest(db_session, held)]

    return read


@pytest.fixture
def everything(db_session):
    """`everything()` is all that the database holds, as text."""

    def dump():
        db_session.rollback()
        return "\n".join(
            str(row) for table in Base.metadata.sorted_tables for row in db_session.execute(select(table))
        )

    return dump


def test_the_other_one_keeps_the_conversation(leave, send, page, db_session, alice, bob, chat):
    send("hello")
    send("goodbye", bob)
    leave(bob)
    assert page(alice) == [("alice", "hello", False), (leaving.NAME, "goodbye", False)]
    held = access.chat_for(db_session, alice.id, chat.topic)
    assert not held.is_open
    (row,) = inboxes.newest(db_session, alice.id)
    assert (row.other_name, row.gone) == (leaving.NAME, True)


def test_what_was_said_can_be_taken_along(leave, send, stored, page, held_by, everything, alice, bob):
    send("hers")
    edited = send("his first words", bob).message
    removed = send("his secret", bob).message
    stored(lambda session: changes.edit(session, held_by(bob), edited.id, "his better words"))
    stored(lambda session: changes.remove(session, held_by(bob), removed.id))
    before = held_by(alice).revision
    leave(bob, with_messages=True)
    assert page(alice) == [("alice", "hers", False), (leaving.NAME, "", True), (leaving.NAME, "", True)]
    assert held_by(alice).revision == before + 1
    assert not {"his first words", "his secret", "his better words"} & set(everything().split("'"))


def test_an_open_page_that_catches_up_sees_it_gone(leave, send, held_by, db_session, alice, bob):
    for number in range(3):
        send(f"text {number}", bob)
    position = held_by(alice).revision
    leave(bob, with_messages=True)
    missed = messages.changes_after(db_session, held_by(alice), position)
    assert missed.complete
    assert [one.removed for one in missed.messages] == [True] * 3
    assert missed.up_to == position + 1


def test_nothing_tells_who_it_was(leave, stored, everything, chat, bob):
    stored(lambda session: chats.arrange(session, bob.id, chat.id, draft="what bob never said"))
    stored(
        lambda session: sign_ins.start(
            session, bob.id, remember=True, address="192.0.2.7", agent="Bobs Browser"
        )
    )
    assert {"bob", "192.0.2.7"} <= set(everything().split("'"))
    leave(bob)
    left = everything()
    for known in ("bob", "Bob", "192.0.2.7", "what bob"):
        assert known not in left


def test_nobody_can_sign_in_find_or_write_to_the_account(leave, stored, db_session, alice, bob, chat):
    token = stored(lambda session: sign_ins.start(session, bob.id, remember=True, address="", agent=""))
    sessions = set(db_session.scalars(select(SignIn.id).where(SignIn.user_id == bob.id)))
    db_session.rollback()
    left = leave(bob)
    assert set(left.session_ids) == sessions
    assert left.topics == [chat.topic]
    assert sign_ins.signed_in(db_session, token) is None
    assert accounts.identify(db_session, "bob") is None
    assert people.find(db_session, alice.id, leaving.NAME) == []
    with pytest.raises(Invalid):
        stored(lambda session: chats.start(session, alice.id, "bob"))


def test_the_name_and_the_address_can_be_taken_again(leave, stored, bob):
    leave(bob)
    new = stored(
        lambda session: (
            accounts.create_user(session, username="bob", email="bob@example.org", password_hash="x").id
        )
    )
    assert new != bob.id


def test_with_the_second_of_two_the_conversation_goes(
    leave, send, chat_between, db_session, alice, bob, carol
):
    send("between us", bob)
    other = chat_between(bob, carol)
    leave(alice)
    leave(bob)
    assert list(db_session.scalars(select(Chat.id))) == [other.id]
    assert list(db_session.scalars(select(Version.id))) == []


def test_the_last_administrator_stays(leave, stored, db_session, alice, bob):
    stored(lambda session: session.execute(update(User).where(User.id == alice.id).values(role="admin")))
    with pytest.raises(Conflict, match="last_admin"):
        leave(alice)
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(role="admin")))
    leave(alice)
    with pytest.raises(Conflict, match="last_admin"):
        leave(bob)


def test_what_would_go_is_counted(send, stored, held_by, db_session, chat_between, alice, bob, carol):
    chat_between(bob, carol)
    removed = send("one", bob).message
    send("two", bob)
    send("hers")
    stored(lambda session: changes.remove(session, held_by(bob), removed.id))
    assert leaving.belongings(db_session, bob.id) == Belongings(chats=1, messages=1)


def test_a_conversation_with_somebody_who_left_is_nobody_elses(leave, db_session, chat, bob, carol):
    leave(bob)
    with pytest.raises(NotFound):
        access.chat_for(db_session, carol.id, chat.topic)
