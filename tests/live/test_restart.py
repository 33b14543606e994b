"""A restart while people send and read: nobody is turned away, and no message is lost."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select

from chatweb.models import Message
from tests.live.browser import Browser
from tests.senders import Senders
from tests.servers import CHECKOUT, Server, environment, start, wait_until

AS_SYSTEMD = 'exec env LISTEN_PID=$$ LISTEN_FDS={count} "$@" {fds}'


class KeptServer(Server):
    """chatweb with a listening socket that outlives it, as systemd passes one on."""

    def __init__(self, listener, settings, log):
        super().__init__(settings, log)
        self.port = listener.getsockname()[1]
        self._listener = listener

    def _launch(self, variables):
        own = self._listener.fileno()
        script = AS_SYSTEMD.format(count=1, fds=f"3<&{own}")
        command = ["bash", "-c", script, "bash", *self.command]
        return start(command, self.log_file, env=variables, cwd=self.folder, pass_fds=(own,))


@pytest.fixture
def kept(settings, app, tmp_path):
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        server = KeptServer(listener, settings, tmp_path / "server.log")
        server.start()
        yield server
        server.stop()
        assert "Traceback" not in server.log(), server.log()


def test_who_comes_during_a_restart_waits_and_is_served(kept, as_alice, as_bob, chat, db_session):
    browser = Browser(kept.url, as_alice)
    path = f"/ws/topics/{chat.topic}?after=0"
    with browser.open(path) as line, Senders(kept.url, (as_alice, as_bob), chat.topic) as senders:
        wait_until(lambda: len(senders.acknowledged) > 50, 30, "messages to be sent")
        kept.restart()
        sent = len(senders.acknowledged)
        wait_until(lambda: len(senders.acknowledged) > sent + 50, 30, "more to be sent")
        assert line.receive_close() == 1012
        with browser.open(path) as again:
            assert 'data-revision="1"' in again.receive_text()
    assert senders.refused == []
    stored = db_session.execute(select(Message.key, Message.revision).order_by(Message.id)).all()
    assert sorted(key for key, _ in stored) == sorted(senders.acknowledged)
    assert [revision for _, revision in stored] == list(range(1, len(stored) + 1))


def is_told_to_end(pid):
    pending = re.search(r"ShdPnd:\t(\w+)", Path(f"/proc/{pid}/status").read_text())[1]
    return bool(int(pending, 16) & 1 << signal.SIGTERM - 1)


@pytest.mark.faults
def test_who_is_connected_already_when_it_ends_is_served(start_server):
    server = start_server(is_child=True)
    worker = server.count("pid")
    os.kill(worker, signal.SIGSTOP)
    knocking = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(150)]
    for one in knocking:
        one.sendall(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
    server.process.terminate()
    wait_until(lambda: is_told_to_end(worker), 30, "the worker to be told")
    os.kill(worker, signal.SIGCONT)
    assert [one.recv(12) for one in knocking] == [b"HTTP/1.1 404"] * len(knocking)
    for one in knocking:
        one.close()
    assert server.process.wait(10) == 0


@pytest.mark.parametrize(("count", "family"), [(2, socket.AF_INET), (1, socket.AF_UNIX)])
def test_sockets_that_it_cannot_serve_on_are_told_in_one_line(settings, count, family):
    with socket.socket(family) as one:
        script = AS_SYSTEMD.format(count=count, fds=f"3<&{one.fileno()} 4<&{one.fileno()}")
        ended = subprocess.run(
            ["bash", "-c", script, "bash", *Server.command],
            env=os.environ | environment(settings, 0),
            cwd=CHECKOUT,
            pass_fds=[one.fileno()],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == "chatweb: the socket unit must have one ListenStream, a TCP address\n"
