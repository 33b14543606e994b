"""What open sockets cost: memory of a parked one, openings and frames per second of one core.

Openings and memory are taken from chatweb itself, signed in; frames from the live tests' server, whose topics
anybody may publish to. Rates are per second of CPU time, so that the load generator does not blur them.
"""

import os
import resource
import selectors
import socket
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import psutil

from tests.benchmarks import wire
from tests.benchmarks.figures import Figure, at_least, at_most
from tests.benchmarks.instance import Browser, Instance, instance
from tests.live.conftest import EchoServer

SOCKETS = 5_000
PEOPLE = 100
AT_ONCE = 32
LISTENERS = 1_000
FRAMES = 300
FRAME = "<article class='message'>" + "x" * 550 + "</article>"


def measure() -> Iterator[Figure]:
    """Openings, memory and heartbeats of many signed-in sockets, then frames to one topic's listeners."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with instance() as site:
        yield from _parked(site, min(SOCKETS, most - 200))
    with tempfile.TemporaryDirectory() as folder:
        yield from _frames(EchoServer(Path(folder) / "log"))


def _parked(site: Instance, count: int) -> Iterator[Figure]:
    doors = _doors(site)
    (worker,) = site.workers()
    with _opened(site.host, islice(cycle(doors), 500)):
        pass  # what the first ones make grow stays
    time.sleep(1.5)
    memory, cpu = worker.memory_info().rss, site.cpu_seconds()
    with _opened(site.host, islice(cycle(doors), count)):
        spent = site.cpu_seconds() - cpu
        time.sleep(2)
        grown = worker.memory_info().rss - memory
        yield Figure(
            "sockets opened per CPU second, signed in, caught up", count / spent, "1/s", at_least(800)
        )
        yield Figure(f"memory of a parked socket, of {count:,}", grown / count / 1024, "KB", at_most(2))
        cpu = site.cpu_seconds()
        time.sleep(25)
        idle = (site.cpu_seconds() - cpu) / 25
        yield Figure(f"heartbeats of {count:,} sockets, share of a core", idle * 100, "%")


def _doors(site: Instance) -> list[bytes]:
    """Handshakes of pairs who have a conversation: each person opens it, and the inbox."""
    people = site.add_people(PEOPLE)
    pairs = list(zip(people[::2], people[1::2], strict=True))
    doors = []
    for pair, topic in zip(pairs, site.add_chats(pairs), strict=True):
        for person in pair:
            doors += [
                wire.handshake(site.host, person, path)
                for path in ("/ws/inbox", f"/ws/topics/{topic}?after=0")
            ]
    return doors


def _frames(server: EchoServer) -> Iterator[Figure]:
    worker = psutil.Process(server.count("pid"))
    host = f"127.0.0.1:{server.port}"
    hear = wire.handshake(host, Browser(0, "nobody", "", ""), "/hear/tea")
    with _opened(host, [hear] * LISTENERS) as sockets:
        before, start = sum(worker.cpu_times()[:2]), time.perf_counter()
        sayer = os.fork()
        if sayer == 0:
            url = f"http://{host}/say/tea?times={FRAMES}"
            urllib.request.urlopen(urllib.request.Request(url, FRAME.encode(), method="POST")).close()
            os._exit(0)
        _drain(sockets, FRAMES * (len(FRAME) + 4))
        seconds, spent = time.perf_counter() - start, sum(worker.cpu_times()[:2]) - before
        os.waitpid(sayer, 0)
    server.stop()
    count = FRAMES * LISTENERS
    yield Figure(
        f"frames of {len(FRAME)} bytes to {LISTENERS:,} listeners, per CPU second", count / spent, "1/s"
    )
    yield Figure("the same by the clock", count / seconds, "1/s")


@contextmanager
def _opened(host: str, doors: Iterable[bytes]) -> Iterator[list[socket.socket]]:
    """Open a socket at every door, a few at once, and close them afterwards."""
    waiting = iter(doors)
    opened: list[socket.socket] = []
    address = (host.partition(":")[0], int(host.partition(":")[2]))
    with selectors.DefaultSelector() as selector:

        def begin() -> None:
            for door in islice(waiting, 1):
                sock = socket.create_connection(address)
                sock.sendall(door)
                sock.setblocking(False)
                selector.register(sock, selectors.EVENT_READ)

        for _ in range(AT_ONCE):
            begin()
        while selector.get_map():
            for sock in _ready(selector, "an answer to the handshake"):
                answer = sock.recv(65536)
                if not answer.startswith(b"HTTP/1.1 101"):
                    raise wire.Refused(answer.decode("latin-1"))
                selector.unregister(sock)
                opened.append(sock)
                begin()
    yield opened
    for sock in opened:
        sock.close()


def _drain(sockets: list[socket.socket], at_least_bytes: int) -> None:
    """Read until every socket has given so much."""
    left = dict.fromkeys(sockets, at_least_bytes)
    with selectors.DefaultSelector() as selector:
        for sock in sockets:
            selector.register(sock, selectors.EVENT_READ)
        while left:
            for sock in _ready(selector, "frames"):
                got = len(sock.recv(1 << 18))
                if not got:
                    raise ConnectionError("a listener was cut off")
                left[sock] -= got
                if left[sock] <= 0:
                    selector.unregister(sock)
                    del left[sock]


def _ready(selector: selectors.BaseSelector, what: str) -> list[socket.socket]:
    events = selector.select(20)
    if not events:
        raise TimeoutError(f"waited 20 s in vain for {what}")
    return [key.fileobj for key, _ in events if isinstance(key.fileobj, socket.socket)]
