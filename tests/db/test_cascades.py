"""What goes with a person or a conversation, and what stays."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Connection, delete, inspect, select, text

from chatweb.extensions import db
from chatweb.models import Chat, Member, Message, SignIn, User
from tests.db import rows

pytestmark = pytest.mark.both_engines


def orphans(connection: Connection) -> Iterable[str]:
    """Foreign keys that point at nothing, asked in plain SQL on both engines."""
    schema = inspect(connection)
    for table in schema.get_table_names():
        for key in schema.get_foreign_keys(table):
            pairs = zip(key["constrained_columns"], key["referred_columns"], strict=True)
            same = " AND ".join(f"there.{theirs} = here.{ours}" for ours, theirs in pairs)
            lost = (
                f"SELECT count(*) FROM {table} AS here "  # noqa: S608 - names from the schema
                f"WHERE NOT EXISTS (SELECT 1 FROM {key['referred_table']} AS there WHERE {same})"
            )
            if connection.scalar(text(lost)):
                yield f"{table} {key['constrained_columns']}"


@pytest.fixture
def all_three_talk(stored, chat, chat_between, alice, bob, carol):
    """Each pair has a conversation with messages of both, and everybody is signed in twice."""
    pairs = {"ab": chat, "ac": chat_between(alice, carol), "bc": chat_between(bob, carol)}

    def fill(session):
        for one in pairs.values():
            rows.fill(session, one, 4)
        for person in (alice, bob, carol):
            rows.add(session, SignIn, rows.sign_in(person.id))
            rows.add(session, SignIn, rows.sign_in(person.id))

    stored(fill)
    return {name: one.id for name, one in pairs.items()}


@pytest.fixture
def left(app, stored):
    """`left(Message.chat_id)` is what stands in that column now, sorted; first nothing may dangle."""

    def look(column):
        with app.app_context(), db.engine.connect() as connection:
            assert list(orphans(connection)) == []
            if connection.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            return sorted(connection.scalars(select(column)))

    return look


def test_with_alice_go_her_chats_messages_and_sessions_and_nothing_else(
    stored, left, all_three_talk, alice, bob, carol
):
    stored(lambda session: session.execute(delete(User).where(User.id == alice.id)))
    others = all_three_talk["bc"]
    assert left(User.id) == [bob.id, carol.id]
    assert left(Chat.id) == [others]
    assert left(Member.user_id) == [bob.id, carol.id]
    assert left(Member.chat_id) == [others] * 2
    assert left(Message.chat_id) == [others] * 4
    assert left(SignIn.user_id) == [bob.id, bob.id, carol.id, carol.id]


def test_with_a_chat_go_its_members_and_messages_and_nothing_else(
    stored, left, all_three_talk, alice, bob, carol
):
    stored(lambda session: session.execute(delete(Chat).where(Chat.id == all_three_talk["ab"])))
    others = [all_three_talk["ac"], all_three_talk["bc"]]
    assert left(User.id) == [alice.id, bob.id, carol.id]
    assert left(Chat.id) == others
    assert left(Member.chat_id) == sorted(others * 2)
    assert left(Message.chat_id) == sorted(others * 4)
    assert len(left(SignIn.id)) == 6


def test_with_a_message_goes_nothing_else(stored, left, all_three_talk):
    first = left(Message.id)[0]
    stored(lambda session: session.execute(delete(Message).where(Message.id == first)))
    assert len(left(Message.id)) == 11
    assert len(left(Chat.id)) == 3
    assert len(left(Member.chat_id)) == 6


def test_with_everybody_goes_everything(stored, left, all_three_talk):
    stored(lambda session: session.execute(delete(User)))
    assert [left(column) for column in (Chat.id, Member.chat_id, Message.id, SignIn.id)] == [[]] * 4
