"""The demo: a living product in an empty database, and nothing at all in any other."""

import unicodedata

import pytest
from sqlalchemy import func, select

from chatweb import demo
from chatweb.domain import access, accounts, inboxes, messages, passwords
from chatweb.domain.texts import email_problem, message_body, password_problem, username_problem
from chatweb.models import Chat, Message, User, utc_now
from chatweb.store import store

pytestmark = pytest.mark.both_engines


@pytest.fixture
def demo_session(app, db_session):
    with app.app_context():
        store(demo.fill)
    return db_session


def people(session):
    return session.scalars(select(User).order_by(User.id)).all()


def test_everybody_of_the_demo_can_sign_in(demo_session):
    for person in demo.PEOPLE:
        assert username_problem(person.username) is None
        assert email_problem(f"{person.username}@example.org") is None
        assert password_problem(demo.PASSWORD, username=person.username, email="") is None
        found = accounts.identify(demo_session, person.username)
        assert passwords.matches(found.password_hash, demo.PASSWORD)


def test_everybody_sees_a_conversation_with_a_last_message(demo_session):
    for user in people(demo_session):
        inbox = inboxes.newest(demo_session, user.id)
        assert inbox
        assert all(row.preview for row in inbox)
    assert {row.unread > 0 for row in inboxes.newest(demo_session, people(demo_session)[0].id)} == {
        True,
        False,
    }


def test_every_text_of_the_demo_could_have_been_sent(demo_session):
    bodies = demo_session.scalars(select(Message.body)).all()
    assert len(bodies) == sum(len(talk.lines) for talk in demo.TALKS)
    assert all(message_body(body) == body for body in bodies)


def test_the_demo_speaks_several_scripts(demo_session):
    letters = filter(str.isalpha, "".join(demo_session.scalars(select(Message.body))))
    scripts = {unicodedata.name(letter).split()[0] for letter in letters}
    assert {"LATIN", "ARABIC", "HIRAGANA", "CJK"} <= scripts


def test_ids_revisions_and_times_of_the_demo_go_together(demo_session):
    for chat in demo_session.scalars(select(Chat)):
        said = demo_session.scalars(
            select(Message).where(Message.chat_id == chat.id).order_by(Message.id)
        ).all()
        assert [message.revision for message in said] == list(range(1, chat.revision + 1))
        assert [message.inserted_at for message in said] == sorted(message.inserted_at for message in said)
        assert said[-1].inserted_at == chat.updated_at < utc_now()


def test_a_conversation_of_the_demo_goes_on(demo_session, stored):
    talk = demo_session.scalars(select(Chat)).first()
    chat = access.chat_for(demo_session, talk.user_1_id, talk.topic)
    demo_session.rollback()
    key = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    sent = stored(lambda session: messages.send(session, chat, key, "hello")).message
    assert sent.revision == chat.revision + 1
    assert messages.newest(demo_session, chat)[-1] == sent


def test_the_demo_refuses_a_database_with_anybody_in_it(stored, db_session, carol):
    with pytest.raises(demo.NotEmptyError):
        stored(demo.fill)
    assert db_session.scalars(select(User.username)).all() == ["carol"]
    assert db_session.scalar(select(func.count()).select_from(Chat)) == 0


def test_the_demo_is_filled_once(stored, demo_session):
    before = len(people(demo_session))
    demo_session.rollback()
    with pytest.raises(demo.NotEmptyError):
        stored(demo.fill)
    assert len(people(demo_session)) == before
