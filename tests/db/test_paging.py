"""History page by page, by id: nothing is lost or told twice, whatever the clock says."""

from datetime import timedelta
from itertools import chain, pairwise

import pytest
from sqlalchemy import update

from chatweb.domain import messages
from chatweb.models import Message
from tests.db import rows

pytestmark = pytest.mark.both_engines

PAGE = messages.PAGE


@pytest.fixture
def history(stored, chat):
    """`history(100)` writes that many messages; their ids, oldest first."""
    return lambda count, **values: stored(lambda session: rows.fill(session, chat, count, **values))


def ids(said):
    return [one.id for one in said]


def upwards(session, chat):
    """Every page from the newest to the first, as scrolling up gets them."""
    page = messages.newest(session, chat)
    while page:
        yield ids(page)
        page = messages.before(session, chat, page[0].id)


def downwards(session, chat):
    """Every page from the first to the newest."""
    page = messages.newer(session, chat, 0)
    while page:
        yield ids(page)
        page = messages.newer(session, chat, page[-1].id)


def test_a_page_has_forty_messages(db_session, chat, history):
    written = history(100)
    assert PAGE == 40
    assert ids(messages.newest(db_session, chat)) == written[60:]
    assert ids(messages.before(db_session, chat, written[60])) == written[20:60]
    assert ids(messages.before(db_session, chat, written[20])) == written[:20]
    assert messages.before(db_session, chat, written[0]) == []
    assert ids(messages.newer(db_session, chat, written[0])) == written[1:41]
    assert ids(messages.newer(db_session, chat, written[90])) == written[91:]
    assert messages.newer(db_session, chat, written[99]) == []


def test_an_empty_chat_has_empty_pages(db_session, chat):
    assert messages.newest(db_session, chat) == []
    assert messages.before(db_session, chat, 1) == messages.newer(db_session, chat, 1) == []
    assert messages.around(db_session, chat, 1) == []


def test_walking_the_history_both_ways_meets_every_message_once(db_session, chat, history):
    for count in (1, 38, 1, 1, 38, 1):  # 1, 39, 40, 41, 79 and 80 messages: both sides of each page's edge
        history(count)
        pages = list(upwards(db_session, chat))
        all_ids = list(chain.from_iterable(reversed(pages)))
        assert all_ids == sorted(set(all_ids))
        assert list(chain.from_iterable(downwards(db_session, chat))) == all_ids
        assert {len(page) for page in pages[:-1]} <= {PAGE}
        db_session.rollback()
    assert len(all_ids) == 80


def test_around_a_message_is_what_stands_before_it_itself_and_what_follows(db_session, chat, history):
    written = history(100)
    assert ids(messages.around(db_session, chat, written[50])) == written[10:90]
    assert ids(messages.around(db_session, chat, written[0])) == written[:40]
    assert ids(messages.around(db_session, chat, written[99])) == written[59:]


def test_messages_of_the_same_millisecond_keep_their_order(db_session, chat, history):
    written = history(90, inserted_at=rows.NOW)
    assert list(chain.from_iterable(reversed(list(upwards(db_session, chat))))) == written


def test_a_clock_that_goes_back_changes_nothing(db_session, stored, chat, history):
    written = history(90)

    def turn_back(session):
        for number, id_ in enumerate(written):
            earlier = rows.NOW - timedelta(hours=number)
            session.execute(update(Message).where(Message.id == id_).values(inserted_at=earlier))

    stored(turn_back)
    assert list(chain.from_iterable(reversed(list(upwards(db_session, chat))))) == written
    newest = messages.newest(db_session, chat)
    assert all(later.inserted_at < sooner.inserted_at for sooner, later in pairwise(newest))


def test_the_messages_of_other_chats_never_appear(
    db_session, chat, history, stored, chat_between, alice, carol
):
    other = chat_between(alice, carol)
    written = history(30)
    between = stored(lambda session: rows.fill(session, other, 30))
    written += history(30)
    assert list(chain.from_iterable(reversed(list(upwards(db_session, chat))))) == written
    assert list(chain.from_iterable(downwards(db_session, chat))) == written
    assert set(ids(messages.around(db_session, chat, between[15]))).isdisjoint(between)


def test_both_people_read_the_same_bytes(db_session, chat, history, bob):
    history(50)
    as_bob = chat._replace(person_id=bob.id)
    assert messages.newest(db_session, chat) == messages.newest(db_session, as_bob)


def test_a_message_tells_who_said_what_when(db_session, chat, history):
    history(2)
    first, second = messages.newest(db_session, chat)
    assert (first.side, first.sender_name, first.body, first.inserted_at) == (2, "bob", "number 1", rows.NOW)
    assert (second.side, second.sender_name, second.body) == (1, "alice", "number 2")
    assert (first.revision, second.revision, first.edited_at, first.removed) == (1, 2, None, False)


def test_a_removed_message_keeps_its_place_and_loses_its_text(db_session, stored, chat, history):
    written = history(3)
    stored(lambda session: rows.change(session, chat, written[1], deleted_at=rows.NOW))
    page = messages.newest(db_session, chat)
    assert [(one.id, one.body, one.removed) for one in page] == [
        (written[0], "number 1", False),
        (written[1], "", True),
        (written[2], "number 3", False),
    ]
