"""Each constraint broken on purpose: the database itself says no."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from chatweb.models import Base, Chat, Member, Message, SignIn, User
from tests.db import rows

pytestmark = pytest.mark.both_engines


@pytest.fixture
def refused(stored: Callable) -> Callable[[type[Base], dict], bool]:
    """`refused(Chat, row)` tries to insert the row; whatever comes of it, nothing stays."""

    def attempt(session, model, row):
        before = session.scalar(select(func.count()).select_from(model))
        try:
            with session.begin_nested():
                session.execute(insert(model).values(row))
        except IntegrityError:
            assert session.scalar(select(func.count()).select_from(model)) == before
            return True
        session.rollback()
        return False

    return lambda model, row: stored(lambda session: attempt(session, model, row))


@pytest.fixture
def good_rows(chat, alice, bob, carol) -> dict[type[Base], dict]:
    """A row for each table that the database takes."""
    return {
        User: rows.user("dora"),
        SignIn: rows.sign_in(alice.id),
        Chat: rows.chat(bob.id, carol.id),
        Member: rows.member(chat.id, carol.id),
        Message: rows.message(chat.id, alice.id),
    }


def test_the_rows_of_these_tests_are_good_until_they_are_broken(refused, good_rows):
    assert [model for model, row in good_rows.items() if refused(model, row)] == []


def test_nothing_that_must_be_there_may_be_missing(refused, good_rows):
    for model, row in good_rows.items():
        needed = {column.name for column in model.__table__.columns if not column.nullable}
        needed -= {"id"}
        assert needed <= row.keys()
        accepted = [name for name in needed if not refused(model, row | {name: None})]
        assert accepted == [], model.__tablename__


def test_a_pair_has_one_chat(refused, chat, alice, bob):
    assert refused(Chat, rows.chat(alice.id, bob.id))


def test_the_smaller_id_comes_first_so_that_the_pair_has_one_order(refused, good_rows, bob, carol):
    assert bob.id < carol.id
    assert refused(Chat, rows.chat(carol.id, bob.id))


def test_nobody_chats_with_oneself(refused, carol):
    assert refused(Chat, rows.chat(carol.id, carol.id))


def test_two_chats_never_share_a_topic(refused, good_rows, chat):
    assert refused(Chat, good_rows[Chat] | {"topic": chat.topic})


def test_a_sender_uses_a_key_once_in_all_chats(refused, send, chat_between, alice, carol):
    other = chat_between(alice, carol)
    key = send("hello", alice).message.key
    assert refused(Message, rows.message(other.id, alice.id, key=key))


def test_a_chat_uses_a_key_once_whoever_sends(refused, send, chat, alice, bob):
    key = send("hello", alice).message.key
    assert refused(Message, rows.message(chat.id, bob.id, key=key))


def test_two_pairs_may_use_the_same_key(refused, send, chat_between, alice, bob, carol):
    other = chat_between(bob, carol)
    key = send("hello", alice).message.key
    assert not refused(Message, rows.message(other.id, carol.id, key=key))


def test_carol_cannot_be_the_sender_in_the_chat_of_alice_and_bob(refused, chat, carol):
    assert refused(Message, rows.message(chat.id, carol.id))


def test_a_person_is_a_member_once(refused, chat, alice):
    assert refused(Member, rows.member(chat.id, alice.id))


@pytest.mark.parametrize("role", ["owner", "", "ADMIN"])
def test_there_are_only_users_and_admins(refused, good_rows, role):
    assert refused(User, good_rows[User] | {"role": role})


@pytest.mark.parametrize("field", ["username_key", "email"])
def test_a_name_and_an_address_belong_to_one_person(refused, good_rows, alice, field):
    taken = {"username_key": alice.username, "email": alice.email}
    assert refused(User, good_rows[User] | {field: taken[field]})


def test_a_token_belongs_to_one_browser(refused, stored, good_rows):
    stored(lambda session: rows.add(session, SignIn, good_rows[SignIn]))
    assert refused(SignIn, good_rows[SignIn])


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (SignIn, "user_id"),
        (Chat, "user_2_id"),
        (Member, "chat_id"),
        (Member, "user_id"),
        (Message, "chat_id"),
        (Message, "sender_id"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__tablename__,
)
def test_a_row_points_at_what_exists(refused, good_rows, model, column):
    assert refused(model, good_rows[model] | {column: 1_000_000})
