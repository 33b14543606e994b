"""How chatweb starts and stops as a program."""

import dataclasses
import http.client
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.live.browser import Browser
from tests.live.client import CLOSE
from tests.servers import CHECKOUT, Server, environment, free_port, start, wait_until


def _run(settings, port: int, **extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chatweb.server"]
    variables = os.environ | environment(settings, port) | extra
    return subprocess.run(
        command, env=variables, cwd=CHECKOUT, capture_output=True, text=True, timeout=30, check=False
    )


def test_a_taken_port_is_told_in_one_line(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = _run(settings, port)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        f"chatweb: port {port} on 127.0.0.1 is already in use: is another chatweb running? "
        "Choose another with CHATWEB_PORT."
    )
    assert "Traceback" not in ended.stderr


def test_a_wrong_setting_is_told_in_one_line(settings):
    ended = _run(settings, 8000, CHATWEB_WORKERS="many")
    assert ended.returncode == 1
    assert ended.stderr.startswith("chatweb: CHATWEB_WORKERS: ")
    assert ended.stderr.count("\n") == 1


def test_a_redis_that_cannot_be_used_is_told_in_one_line(settings, start_redis):
    ended = _run(settings, 8000, CHATWEB_REDIS_URL=start_redis("--cluster-enabled", "yes").url)
    assert ended.returncode == 1
    assert ended.stderr == (
        "chatweb: CHATWEB_REDIS_URL: this is part of a Cluster, which is not supported: "
        "name a single Redis server\n"
    )


def test_an_address_of_another_computer_is_told_in_one_line(settings):
    ended = _run(settings, 8000, CHATWEB_HOST="192.0.2.1", CHATWEB_PUBLIC_URL="https://chat.example.org")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("chatweb: cannot listen on 192.0.2.1: ")


def test_it_says_where_to_look(server):
    assert f"chatweb: ready at {server.url} " in server.log()
    assert "CHATWEB_RATE_LIMITS=off" in server.log()


def test_a_server_without_lines_stops_at_once(server: Server):
    server.stop()
    assert "Traceback" not in server.log()


def test_a_connection_that_waits_is_closed_without_a_word_when_the_server_stops(server: Server):
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as waiting:
        waiting.request("GET", "/healthz")
        assert waiting.getresponse().read() == b"ok\n"
        server.stop()
        assert waiting.sock.recv(100) == b""


def test_connections_that_come_while_the_server_stops_leave_no_trace(server: Server):
    def knock() -> None:
        with suppress(ConnectionError):
            while True:
                socket.create_connection(("127.0.0.1", server.port), timeout=10).close()

    with ThreadPoolExecutor(4) as threads:
        for _ in range(4):
            threads.submit(knock)
        server.stop()


@pytest.fixture
def development_url(settings, app, tmp_path: Path) -> Iterator[str]:
    """`flask run --debug`, on the same database as `app`."""
    port, log = free_port(), tmp_path / "development.log"
    command = [sys.executable, "-m", "flask", "run", "--debug", "--port", str(port)]
    process = start(command, log, cwd=CHECKOUT, env=os.environ | environment(settings, port))

    def answers() -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except OSError:
            return False
        return True

    wait_until(answers, 30, f"the development server; its log:\n{log}")
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)
    assert "Traceback" not in log.read_text(), log.read_text()


def test_sockets_work_on_the_development_server_too(development_url, sign_in, alice, chat):
    browser = Browser(development_url, sign_in(alice))
    path = f"/ws/topics/{chat.topic}?after=0"
    with browser.open(path) as one, browser.open(path) as two:
        for line in (one, two):
            assert line.receive_text().endswith('<data class="upto" value="0"></data>')
        fragment = browser.say(chat.topic, "hello")
        assert one.receive_text() == two.receive_text() == fragment
        two.send(CLOSE)
        assert two.receive() == (CLOSE, b"")
        assert two.seconds_until_dead() < 1
        browser.post("/logout")
        assert one.receive_close() == 4401


class TestWithRedis:
    @pytest.fixture
    def settings(self, settings, redis):
        return dataclasses.replace(settings, redis_url=redis.url)

    def test_the_development_server_and_another_one_hear_each_other(
        self, development_url, start_host, browser_at, sign_in, alice, bob, chat
    ):
        here, there = Browser(development_url, sign_in(alice)), browser_at(start_host(), bob)
        path = f"/ws/topics/{chat.topic}?after=0"
        with here.open(path) as hers, there.open(path) as his:
            hers.receive_text()
            his.receive_text()
            fragment = here.say(chat.topic, "hello")
            assert his.receive_text() == hers.receive_text() == fragment
            fragment = there.say(chat.topic, "hello yourself")
            assert hers.receive_text() == his.receive_text() == fragment
