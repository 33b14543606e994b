"""Many people doing something at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from chatweb.domain import messages
from chatweb.domain.access import OpenChat
from chatweb.domain.messages import Sent
from chatweb.store import store

T = TypeVar("T")


def all_at_once(app: Flask, jobs: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run every job in a thread and an app context of its own, all starting together.

    Answers in the order of the jobs; a job that raised answers with its exception.
    """
    together = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T | Exception:
        with app.app_context():
            together.wait()
            try:
                return job()
            except Exception as problem:  # noqa: BLE001 - what went wrong is the answer
                return problem

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def send_again(chat: OpenChat, key: str, body: str) -> Sent:
    """Send inside an app context, as the web does: whoever lost a race for the key asks once more."""

    def work(session: Session) -> Sent:
        return messages.send(session, chat, key, body)

    try:
        return store(work)
    except messages.KeyTaken:
        return store(work)
