"""What the tests of the data layer share: the verbs of the domain, done by somebody."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from chatweb.domain import access, chats, messages
from chatweb.domain.access import OpenChat
from chatweb.domain.messages import Sent
from chatweb.extensions import db
from tests.db.rows import new_key
from tests.people import Person


@pytest.fixture
def chat_between(stored: Callable) -> Callable[[Person, Person], OpenChat]:
    """`chat_between(alice, carol)` is their conversation as alice, who opened it, holds it."""

    def begin(one: Person, two: Person) -> OpenChat:
        def work(session: Session) -> OpenChat:
            return access.chat_for(session, one.id, chats.start(session, one.id, two.username))

        return stored(work)

    return begin


@pytest.fixture
def held_by(app: Flask, chat: OpenChat) -> Callable[[Person], OpenChat]:
    """`held_by(bob)` is the conversation of alice and bob as bob holds it now."""

    def find(person: Person) -> OpenChat:
        with app.app_context():
            return access.chat_for(db.session(), person.id, chat.topic)

    return find


@pytest.fixture
def send(stored: Callable, chat: OpenChat, alice: Person) -> Callable[..., Sent]:
    """`send("hello", bob)` stores a message of bob's; alice's when nobody is named."""

    def run(body: str, person: Person = alice, key: str = "", chat: OpenChat = chat) -> Sent:
        held = chat._replace(person_id=person.id)
        return stored(lambda session: messages.send(session, held, key or new_key(), body))

    return run


@pytest.fixture
def begun(app):
    """The transactions that reach SQLite, as they begin."""
    seen = []

    def watch(connection, _record):
        connection.set_trace_callback(lambda text: text.startswith("BEGIN") and seen.append(text.strip()))

    with app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", watch)
    return seen
