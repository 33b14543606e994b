"""Messages for the tests, and doing things at the same moment."""

import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from chatweb.domain import access, messages
from chatweb.domain.access import OpenChat
from chatweb.domain.messages import Said
from chatweb.extensions import db
from chatweb.store import store
from tests.people import Person, Visitor


def new_key() -> str:
    """A key as a browser makes one for each message."""
    return str(uuid.uuid4())


class Talk:
    """The conversation of alice and bob, filled from below HTTP."""

    def __init__(self, app: Flask, chat: OpenChat) -> None:
        self._app = app
        self.topic = chat.topic
        self.url = f"/chats/{chat.topic}"
        self.messages_url = f"{self.url}/messages"

    def says(self, person: Person, *bodies: str) -> list[Said]:
        """Store messages of one of the two, all in one transaction."""

        def work(session):
            chat = access.chat_for(session, person.id, self.topic)
            return [messages.send(session, chat, new_key(), body).message for body in bodies]

        with self._app.app_context():
            said = store(work)
            db.session.remove()
        return said


def send(visitor: Visitor, talk: Talk, body: str, key: str | None = None, **options: Any) -> Any:
    """Post a message as the page's script does, or as a plain form with `htmx=False`."""
    data = {"body": body, "key": key or new_key()}
    return visitor.post(talk.messages_url, data, **{"htmx": True, **options})


def same_browser(app: Flask, visitor: Visitor, name: str = "chatweb") -> Visitor:
    """Another tab of the same browser: the same cookie, a client of its own."""
    twin = Visitor(app)
    twin._csrf = visitor.csrf
    cookie = visitor.client.get_cookie(name)
    assert cookie is not None
    twin.client.set_cookie(name, cookie.value)
    return twin


def at_once(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """Make all calls at the same moment, each in a thread of its own; their results in the same order."""
    waiting = list(calls)
    barrier = threading.Barrier(len(waiting))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(run, waiting))
