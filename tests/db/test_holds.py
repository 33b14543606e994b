"""While something is on hold nothing of it goes: not by its people, by others, or by the database."""

from functools import partial

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from chatweb.domain import changes, holding, leaving, moderation, oversight, stewards
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.refusals import Conflict, NotFound
from chatweb.models import Chat, Entry, Hold, Member, Message, User, Version
from chatweb.models.base import EPOCH
from tests.db import rows
from tests.db.racing import all_at_once
from tests.web.overseeing import report

pytestmark = pytest.mark.both_engines
ROOT = Actor(None, "root")
WHY = Reason("legal", "AZ-7", "A court order says so.")


@pytest.fixture
def hold(stored, chat):
    """`hold(bob)` puts a person on hold, `hold()` the conversation of alice and bob; `release` likewise."""

    def run(person=None, act="hold"):
        def work(session):
            if person:
                return getattr(holding, f"{act}_person")(session, ROOT, person.id, WHY)
            overview = oversight.overview(session, chat.id)
            return getattr(holding, f"{act}_chat")(session, ROOT, overview, WHY)

        return stored(work)

    return run


@pytest.fixture
def leave(stored):
    return lambda person, **how: stored(
        lambda session: leaving.leave(session, person.id, **{"with_messages": False} | how)
    )


@pytest.fixture
def removed(stored, send, chat):
    """A message of alice's that she edited and deleted, long enough ago to be wiped; its id."""
    said = send("first words").message
    stored(lambda session: changes.edit(session, chat, said.id, "second words"))
    stored(lambda session: changes.remove(session, chat, said.id))
    stored(lambda session: session.execute(update(Message).values(deleted_at=EPOCH)))
    return said.id


@pytest.fixture
def texts(db_session):
    """`texts()` is everything that is still stored of what was said."""

    def read():
        db_session.rollback()
        return {*db_session.scalars(select(Message.body)), *db_session.scalars(select(Version.body))} - {""}

    return read


@pytest.fixture(params=["the person", "the other person", "the conversation"])
def held(request, hold, alice, bob):
    """Something that holds the conversation; `held()` releases it."""
    whom = {"the person": alice, "the other person": bob}.get(request.param)
    hold(whom)
    return partial(hold, whom, act="release")


@pytest.mark.parametrize("with_messages", [False, True])
def test_nobody_leaves(held, leave, stored, send, alice, texts, with_messages, db_session):
    send("hello")
    for attempt in (
        lambda: leave(alice, with_messages=with_messages),
        lambda: stored(
            lambda session: stewards.delete(session, ROOT, alice.id, WHY, with_messages=with_messages)
        ),
    ):
        with pytest.raises(Conflict, match="held"):
            attempt()
    assert texts() == {"hello"}
    assert db_session.get(User, alice.id).left_at is None
    assert [entry.action for entry in db_session.scalars(select(Entry))] in (["chat_held"], ["person_held"])
    db_session.rollback()
    held()
    leave(alice, with_messages=with_messages)
    assert texts() == (set() if with_messages else {"hello"})


def test_deleted_texts_wait_and_go_with_the_hold(held, removed, stored, texts):
    assert stored(changes.wipe) == 0
    assert texts() == {"first words", "second words"}
    held()
    assert texts() == set()


def test_what_is_held_twice_waits_for_both(hold, removed, texts, alice):
    hold()
    hold(alice)
    hold(act="release")
    assert texts() == {"first words", "second words"}
    hold(alice, act="release")
    assert texts() == set()


def test_what_a_moderator_removes_is_hidden_and_kept(hold, stored, send, chat, bob, texts, held_by, alice):
    said = send("I know where you live", bob).message
    number = report(stored, chat, said.id)
    hold()
    stored(lambda session: moderation.decide(session, ROOT, number, "removed", WHY))
    assert texts() == {"I know where you live"}
    with pytest.raises(Conflict, match="too_late"):
        stored(lambda session: changes.restore(session, held_by(bob), said.id))
    hold(act="release")
    assert texts() == set()


