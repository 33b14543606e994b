"""Accounts as the database keeps them: one per name and per address, also when several come at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chatweb.domain import accounts, new_passwords, passwords
from chatweb.domain.refusals import Invalid
from chatweb.models import User, utc_now
from chatweb.store import store
from tests.db.racing import all_at_once
from tests.people import PASSWORD

pytestmark = pytest.mark.both_engines


@pytest.fixture
def create(stored):
    """`create("Dora")` makes an account; the id."""

    def run(username, email="dora@example.org", **more):
        return stored(lambda session: making(session, username, email, **more))

    return run


def making(session, username, email, **more):
    return accounts.create_user(session, username=username, email=email, password_hash="-", **more).id


@pytest.fixture
def identify(stored):
    return lambda typed: stored(lambda session: accounts.identify(session, typed))


def test_an_account_keeps_the_name_as_typed_and_the_address_in_small_letters(create, db_session):
    user_id = create("Dóra", "Dora@Example.ORG")
    admin_id = create("root", "root@example.org", role="admin")
    user, admin = db_session.get(User, user_id), db_session.get(User, admin_id)
    assert (user.username, user.username_key, user.email) == ("Dóra", "dóra", "dora@example.org")
    assert (user.display_name, user.role, user.is_active) == ("Dóra", "user", True)
    assert user.inserted_at == user.updated_at
    assert (admin.username, admin.role) == ("root", "admin")


def test_a_name_is_taken_however_it_is_written(create):
    create("Straße")
    for same in ("Straße", "STRASSE", "strasse", "Ｓｔｒａｓｓｅ"):
        with pytest.raises(Invalid) as refusal:
            create(same, "other@example.org")
        assert refusal.value.problems == {"username": "username_taken"}


def test_an_address_is_taken_in_any_case(create):
    create("dora", "Dora@example.org")
    with pytest.raises(Invalid) as refusal:
        create("emil", "dORA@EXAMPLE.org")
    assert refusal.value.problems == {"email": "email_taken"}


def test_both_taken_are_both_told(create):
    create("dora", "dora@example.org")
    create("emil", "emil@example.org")
    with pytest.raises(Invalid) as refusal:
        create("dora", "emil@example.org")
    assert refusal.value.problems == {"username": "username_taken", "email": "email_taken"}


@pytest.mark.parametrize("taken", ["username", "email"])
def test_four_at_once_for_one_name_or_address_make_one_account(app, db_session, taken):
    def registering(number):
        own = {"username": f"email-{number}", "email": f"username_key-{number}@example.org"}
        own[taken] = {"username": "email", "email": "username@example.org"}[taken]
        return lambda: store(lambda session: making(session, **own))

    answers = all_at_once(app, [registering(number) for number in range(4)])
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [answer.problems for answer in refused] == [{taken: f"{taken}_taken"}] * 3
    assert len(db_session.scalars(select(User.id)).all()) == 1


def test_a_person_is_identified_by_name_or_address(create, identify):
    id_ = create("Dora", "dora@example.org")
    for typed in ("Dora", " dora ", "ＤＯＲＡ", "dora@example.org", "DORA@example.org "):
        assert identify(typed) == accounts.Identity(id_, "-", can_sign_in=True)
    for typed in ("", "emil", "dora@", "@", "dora%", "d_ra", "dora\x00", "\udc80", "dora@example.org@"):
        assert identify(typed) is None


def test_a_new_password_replaces_the_old_one(stored, identify, alice):
    assert passwords.matches(identify("alice").password_hash, PASSWORD)
    stored(lambda session: new_passwords.give(session, alice.id, passwords.make_hash("another one")))
    assert not passwords.matches(identify("alice").password_hash, PASSWORD)
    assert passwords.matches(identify("alice").password_hash, "another one")


def test_everybody_is_listed_in_the_order_of_joining(create, db_session):
    for name in ("zoe", "Adam", "mia"):
        create(name, f"{name}@example.org")
    db_session.rollback()
    db_session.execute(update(User).where(User.username == "mia").values(is_active=False))
    found = accounts.everybody(db_session)
    assert [(user.username, user.is_active) for user in found] == [
        ("zoe", True),
        ("Adam", True),
        ("mia", False),
    ]


def test_who_is_here_is_noted_with_the_time_and_nobody_else(create, stored, db_session):
    here, elsewhere = create("Dora"), create("Emil", "emil@example.org")
    stored(lambda session: accounts.were_here(session, {here}))
    assert utc_now() - db_session.get(User, here).seen_at < timedelta(minutes=1)
    assert db_session.get(User, elsewhere).seen_at is None
