"""The only doors to a conversation: its two people get in, for everybody else it does not exist."""

import pytest
from sqlalchemy import delete, update

from chatweb.domain import access, sign_ins
from chatweb.domain.refusals import NotFound
from chatweb.models import Member, SignIn, User, utc_now
from tests.statements import recorded, verbs

pytestmark = pytest.mark.both_engines


@pytest.fixture
def topics_that_are_none(chat):
    return (
        "",
        "none",
        chat.topic.swapcase(),
        chat.topic[:-1],
        f"{chat.topic} ",
        "%",
        "\x00",
        "\ud800",
        "x" * 9_999,
    )


def test_both_people_get_in_each_on_their_own_side(held_by, chat, alice, bob):
    as_alice, as_bob = held_by(alice), held_by(bob)
    assert (as_alice.id, as_alice.side, as_alice.other_id, as_alice.other_name) == (chat.id, 1, bob.id, "bob")
    assert (as_bob.id, as_bob.side, as_bob.other_id, as_bob.other_name) == (chat.id, 2, alice.id, "alice")
    assert (as_alice.waits, as_bob.waits) == (False, False)


def test_carol_does_not_get_in(db_session, chat, carol):
    with pytest.raises(NotFound) as refusal:
        access.chat_for(db_session, carol.id, chat.topic)
    assert refusal.value.code == "no_such_chat"


def test_carol_does_not_get_in_by_a_member_row_alone(stored, db_session, chat, alice, carol):
    stored(
        lambda session: session.execute(
            update(Member).where(Member.user_id == alice.id).values(user_id=carol.id)
        )
    )
    for person in (alice, carol):
        with pytest.raises(NotFound):
            access.chat_for(db_session, person.id, chat.topic)


def test_a_stranger_cannot_tell_a_chat_from_none(db_session, chat, topics_that_are_none, alice, carol):
    with pytest.raises(NotFound) as refusal:
        access.chat_for(db_session, carol.id, chat.topic)
    for topic in topics_that_are_none:
        for person in (alice, carol):
            with pytest.raises(NotFound) as other:
                access.chat_for(db_session, person.id, topic)
            assert (other.value.code, other.value.args) == (refusal.value.code, refusal.value.args)


@pytest.mark.parametrize(
    "end",
    [
        update(SignIn).values(revoked_at=utc_now()),
        update(SignIn).values(expires_at=utc_now()),
        update(User).values(is_active=False),
    ],
    ids=["signed out", "expired", "deactivated"],
)
def test_a_session_that_has_ended_gets_nobody_in(stored, chat, alice, end):
    token = stored(
        lambda session: sign_ins.start(session, alice.id, remember=False, address="", agent="a browser")
    )
    visit = stored(lambda session: access.enter(session, token, chat.topic))
    assert (visit.person.id, visit.chat.id) == (alice.id, chat.id)
    stored(lambda session: session.execute(end))
    assert stored(lambda session: access.enter(session, token, chat.topic)) is None


def test_getting_in_is_one_query(db_session, chat, alice):
    with recorded(db_session.get_bind()) as asked:
        access.chat_for(db_session, alice.id, chat.topic)
    assert verbs(asked) == ["SELECT"]


def test_a_chat_is_gone_with_its_people(stored, held_by, alice, bob):
    stored(lambda session: session.execute(delete(User).where(User.id == bob.id)))
    with pytest.raises(NotFound):
        held_by(alice)
