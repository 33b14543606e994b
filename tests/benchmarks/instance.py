"""A chatweb of its own for each benchmark, its people, and what its server costs."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
from flask import Flask, session
from flask_migrate import upgrade
from flask_wtf.csrf import generate_csrf
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from chatweb import config, paths
from chatweb.app import create_app
from chatweb.domain import accounts, chats, sign_ins
from chatweb.extensions import db
from chatweb.models import Member, Message, utc_now
from chatweb.store import store
from tests.servers import Server

CHUNK = 10_000
SERVER_CORE, LOAD_CORE = 0, 1


class Browser(NamedTuple):
    """Somebody who is signed in: what a browser of theirs sends with every request."""

    user_id: int
    username: str
    cookie: str
    csrf: str


class Instance:
    """An instance with these settings, and its server."""

    def __init__(self, folder: Path, **chosen: str) -> None:
        variables = {f"CHATWEB_{name.upper()}": value for name, value in chosen.items()}
        settings = config.load({"CHATWEB_DATA_DIR": str(folder), **variables})
        self.app: Flask = create_app(settings)
        self.server = Server(settings, folder / "server.log")
        self._numbers = itertools.count(1)
        with self.app.app_context():
            upgrade(directory=str(paths.MIGRATIONS))

    @property
    def host(self) -> str:
        """Host and port of the server."""
        return f"127.0.0.1:{self.server.port}"

    def cpu_seconds(self) -> float:
        """The CPU time that the server's workers have used so far, in the kernel for them too."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())

    def workers(self) -> list[psutil.Process]:
        """The server's worker processes."""
        return psutil.Process(self.server.pid).children(recursive=True)

    def add_people(self, count: int) -> list[Browser]:
        """Make accounts that are signed in; nobody knows their passwords, so nothing is hashed."""
        with self.app.app_context():
            people = store(lambda writing: [self._add_person(writing) for _ in range(count)])
            db.session.remove()
        return [Browser(user_id, username, *self._cookie(token)) for user_id, username, token in people]

    def add_chats(self, pairs: Iterable[Sequence[Browser]]) -> list[str]:
        """Let the first of each pair start a conversation with the second; returns the topics."""

        def begin(writing: Session) -> list[str]:
            return [chats.start(writing, one.user_id, two.username) for one, two in pairs]

        with self.app.app_context():
            topics = store(begin)
            db.session.remove()
        return topics

    def add_messages(self, topic: str, count: int) -> list[int]:
        """Fill a conversation with made-up messages of both people, past the product; returns their ids."""
        with self.app.app_context():
            ids = store(lambda writing: _fill(writing, topic, count))
            db.session.remove()
        return ids

    def read(self, person: Browser, topic: str, message_id: int) -> None:
        """Let somebody have read a conversation up to a message and no further."""
        chat_id = db.select(chats.Chat.id).filter_by(topic=topic).scalar_subquery()
        whose = Member.chat_id == chat_id, Member.user_id == person.user_id
        values = {"read_id": message_id, "seen_id": message_id}
        with self.app.app_context():
            store(lambda writing: writing.execute(update(Member).where(*whose).values(values)))
            db.session.remove()

    def _add_person(self, writing: Session) -> tuple[int, str, str]:
        name = f"person{next(self._numbers)}"
        email = f"{name}@example.org"
        user = accounts.create_user(writing, username=name, email=email, password_hash="none")
        token = sign_ins.start(writing, user.id, remember=True, address="127.0.0.1", agent="benchmark")
        return user.id, name, token

    def _cookie(self, token: str) -> tuple[str, str]:
        with self.app.test_request_context():
            csrf = generate_csrf()
            session.update(_user_id=token, _fresh=True)
            serializer = self.app.session_interface.get_signing_serializer(self.app)
            name = self.app.config["SESSION_COOKIE_NAME"]
            return f"{name}={serializer.dumps(dict(session))}", csrf


def _fill(writing: Session, topic: str, count: int) -> list[int]:
    chat = writing.execute(db.select(chats.Chat).filter_by(topic=topic)).scalar_one()
    pair, now, ids = (chat.user_1_id, chat.user_2_id), utc_now(), []
    for start in range(0, count, CHUNK):
        rows = [
            {
                "chat_id": chat.id,
                "sender_id": pair[number // 3 % 2],
                "key": f"{chat.id:08x}-0000-4000-8000-{chat.revision + number:012x}",
                "revision": chat.revision + number + 1,
                "body": f"Message {number}: the train is late again, start without me and keep a seat.",
                "inserted_at": now,
            }
            for number in range(start, min(start + CHUNK, count))
        ]
        ids += writing.scalars(insert(Message).returning(Message.id, sort_by_parameter_order=True), rows)
    chat.revision += count
    return ids


@contextmanager
def instance(*, running: bool = True, rate_limits: str = "off", **chosen: str) -> Iterator[Instance]:
    """A fresh instance in a temporary folder on disk, removed at the end.

    On SQLite, as an operator gets it, unless settings are `chosen`: `redis_url` stands for CHATWEB_REDIS_URL.
    """
    folder = Path(tempfile.mkdtemp(prefix="chatweb-bench-", dir=_disk()))
    try:
        site = Instance(folder, rate_limits=rate_limits, **chosen)
        try:
            if running:
                site.server.start()
                _one_core_each(site)
            yield site
        finally:
            site.server.stop()
            with site.app.app_context():
                db.engine.dispose()
    finally:
        shutil.rmtree(folder)


def _one_core_each(site: Instance) -> None:
    """Keep server and load apart: where they change places, each finds the other's caches."""
    if hasattr(os, "sched_setaffinity") and psutil.cpu_count() != 1:
        for process in (psutil.Process(site.server.pid), *site.workers()):
            for thread in process.threads():
                os.sched_setaffinity(thread.id, {SERVER_CORE})
        os.sched_setaffinity(0, {LOAD_CORE})


def _disk() -> str | None:
    # /tmp may be memory, where nothing has to wait for a disk; /var/tmp is kept over restarts.
    kept = Path("/var/tmp")
    return str(kept) if kept.is_dir() else None
