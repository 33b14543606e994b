"""Deleting what is older than a moment: for both people, in batches, and nothing that is younger or held."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chatweb.domain import (
    changes,
    holding,
    inboxes,
    messages,
    moderation,
    oversight,
    reads,
    retention,
    views,
)
from chatweb.domain.audit import Actor, Reason
from chatweb.models import Chat, Evidence, Member, Message, Report, Version, utc_now
from tests.db import rows
from tests.db.racing import all_at_once
from tests.web.overseeing import report

pytestmark = pytest.mark.both_engines
ROOT = Actor(None, "root")
WHY = Reason("legal", "AZ-7", "Nothing is kept for more than a year.")
LIMIT = utc_now() - timedelta(days=365)
LONG_AGO = LIMIT - timedelta(days=1)


@pytest.fixture
def history(stored, chat):
    """`history(3, 2)` are three old messages and two new ones; their ids."""

    def run(old, new, chat=chat):
        return stored(
            lambda session: [
                *(rows.fill(session, chat, old, inserted_at=LONG_AGO) if old else ()),
                *(rows.fill(session, chat, new, inserted_at=utc_now()) if new else ()),
            ]
        )

    return run


@pytest.fixture
def purge(stored, chat):
    return lambda before=LIMIT, chat=chat: stored(lambda session: retention.purge(session, chat.id, before))


@pytest.fixture
def left(db_session):
    def ids():
        db_session.rollback()
        return list(db_session.scalars(select(Message.id).order_by(Message.id)))

    return ids


def test_what_is_older_goes_and_the_rest_stays(history, purge, left):
    ids = history(3, 2)
    assert purge() == 3
    assert left() == ids[3:]
    assert purge() == 0


def test_a_batch_is_of_five_hundred(history, purge, left, held_by, alice):
    ids = history(600, 1)
    before = held_by(alice).revision
    assert purge() == 500
    assert left() == ids[500:]
    assert purge() == 100
    assert left() == ids[600:]
    assert held_by(alice).revision == before + 2


def test_earlier_versions_go_along(stored, chat, send, purge, left, db_session):
    said = send("first words").message
    stored(lambda session: changes.edit(session, chat, said.id, "second words"))
    stored(lambda session: session.execute(update(Message).values(inserted_at=LONG_AGO)))
    assert purge() == 1
    assert (left(), db_session.scalars(select(Version.id)).all()) == ([], [])


def test_what_a_wrong_clock_stamped_does_not_take_younger_ones_along(history, purge, left, stored):
    ids = history(3, 3)
    stored(
        lambda session: session.execute(
            update(Message).where(Message.id == ids[1]).values(inserted_at=utc_now())
        )
    )
    stored(
        lambda session: session.execute(
            update(Message).where(Message.id == ids[4]).values(inserted_at=LONG_AGO)
        )
    )
    assert purge() == 1
    assert left() == ids[1:]


def test_a_page_that_catches_up_hears_up_to_where(history, purge, held_by, alice, bob, db_session):
    ids = history(3, 2)
    position = held_by(alice).revision
    purge()
    for person in (alice, bob):
        now = held_by(person)
        assert (now.cleared, now.read_id >= ids[2]) == (ids[2], True)
        missed = messages.changes_after(db_session, now, position)
        assert (missed.complete, missed.messages, missed.up_to) == (True, [], position + 1)


def test_pointers_only_go_forward(history, purge, stored, held_by, alice, bob, db_session, chat):
    ids = history(3, 2)
    stored(lambda session: reads.read_up_to(session, held_by(alice), ids[4]))
    stored(lambda session: reads.read_up_to(session, held_by(bob), ids[0]))
    purge()
    assert (held_by(alice).read_id, held_by(alice).seen_id) == (ids[4], ids[4])
    assert (held_by(bob).read_id, held_by(bob).seen_id) == (ids[2], ids[0])
    found = {row.person_id: row.unread for row in inboxes.both_rows(db_session, chat.id)}
    assert found == {alice.id: 0, bob.id: 1}
    assert stored(lambda session: reads.read_up_to(session, held_by(bob), ids[4])) == ids[4]


def test_what_somebody_cleared_further_stays_cleared(history, purge, stored, held_by, alice, bob):
    ids = history(3, 2)
    stored(lambda session: reads.clear(session, held_by(alice)))
    purge()
    assert (held_by(alice).cleared, held_by(bob).cleared) == (ids[4], ids[2])


def test_everything_may_be_old(history, purge, left, held_by, alice, send, db_session, chat):
    history(5, 0)
    purge()
    assert left() == []
    assert views.newest(db_session, held_by(alice), from_unread=True).messages == []
    (row, _) = inboxes.both_rows(db_session, chat.id)
    assert row.empty
    db_session.rollback()
    assert send("hello again").message.body == "hello again"


def test_jumping_to_a_date_leads_to_the_first_that_is_left(history, purge, held_by, alice, db_session):
    ids = history(3, 2)
    purge()
    assert messages.since(db_session, held_by(alice), LONG_AGO).id == ids[3]
    assert messages.one(db_session, held_by(alice), ids[0]) is None


@pytest.mark.parametrize("whom", ["the conversation", "alice", "bob"])
def test_what_is_on_hold_stays(history, purge, left, stored, chat, alice, bob, whom, db_session):
    ids = history(3, 2)

    def hold(session):
        if whom == "the conversation":
            holding.hold_chat(session, ROOT, oversight.overview(session, chat.id), WHY)
        else:
            holding.hold_person(session, ROOT, {"alice": alice, "bob": bob}[whom].id, WHY)

    stored(hold)
    revision = db_session.scalar(select(Chat.revision))
    assert stored(lambda session: retention.candidates(session, LIMIT)) == [(chat.id, True)]
    assert purge() == 0
    assert left() == ids
    assert db_session.scalar(select(Chat.revision)) == revision


def test_only_conversations_with_something_old_are_looked_at(history, stored, chat, chat_between, carol, bob):
    history(0, 2)
    other = chat_between(bob, carol)
    history(1, 0, chat=other)
    assert stored(lambda session: retention.candidates(session, LIMIT)) == [(other.id, False)]
    assert stored(lambda session: retention.candidates(session, LIMIT, after=other.id)) == []


def test_a_hold_at_the_same_moment_is_before_or_after(app, history, purge, stored, chat, left):
    ids = history(3, 2)
    hold = lambda session: holding.hold_chat(session, ROOT, oversight.overview(session, chat.id), WHY)  # noqa: E731
    gone, held = all_at_once(app, [purge, lambda: stored(hold)])
    assert (held, left()) == (None, ids[gone:])


def test_sending_goes_on_meanwhile(app, history, purge, send, left, held_by, alice):
    history(600, 0)
    found = all_at_once(app, [purge, *[lambda: send("hello")] * 8, purge])
    assert not [one for one in found if isinstance(one, Exception)]
    assert len(left()) == 8
    assert held_by(alice).revision == 600 + 8 + 2


@pytest.mark.parametrize(
    ("decided", "age", "held", "goes"),
    [
        (True, 400, None, True),
        (False, 400, None, False),
        (True, 300, None, False),
        (True, 400, "the chat", False),
        (True, 400, "a person of a chat that is gone", False),
    ],
)
def test_reports_go_when_they_are_old_and_decided(
    stored, send, chat, bob, db_session, decided, age, held, goes, count_of
):
    number = report(stored, chat, send("I know where you live", bob).message.id)
    if decided:
        stored(lambda session: moderation.decide(session, ROOT, number, "dismissed", WHY))
    if held == "the chat":
        overview = oversight.overview(db_session, chat.id)
        db_session.rollback()
        stored(lambda session: holding.hold_chat(session, ROOT, overview, WHY))
    elif held:
        stored(lambda session: session.execute(update(Report).values(chat_id=None)))
        stored(lambda session: holding.hold_person(session, ROOT, bob.id, WHY))
    at = utc_now() - timedelta(days=age)
    stored(lambda session: session.execute(update(Report).values(inserted_at=at)))
    assert stored(lambda session: retention.old_reports(session, LIMIT)) == goes
    assert stored(lambda session: retention.purge_reports(session, LIMIT)) == goes
    assert (count_of(Report), count_of(Evidence)) == ((0, 0) if goes else (1, 1))


@pytest.fixture
def count_of(db_session):
    def count(table):
        db_session.rollback()
        return db_session.query(table).count()

    return count


def test_nobody_elses_pointers_move(history, purge, chat_between, carol, bob, stored, db_session):
    other = chat_between(bob, carol)
    history(3, 1)
    purge()
    found = select(Member.cleared).where(Member.chat_id == other.id)
    assert db_session.scalars(found).all() == [0, 0]
