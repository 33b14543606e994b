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
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path

import psutil

from tests.benchmarks import wire
from tests.benchmarks.empty import empty
from tests.benchmarks.figures import Figure, at_least, at_most, below
from tests.benchmarks.instance import Browser, Instance, instance
from tests.live.client import TEXT, frame
from tests.live.conftest import EchoServer
from tests.servers import wait_until

SOCKETS = (5_000, 15_000)
PEOPLE = 2_500
WARM_UP = 500
SPARE_DESCRIPTORS = 200
FEW = 16
BEAT_SECONDS = 25
TYPED = frame(TEXT, b"typing")
TYPING_SECONDS = 3
TYPING_ROUNDS = 5
TICKS = 20
# One address has 28,000 ports, and those of the last minute's run are not free yet.
SOURCES = [f"127.0.0.{number}" for number in range(1, 5)]
AT_ONCE = 32
LISTENERS = 1_000
FRAMES = 300
FRAME = "<article class='message'>" + "x" * 550 + "</article>"


def measure() -> Iterator[Figure]:
    """Openings, memory and heartbeats of many signed-in sockets, then frames to one topic's listeners."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with instance() as site:
        yield from _parked(site, most - SPARE_DESCRIPTORS)
    with instance() as site:
        yield empty(site)
        yield from _typing(site)
    with tempfile.TemporaryDirectory() as folder:
        yield from _frames(EchoServer(Path(folder) / "log"))


def _parked(site: Instance, most: int) -> Iterator[Figure]:
    """With more and more sockets, as far as the machine's limit allows."""
    doors = cycle(_doors(site))
    (worker,) = site.workers()
    own = worker.num_fds()
    with _opened(site.host, islice(doors, WARM_UP)):
        _settle(worker, own + WARM_UP)  # what the first ones make grow stays
    _settle(worker, own)
    own, memory, there = worker.num_fds(), _memory(worker), 0
    with ExitStack() as opened:
        for count in SOCKETS:
            if count > most:
                print(f"{count:,} sockets need {count - most:,} descriptors more than `ulimit -Hn` allows")
                continue
            cpu = site.cpu_seconds()
            opened.enter_context(_opened(site.host, islice(doors, count - there)))
            _settle(worker, own + count)
            rate = (count - there) / (site.cpu_seconds() - cpu)
            grown, there = _memory(worker) - memory, count
            yield Figure(f"sockets opened per CPU second, up to {count:,}", rate, "1/s", at_least(800))
            yield Figure(f"memory of a parked socket, of {count:,}", grown / count / 1024, "KB", at_most(2))
        if not there:
            return
        cpu = site.cpu_seconds()
        time.sleep(BEAT_SECONDS)  # time itself: in so long every socket has one beat
        idle = (site.cpu_seconds() - cpu) / BEAT_SECONDS
        yield Figure(f"heartbeats of {there:,} sockets, share of a core", idle * 100, "%")


def _typing(site: Instance) -> Iterator[Figure]:
    """Everybody has an inbox and a conversation open; first all are silent, then all of them type."""
    doors = _doors(site)
    with _opened(site.host, doors[::2]), _opened(site.host, doors[1::2]) as talkers:
        cpu = site.cpu_seconds()
        time.sleep(BEAT_SECONDS)  # what is measured is how much nothing costs
        idle = (site.cpu_seconds() - cpu) / BEAT_SECONDS
        yield Figure(
            f"{len(doors):,} idle sockets of {PEOPLE:,} people, share of a core", idle * 100, "%", below(5)
        )
        cpu, begin, slices = site.cpu_seconds(), time.monotonic(), TYPING_SECONDS * TICKS
        for number in range(TYPING_ROUNDS * slices):
            for sock in talkers[number % slices :: slices]:
                sock.sendall(TYPED)
            time.sleep(max(0, begin + (number + 1) / TICKS - time.monotonic()))
        share = (site.cpu_seconds() - cpu) / (time.monotonic() - begin)
        name = f"all {PEOPLE:,} typing, told every {TYPING_SECONDS} s, share of a core"
        yield Figure(name, share * 100, "%")


def _settle(worker: psutil.Process, descriptors: int) -> None:
    """Wait until the requests are over: there are so many descriptors, and a few for the database."""
    wait_until(lambda: worker.num_fds() <= descriptors + FEW, 20, f"{descriptors:,} descriptors")


def _memory(worker: psutil.Process) -> int:
    """What belongs to the worker alone, in bytes: nothing that it shares with gunicorn's master."""
    return worker.memory_full_info().uss


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
    hear = wire.handshake(host, Browser(0, "nobody", "", ""), "/hear/tea?first=hello")
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
    """Open a socket at every door, a few at once, until each has caught up; close them afterwards."""
    waiting, sources = iter(doors), cycle(SOURCES)
    heard: dict[socket.socket, bytes] = {}
    with selectors.DefaultSelector() as selector:

        def begin(count: int) -> None:
            for door in islice(waiting, count):
                selector.register(_knock(host, door, next(sources)), selectors.EVENT_READ)

        begin(AT_ONCE)
        while selector.get_map():
            for sock in _ready(selector, "an answer to the handshake"):
                heard[sock] = heard.get(sock, b"") + sock.recv(65536)
                if _has_caught_up(heard[sock]):
                    selector.unregister(sock)
                    begin(1)
    yield list(heard)
    for sock in heard:
        sock.close()


def _knock(host: str, door: bytes, source: str) -> socket.socket:
    name, _, port = host.partition(":")
    sock = socket.create_connection((name, int(port)), source_address=(source, 0))
    sock.sendall(door)
    sock.setblocking(False)
    return sock


def _has_caught_up(answer: bytes) -> bool:
    head, _, rest = answer.partition(wire.END_OF_HEAD)
    if not head.startswith(b"HTTP/1.1 101"):
        raise wire.Refused(answer.decode("latin-1"))
    return bool(wire.frames(rest)[0])


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
