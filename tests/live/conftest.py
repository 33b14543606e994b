"""Servers of the live tests: the product's worker and switchboard, without accounts."""

import json
import os
import resource
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from tests.forked import Grandchild, Parent
from tests.live import client
from tests.live.browser import Browser
from tests.live.client import WebSocket
from tests.live.office import Office
from tests.servers import CHECKOUT, Server, free_port, start, wait_until

# A heartbeat between two frames would be taken for the second.
UNDISTURBED = {"heartbeat_seconds": 3600}


class EchoServer:
    """`echo_server.py` in a process of its own; not forked from a `parent` it has an exit status."""

    def __init__(self, log: Path, limits: dict | None = None, parent: Parent | None = None) -> None:
        self.port = free_port()
        self._log = log
        self._lines: list[WebSocket] = []
        arguments = [str(self.port), json.dumps(limits or {})]
        self.process: Popen[bytes] | Grandchild = (
            parent.fork(os.environ, CHECKOUT, log, arguments)
            if parent
            else start([sys.executable, "-m", "tests.live.echo_server", *arguments], log, cwd=CHECKOUT)
        )
        wait_until(self._answers, 60, f"the echo server; its log:\n{self.log()}")

    def connect(self, path: str, headers: dict[str, str] | None = None, **how: object) -> WebSocket:
        """A socket at a path like `/hear/tea`; it is closed after the test."""
        self._lines.append(client.connect(self.port, path, headers, **how))
        return self._lines[-1]

    def forget_lines(self) -> None:
        """Close what a test left open, and wait until the server has noticed."""
        while self._lines:
            self._lines.pop().sock.close()
        if self.process.poll() is None:
            wait_until(lambda: self.count() == 0, 5, "all lines to be closed")

    def hear(self, topic: str, **how: object) -> WebSocket:
        """A socket that listens to a topic and does so already."""
        line = self.connect(f"/hear/{topic}?first=hello", **how)
        assert line.receive_text() == "hello"
        return line

    def say(self, topic: str, text: str, times: int = 1) -> None:
        """Publish a text; `#` in it becomes its number."""
        self._post(f"/say/{topic}?times={times}", text.encode("utf-8", "surrogatepass"))

    def hang_up(self, topic: str, code: int) -> None:
        self._post(f"/hang-up/{topic}?code={code}")

    def count(self, what: str = "lines") -> int:
        """`lines`, `descriptors`, `threads`, `greenlets`, `slow`, `rss` (bytes) or `pid` of the worker."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/count", timeout=5) as answer:
            return json.load(answer)[what]

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def stop(self) -> None:
        """SIGTERM, and wait until it is gone."""
        self.process.terminate()
        self.process.wait(10)

    def _post(self, path: str, body: bytes = b"") -> None:
        url = f"http://127.0.0.1:{self.port}{path}"
        urllib.request.urlopen(urllib.request.Request(url, body, method="POST"), timeout=20).close()

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log()
        try:
            return self.count() == 0
        except (urllib.error.URLError, ConnectionError):
            return False


@pytest.fixture(scope="session")
def _logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("echo")


@pytest.fixture(scope="session")
def _product(_logs: Path, parent_of_servers: Parent) -> Iterator[EchoServer]:
    server = EchoServer(_logs / "product.log", UNDISTURBED, parent_of_servers)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _echo(_logs: Path, parent_of_servers: Parent) -> Iterator[EchoServer]:
    limits = {"message_bytes": 1 << 20, "frames": 1 << 20, "outbox_bytes": 1 << 24}
    server = EchoServer(_logs / "echo.log", limits | UNDISTURBED, parent_of_servers)
    yield server
    server.stop()


@pytest.fixture
def product(_product: EchoServer) -> Iterator[EchoServer]:
    """A server with the product's limits; of heartbeats it has none."""
    yield _product
    _product.forget_lines()


@pytest.fixture
def echo(_echo: EchoServer) -> Iterator[EchoServer]:
    """A server that echoes messages of up to a megabyte."""
    yield _echo
    _echo.forget_lines()


@pytest.fixture
def start_server(tmp_path: Path, parent_of_servers: Parent) -> Iterator[Callable[..., EchoServer]]:
    """`start_server(limit=value, ...)` is a server of the test's own, with other limits.

    It has an exit status when it `is_child` of this process.
    """
    servers: list[EchoServer] = []

    def run(*, is_child: bool = False, **limits: float) -> EchoServer:
        parent = None if is_child else parent_of_servers
        servers.append(EchoServer(tmp_path / f"own{len(servers)}.log", limits, parent))
        return servers[-1]

    yield run
    for server in servers:
        server.forget_lines()
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def office() -> Iterator[Callable[..., Office]]:
    """`office(limits=..., ...)` is a switchboard that is stopped after the test."""
    offices: list[Office] = []

    def run(**options: object) -> Office:
        offices.append(Office(**options))
        return offices[-1]

    yield run
    for each in offices:
        each.close()


@pytest.fixture
def tcp() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a TCP connection, of which the second one takes 4 kB and no more until it reads."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as there:
        there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        there.connect(server.getsockname())
        with server.accept()[0] as here:
            yield here, there


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """This process may open as many descriptors as the system lets it."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))


@pytest.fixture
def browser_of(server: Server, sign_in: Callable) -> Callable:
    """`browser_of(alice)` is where she is signed in."""
    return lambda person: Browser(server.url, sign_in(person))
