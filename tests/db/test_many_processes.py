"""Several processes write to one database at once."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import select

from chatweb.models import Chat, Message
from tests.servers import CHECKOUT, environment

PROCESSES, EACH = 4, 25


@pytest.fixture
def writer(settings, chat):
    """`writer(alice)` is a process that waits for a line and then sends messages of hers."""
    started = []

    def start(person):
        command = [sys.executable, "-m", "tests.db.writer", str(person.id), chat.topic, str(EACH)]
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=os.environ | environment(settings, 0),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_four_processes_write_at_once_and_none_is_locked_out(writer, db_session, alice, bob):
    writers = [writer(person) for person in (alice, bob) * (PROCESSES // 2)]
    ready = [process.stdout.readline() for process in writers]
    assert ready == ["ready\n"] * PROCESSES, [process.stderr.read() for process in writers]
    for process in writers:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in writers]
    assert answers == [("done\n", "")] * PROCESSES
    everything = list(range(1, PROCESSES * EACH + 1))
    assert db_session.scalars(select(Message.revision).order_by(Message.id)).all() == everything
    assert db_session.scalars(select(Chat.revision)).all() == [PROCESSES * EACH]
