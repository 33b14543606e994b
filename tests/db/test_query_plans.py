"""What is asked often is answered from an index, however long the history."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from chatweb.domain import inbox_rows, inboxes, messages, people, reads
from chatweb.models import Chat, Member, User
from tests.db import rows
from tests.statements import recorded

pytestmark = pytest.mark.both_engines

LONG, POSITION = 2_000, 1_950
SCANS = re.compile(r"^SCAN chat_messages|Seq Scan on chat_messages", re.MULTILINE)
CATCHES_UP = re.compile(r"\(chat_id=\? AND revision>\?\)|Index Cond: \(\(chat_id = .*\) AND \(revision > ")
UNREAD = re.compile(r"ix_chat_messages_unread \(chat_id=\? AND sender_id=\? AND (id|rowid)>\?\)")
SORTS = re.compile(r"TEMP B-TREE|^\s*(->)?\s*(Incremental )?Sort\b", re.MULTILINE)


@pytest.fixture
def long_chat(stored, held_by, chat, chat_between, alice, bob, carol):
    """A long conversation between two others; alice has read all but the last five hundred messages."""
    others = [chat_between(alice, carol), chat_between(bob, carol)]

    def write(session):
        for one in (others[0], chat, others[1]):
            written = rows.fill(session, one, LONG)
            if one is chat:
                reads.read_up_to(session, chat, written[-500])

    stored(write)
    stored(analyse)
    return held_by(alice)


def analyse(session):
    if session.get_bind().dialect.name == "postgresql":  # whose autovacuum does so by itself a little later
        session.execute(text("ANALYZE"))


@pytest.fixture
def plans(db_session):
    """`plans(ask)` are the plans of every SELECT that asking makes, and of what locks a conversation."""

    def run(ask):
        with recorded(db_session.get_bind()) as asked:
            ask(db_session)
        return [explain(db_session, *one) for one in asked if one.text.startswith(("SELECT", "UPDATE chats"))]

    return run


def explain(session, statement, parameters):
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", parameters)
    return "\n".join(row[3] if sqlite else row[0] for row in rows)


def test_a_page_of_history_is_read_from_an_index_at_any_depth(plans, long_chat):
    found = plans(lambda session: messages.newest(session, long_chat))
    for depth in (1, LONG // 2, LONG):
        id_ = LONG + depth  # the messages of another chat were written first
        found += plans(lambda session, id_=id_: messages.before(session, long_chat, id_))
        found += plans(lambda session, id_=id_: messages.newer(session, long_chat, id_))
    assert len(found) == 7
    for plan in found:
        assert not SCANS.search(plan), plan
        assert not SORTS.search(plan), plan


def test_catching_up_is_read_from_the_index_of_revisions(plans, long_chat):
    (plan,) = plans(lambda session: messages.changes_after(session, long_chat, POSITION))
    assert CATCHES_UP.search(plan), plan
    assert not SCANS.search(plan), plan


def test_the_first_message_of_a_day_is_read_from_an_index(plans, long_chat):
    for moment in (rows.NOW, rows.NOW + timedelta(days=1)):
        (plan,) = plans(lambda session, moment=moment: messages.since(session, long_chat, moment))
        assert "chat_id_inserted_at_id" in plan, plan
        assert not SORTS.search(plan), plan


def test_unread_counts_and_previews_are_read_from_indexes(plans, long_chat, alice):
    for ask in (
        lambda session: inboxes.newest(session, alice.id),
        lambda session: inboxes.older(session, alice.id, inbox_rows.Place(False, rows.NOW, 1)),
        lambda session: inboxes.unread_beyond(session, alice.id, []),
        lambda session: inboxes.row(session, alice.id, long_chat.id),
        lambda session: inboxes.both_rows(session, long_chat.id),
    ):
        (plan,) = plans(ask)
        assert "chat_messages" in plan
        assert not SCANS.search(plan), plan
        # PostgreSQL has other ways for so few chats.
        assert UNREAD.search(plan) or "SubPlan" in plan, plan


def test_reading_on_and_sending_look_up_by_index(plans, long_chat, stored):
    found = plans(lambda session: reads.read_up_to(session, long_chat, 2 * LONG))
    found += plans(lambda session: messages.send(session, long_chat, rows.new_key(), "hello"))
    assert len(found) == 2
    for plan in found:
        assert "chat_messages" in plan
        assert not SCANS.search(plan), plan


def test_who_sees_somebody_here_is_looked_up_by_index(plans, stored, chat, alice, carol):
    def fill(session):
        others = [rows.add(session, User, rows.user(f"person-{number}")) for number in range(LONG)]
        for other in others:
            chat_id = rows.add(session, Chat, rows.chat(carol.id, other))
            session.execute(insert(Member), [rows.member(chat_id, id_) for id_ in (carol.id, other)])
        analyse(session)

    stored(fill)
    (plan,) = plans(lambda session: list(people.contacts(session, [alice.id])))
    assert "ix_chat_members_user_id" in plan, plan
    assert not re.search(r"^SCAN |Seq Scan", plan, re.MULTILINE), plan


def test_this_test_would_notice_a_scan(plans, long_chat):
    found = plans(
        lambda session: session.scalars(text("SELECT body FROM chat_messages ORDER BY inserted_at"))
    )
    assert SCANS.search(found[0])
    assert SORTS.search(found[0])
