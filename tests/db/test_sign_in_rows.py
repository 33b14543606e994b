"""A signed-in browser is a row; without a good row its cookie is worth nothing."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from chatweb.domain import half_sign_ins, new_passwords, sign_ins
from chatweb.domain.refusals import NotFound
from chatweb.domain.sign_ins import FRESH, REMEMBERED, SEEN_EVERY, UNREMEMBERED
from chatweb.models import Base, SignIn, User, utc_now
from tests.statements import recorded, verbs

pytestmark = pytest.mark.both_engines


@pytest.fixture
def start(stored, alice):
    """`start()` signs a browser of alice's in; its token."""

    def run(person=alice, *, remember=False, agent="a browser"):
        return stored(
            lambda session: sign_ins.start(
                session, person.id, remember=remember, address="127.0.0.1", agent=agent
            )
        )

    return run


@pytest.fixture
def who(stored):
    """`who(token)` is the person who holds it, or None."""
    return lambda token: stored(lambda session: sign_ins.signed_in(session, token))


@pytest.fixture
def change(stored):
    """`change(SignIn, revoked_at=...)` changes every row of a table."""
    return lambda model, **values: stored(lambda session: session.execute(update(model).values(**values)))


def test_the_second_step_is_for_those_only_who_may_sign_in_at_that_moment(stored, change, alice):
    def begin():
        return stored(lambda session: half_sign_ins.begin(session, alice.id, remember=True))

    for values, found in (
        ({"is_active": True}, (alice.id, True)),
        ({"is_active": False}, None),
        ({"is_active": False, "paused_at": utc_now()}, (alice.id, True)),
    ):
        token = begin()
        change(User, **values)
        assert stored(lambda session, token=token: half_sign_ins.take(session, token)) == found, values


def test_a_token_says_who_somebody_is(start, who, alice):
    token = start()
    person = who(token)
    assert (person.id, person.username, person.display_name, person.role) == (
        alice.id,
        "alice",
        "alice",
        "user",
    )
    assert (person.token, person.get_id()) == (token, token)
    assert (person.is_authenticated, person.is_active, person.is_anonymous) == (True, True, False)


def test_a_token_has_at_least_128_random_bits(start):
    tokens = {start() for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) * 6 >= 256 for token in tokens)


def test_the_database_knows_only_the_hash_of_a_token(start, db_session):
    token = start()
    assert db_session.scalars(select(SignIn.token_hash)).all() == [hashlib.sha256(token.encode()).digest()]
    for table in Base.metadata.sorted_tables:
        for row in db_session.execute(select(table)):
            assert token not in str(tuple(row))
            assert token.encode() not in [value for value in row if isinstance(value, bytes)]


@pytest.mark.parametrize("strange", ["", "x", "x" * 10_000, "\x00", "\ud800", "é"])
def test_a_made_up_token_is_nobody(start, who, strange):
    start()
    assert who(strange) is None


def test_signing_out_ends_this_browser_for_good_and_no_other(start, who, stored):
    token, other = start(), start()
    session_id = who(token).session_id
    stored(lambda session: sign_ins.end(session, session_id))
    assert who(token) is None
    assert who(other)
    stored(lambda session: sign_ins.end(session, session_id))
    assert who(token) is None


def test_signing_out_twice_keeps_the_first_moment(start, who, stored, db_session):
    session_id = who(start()).session_id
    moments = []
    for _ in range(2):
        stored(lambda session: sign_ins.end(session, session_id))
        db_session.rollback()
        moments.append(db_session.scalar(select(SignIn.revoked_at)))
    assert moments[0] == moments[1] is not None


def test_an_expired_session_is_nobody(start, who, change):
    token = start()
    change(SignIn, expires_at=utc_now() + timedelta(minutes=1))
    assert who(token)
    change(SignIn, expires_at=utc_now())
    assert who(token) is None


def test_somebody_deactivated_is_nobody_at_once(start, who, change):
    token = start()
    change(User, is_active=False)
    assert who(token) is None
    change(User, is_active=True)
    assert who(token)


def test_a_new_password_ends_every_session_of_this_person_only(start, who, stored, alice, bob):
    of_alice, of_bob = [start(), start()], start(bob)
    open_ones = [who(token).session_id for token in of_alice]
    ended = stored(lambda session: new_passwords.give(session, alice.id, "-"))
    assert sorted(ended) == sorted(open_ones)
    assert [who(token) for token in of_alice] == [None, None]
    assert who(of_bob)
    assert stored(lambda session: new_passwords.give(session, alice.id, "-")) == []


def test_somebody_deleted_is_nobody(start, who, stored, alice):
    token = start()
    stored(lambda session: session.delete(session.get(User, alice.id)))
    assert who(token) is None


@pytest.mark.parametrize(("remember", "lasts"), [(True, REMEMBERED), (False, UNREMEMBERED)])
def test_a_session_lasts_as_long_as_was_wished(start, db_session, remember, lasts):
    start(remember=remember)
    row = db_session.scalars(select(SignIn)).one()
    assert row.expires_at - row.inserted_at == lasts
    assert row.seen_at == row.inserted_at
    assert row.revoked_at is None


def test_signing_in_sweeps_away_ones_own_expired_sessions(start, change, db_session, bob):
    start()
    start(bob)
    change(SignIn, expires_at=utc_now() - timedelta(seconds=1))
    start()
    assert db_session.scalar(select(func.count()).select_from(SignIn)) == 2


def test_a_very_long_agent_is_cut(start, db_session):
    start(agent="Mozilla " * 1_000)
    assert len(db_session.scalar(select(SignIn.agent))) == 200


def test_being_seen_moves_the_time_and_nothing_else(start, who, stored, change):
    token = start()
    change(SignIn, seen_at=utc_now() - SEEN_EVERY)
    before = who(token)
    stored(lambda session: sign_ins.saw(session, before))
    after = who(token)
    assert (before.is_long_unseen, after.is_long_unseen) == (True, False)
    assert replace(after, seen_at=before.seen_at) == before


def test_finding_out_who_somebody_is_is_one_query(start, db_session):
    token = start()
    with recorded(db_session.get_bind()) as asked:
        assert sign_ins.signed_in(db_session, token)
    assert verbs(asked) == ["SELECT"]


def test_a_password_typed_a_quarter_of_an_hour_ago_is_not_fresh(start, who, change):
    token = start()
    assert who(token).is_fresh
    change(SignIn, confirmed_at=utc_now() - FRESH - timedelta(seconds=1))
    assert not who(token).is_fresh


def test_a_renewed_browser_has_another_token_and_the_old_one_is_worth_nothing(start, who, change, stored):
    old = start()
    change(SignIn, confirmed_at=utc_now() - 2 * FRESH)
    before = who(old)
    renewed = stored(lambda session: sign_ins.renew(session, before))
    assert who(old) is None
    assert who(renewed.token) == renewed
    assert (renewed.session_id, renewed.is_fresh) == (before.session_id, True)


def test_of_two_renewals_of_one_token_the_second_is_refused(start, who, stored):
    person = who(start())
    renewed = stored(lambda session: sign_ins.renew(session, person))
    with pytest.raises(NotFound):
        stored(lambda session: sign_ins.renew(session, person))
    assert who(renewed.token) == renewed


def test_a_browser_that_was_signed_out_is_not_renewed(start, who, change, stored):
    person = who(start())
    change(SignIn, revoked_at=utc_now())
    with pytest.raises(NotFound):
        stored(lambda session: sign_ins.renew(session, person))
