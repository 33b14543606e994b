"""What changed after a position, exactly: gaps of any size, edits and removals."""

import pytest
from sqlalchemy import update

from chatweb.domain import access, messages
from chatweb.models import Chat
from tests.db import rows

pytestmark = pytest.mark.both_engines


@pytest.fixture
def history(stored, chat):
    return lambda count: stored(lambda session: rows.fill(session, chat, count))


@pytest.fixture
def changed(stored, chat):
    """`changed(id, deleted_at=...)` changes a message under the next revision, which is returned."""
    return lambda id_, **values: stored(lambda session: rows.change(session, chat, id_, **values))


@pytest.fixture
def after(db_session, chat):
    """`after(3)` is what a page at position 3 is told."""

    def ask(position):
        db_session.rollback()
        now = access.chat_for(db_session, chat.person_id, chat.topic)
        return messages.changes_after(db_session, now, position)

    return ask


@pytest.mark.parametrize("gap", [1, 41, 500, 1_000])
def test_a_gap_is_filled_in_order(history, after, gap):
    history(3)
    missed = history(gap)
    changes = after(3)
    assert changes.complete
    assert changes.up_to == 3 + gap
    assert [said.id for said in changes.messages] == missed
    assert [said.revision for said in changes.messages] == list(range(4, 4 + gap))


def test_more_than_a_thousand_changes_ask_for_a_fresh_page(history, after):
    history(1_001)
    assert after(0) == messages.Changes([], 1_001, complete=False)
    assert after(1).complete


def test_a_position_that_never_was_asks_for_a_fresh_page(history, after):
    history(3)
    assert after(4) == messages.Changes([], 3, complete=False)
    assert after(2**31 - 1) == messages.Changes([], 3, complete=False)


def test_somebody_who_has_everything_is_told_so(history, after):
    assert after(0) == messages.Changes([], 0, complete=True)
    history(3)
    assert after(3) == messages.Changes([], 3, complete=True)


def test_an_edit_and_a_removal_of_what_was_already_read_are_told(history, changed, after):
    written = history(10)
    changed(written[2], body="better", updated_at=rows.NOW)
    changed(written[0], deleted_at=rows.NOW)
    changes = after(10)
    assert (changes.up_to, changes.complete) == (12, True)
    assert [
        (said.id, said.revision, said.body, said.edited_at, said.removed) for said in changes.messages
    ] == [
        (written[2], 11, "better", rows.NOW, False),
        (written[0], 12, "", None, True),
    ]


def test_a_message_changed_twice_is_told_once_as_it_is_now(history, changed, after):
    written = history(2)
    changed(written[0], body="second", updated_at=rows.NOW)
    changed(written[0], body="third", updated_at=rows.NOW)
    assert [(said.id, said.revision, said.body) for said in after(2).messages] == [(written[0], 4, "third")]
    assert [said.revision for said in after(0).messages] == [2, 4]


def test_a_long_absence_with_edits_and_removals_equals_a_fresh_load(
    history, changed, after, db_session, chat
):
    page = {said.id: said for said in after(0).messages}
    old = history(50)
    page |= {said.id: said for said in after(0).messages}
    new = history(500)
    for id_ in (*old[:3], *new[:2]):
        changed(id_, body="edited", updated_at=rows.NOW)
    for id_ in (*old[-3:], *new[-2:]):
        changed(id_, deleted_at=rows.NOW)
    changes = after(50)
    assert changes.up_to == 560
    page |= {said.id: said for said in changes.messages}
    fresh = {said.id: said for said in after(0).messages}
    assert page == fresh
    assert len(fresh) == 550
    assert messages.newest(db_session, chat) == [page[id_] for id_ in sorted(page)][-40:]


def test_the_changes_of_other_chats_are_not_told(history, after, stored, chat_between, alice, carol):
    other = chat_between(alice, carol)
    mine = history(2)
    stored(lambda session: rows.fill(session, other, 5))
    assert [said.id for said in after(0).messages] == mine


def test_a_change_without_a_message_moves_the_position_all_the_same(history, after, stored, chat):
    history(2)
    stored(lambda session: session.execute(update(Chat).values(revision=Chat.revision + 1)))
    assert after(2) == messages.Changes([], 3, complete=True)
