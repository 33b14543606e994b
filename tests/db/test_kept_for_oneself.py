"""What a person keeps about a conversation is theirs alone: its place, its quiet, and its draft."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb.domain import chats, inboxes, messages
from chatweb.domain.access import chat_for
from chatweb.domain.refusals import Conflict
from chatweb.models import User, utc_now
from tests.db import rows

pytestmark = pytest.mark.both_engines
HOUR = timedelta(hours=1)


@pytest.fixture
def keep(stored):
    """`keep(alice, chat, pinned=True)`"""

    def run(person, chat, **values):
        stored(lambda session: chats.arrange(session, person.id, chat.id, **values))

    return run


@pytest.fixture
def seen_by(db_session):
    """`seen_by(alice)` are the topics of her list from the top; with "archive", of that one."""

    def look(person, *which):
        db_session.rollback()
        return [row.topic for row in inboxes.newest(db_session, person.id, *which)]

    return look


@pytest.fixture
def row(db_session):
    def look(person, chat):
        db_session.rollback()
        return inboxes.row(db_session, person.id, chat.id)

    return look


@pytest.fixture
def answers(db_session, stored):
    """`answers(alice, chat)`: she says something, and both people's rows are read as after every message."""

    def run(person, chat):
        def work(session):
            mine = chat_for(session, person.id, chat.topic)
            messages.send(session, mine, rows.new_key(), "hello again")
            return inboxes.rows_after_message(session, mine)

        return {row.person_id: row for row in stored(work)}

    return run


def test_a_pinned_chat_stands_above_newer_ones_for_the_person_who_pinned_it(
    keep, send, seen_by, chat, chat_between, alice, bob, carol
):
    newer = chat_between(alice, carol)
    send("first")
    send("then", carol, chat=newer)
    keep(alice, chat, pinned=True)
    assert seen_by(alice) == [chat.topic, newer.topic]
    keep(alice, chat, pinned=False)
    assert seen_by(alice) == [newer.topic, chat.topic]
    assert seen_by(bob) == [chat.topic]


def test_an_archived_chat_is_in_the_archive_and_not_in_the_list(keep, send, seen_by, chat, alice, bob):
    send("hello")
    keep(alice, chat, archived=True)
    assert (seen_by(alice), seen_by(alice, "archive")) == ([], [chat.topic])
    assert (seen_by(bob), seen_by(bob, "archive")) == ([chat.topic], [])


@pytest.mark.parametrize("sender", ["alice", "bob"])
def test_a_message_from_either_person_brings_it_back(keep, send, seen_by, answers, chat, alice, bob, sender):
    send("hello")
    keep(alice, chat, archived=True)
    found = answers({"alice": alice, "bob": bob}[sender], chat)
    assert not found[alice.id].archived
    assert seen_by(alice) == [chat.topic]


def test_a_muted_one_stays_in_the_archive_until_its_time_is_over(
    keep, send, seen_by, answers, row, chat, alice, bob
):
    send("hello")
    keep(alice, chat, archived=True, muted=utc_now() + HOUR)
    assert row(alice, chat).muted
    assert answers(bob, chat)[alice.id].archived
    keep(alice, chat, muted=utc_now() - HOUR)
    assert not row(alice, chat).muted
    answers(bob, chat)
    assert seen_by(alice) == [chat.topic]


def test_a_draft_is_in_the_row_of_its_writer_only(keep, row, chat, alice, bob):
    keep(alice, chat, draft="not\nyet " + "x" * 500)
    assert row(alice, chat).draft_preview.startswith("not yet xxx")
    assert len(row(alice, chat).draft) == inboxes.PREVIEW_LENGTH
    assert row(bob, chat).draft == ""


def test_nothing_can_be_sent_to_a_closed_account_but_what_was_sent_is_acknowledged_again(
    stored, db_session, row, chat, alice, bob
):
    key = rows.new_key()
    send = lambda: stored(  # noqa: E731
        lambda session: messages.send(session, chat_for(session, alice.id, chat.topic), key, "hello")
    )
    send()
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(is_active=False)))
    assert row(alice, chat).gone
    assert not send().is_new
    key = rows.new_key()
    with pytest.raises(Conflict) as refused:
        send()
    assert refused.value.code == "closed"