def test_others_are_not_concerned(hold, leave, stored, chat_between, carol, dana, alice, removed, texts):
    other = chat_between(carol, dana)
    stored(lambda session: rows.fill(session, other, 1, deleted_at=EPOCH))
    hold(alice)
    stored(changes.wipe)
    assert texts() == {"first words", "second words"}
    leave(carol)


@pytest.mark.parametrize(
    ("is_person", "table"), [(True, User), (False, User), (False, Chat)], ids=["person", "member", "chat"]
)
def test_the_database_itself_refuses(hold, stored, send, alice, is_person, table, texts):
    send("hello")
    hold(alice if is_person else None)
    with pytest.raises(IntegrityError):
        stored(lambda session: session.execute(delete(table)))
    assert texts() == {"hello"}


def test_a_hold_is_on_a_person_or_on_a_conversation(stored, chat, alice):
    for what in ({}, {"chat_id": chat.id, "user_id": alice.id}):
        with pytest.raises(IntegrityError):
            stored(
                lambda session, what=what: rows.add(
                    session, Hold, {"inserted_at": EPOCH, "entry_id": 1} | what
                )
            )


@pytest.mark.parametrize("act", ["hold", "release"])
def test_once_is_enough(hold, db_session, alice, act):
    hold()
    if act == "release":
        hold(act="release")
    with pytest.raises(Conflict, match="held_already" if act == "hold" else "not_held"):
        hold(act=act)
    assert len(db_session.scalars(select(Entry)).all()) == (1 if act == "hold" else 2)


def test_nobody_holds_or_releases_themselves(stored, chat, alice):
    me = Actor(alice.id, "alice")
    for verb in (holding.hold_person, holding.release_person):
        with pytest.raises(Conflict, match="yourself_here"):
            stored(lambda session, verb=verb: verb(session, me, alice.id, WHY))
    for verb in (holding.hold_chat, holding.release_chat):
        with pytest.raises(Conflict, match="own_chat_here"):
            stored(lambda session, verb=verb: verb(session, me, oversight.overview(session, chat.id), WHY))


def test_who_has_left_cannot_be_held(hold, leave, bob, count_holds):
    leave(bob)
    with pytest.raises(NotFound):
        hold(bob)
    assert count_holds() == 0


@pytest.fixture
def count_holds(db_session):
    def count():
        db_session.rollback()
        return len(db_session.scalars(select(Hold.id)).all())

    return count


@pytest.mark.parametrize("what", ["person", "other person", "conversation"])
def test_leaving_at_the_same_moment_is_before_or_after(
    app, hold, leave, send, alice, bob, what, db_session, count_holds
):
    send("hello")
    whom = {"person": alice, "other person": bob, "conversation": None}[what]
    left, held = all_at_once(app, [lambda: leave(alice, with_messages=True), lambda: hold(whom)])
    gone = db_session.get(User, alice.id).left_at is not None
    body = db_session.scalar(select(Message.body))
    if isinstance(left, Conflict):
        assert (gone, body, held, count_holds()) == (False, "hello", None, 1)
    else:
        assert (gone, body) == (True, "")
        assert isinstance(held, NotFound) is (what == "person")


def test_two_who_leave_at_once_take_their_conversation_along(app, leave, send, alice, bob, db_session):
    send("hello")
    assert not [
        one
        for one in all_at_once(app, [lambda: leave(alice), lambda: leave(bob)])
        if isinstance(one, Exception)
    ]
    assert db_session.scalars(select(Chat.id)).all() == []
    assert db_session.scalars(select(Member.chat_id)).all() == []


def test_a_hold_shows_no_content(hold, send, db_session, alice):
    send("between us")
    hold()
    hold(alice)
    found = [*holding.newest(db_session), *db_session.scalars(select(Entry))]
    assert "between us" not in " ".join(
        str(value) for one in found for value in (one if isinstance(one, tuple) else vars(one).values())
    )
