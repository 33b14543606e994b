"""Pairs of people who talk: the load of the benchmark of messages, on one thread and one selector."""

import gc
import itertools
import selectors
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.benchmarks import wire
from tests.benchmarks.instance import Browser
from tests.benchmarks.wire import Connection

PATIENCE = 20
TEXT = "Shall we meet at the station at half past seven? The train is late again, 请等我 — bring the map 🗺."


class Run(NamedTuple):
    """What came of a number of messages: the whole time, and for each the seconds until it was seen."""

    seconds: float
    seen: list[float]


def send_in_turn(selector: selectors.BaseSelector, say: Callable[[], None], count: int, senders: int) -> Run:
    """Let `say()` send `count` messages, `senders` at a time: another one whenever one is through.

    What is registered with the selector takes what has come, and tells a message's seconds once it is
    through. Raises TimeoutError when nothing comes any more.
    """
    seen: list[float] = []
    begin = time.perf_counter()
    for _ in range(senders):
        say()
    started = senders
    with _no_collector():
        while len(seen) < count:
            events = selector.select(PATIENCE)
            if not events:
                raise TimeoutError(f"nothing came after {len(seen)} of {count} messages")
            for key, _ in events:
                done = key.data()
                if done is not None:
                    seen.append(done)
                    if started < count:
                        say()
                        started += 1
    return Run(time.perf_counter() - begin, seen)


@dataclass(eq=False)
class Pair:
    """Two people with their conversation open: each has a connection for requests and a socket."""

    topic: str
    people: tuple[Browser, Browser]
    connections: list[Connection] = field(default_factory=list)
    turn: int = 0
    key: bytes = b""
    asked_at: float = 0.0
    is_answered: bool = False
    seen_after: float | None = None


class Talk:
    """All pairs, at one server. Both people of a pair have an open conversation page and an open inbox."""

    def __init__(self, host: str, pairs: list[Pair]) -> None:
        self._host = host
        self._pairs = deque(pairs)
        self._selector = selectors.DefaultSelector()
        self._numbers = itertools.count()
        for pair in pairs:
            self._open(pair)

    def run(self, count: int, senders: int) -> Run:
        """Send `count` messages, `senders` at a time; each pair's people take turns.

        A sender goes on when the message is answered and seen. Raises TimeoutError when nothing
        comes any more.
        """
        return send_in_turn(self._selector, self._say, count, senders)

    def close(self) -> None:
        """Hang up everywhere."""
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _open(self, pair: Pair) -> None:
        for side, person in enumerate(pair.people):
            connection = Connection(self._host)
            pair.connections.append(connection)
            self._watch(connection, _Answers(pair, connection))
            self._listen(pair, side, f"/ws/topics/{pair.topic}?after=0", person)
            self._listen(None, side, "/ws/inbox", person)

    def _listen(self, pair: Pair | None, side: int, path: str, person: Browser) -> None:
        connection = Connection(self._host)
        rest = connection.upgrade(wire.handshake(self._host, person, path))
        self._watch(connection, _Frames(pair, side, connection, rest) if pair else _Ignored(connection))

    def _watch(self, connection: Connection, on_readable: Callable[[], float | None]) -> None:
        self._selector.register(connection.socket, selectors.EVENT_READ, on_readable)

    def _say(self) -> None:
        pair = self._pairs[0]
        self._pairs.rotate(-1)
        number = next(self._numbers)
        key = f"{number:08x}-0000-4000-8000-{number:012x}"
        pair.turn = 1 - pair.turn
        pair.key, pair.is_answered, pair.seen_after = f"message-{key}".encode(), False, None
        request = wire.send(self._host, pair.people[pair.turn], pair.topic, key, TEXT)
        pair.asked_at = time.perf_counter()
        pair.connections[pair.turn].socket.sendall(request)


class _Answers:
    """Reads the answers to one person's posts; tells the message's time once it is answered and seen."""

    def __init__(self, pair: Pair, connection: Connection) -> None:
        self.pair, self.socket, self.rest = pair, connection.socket, b""

    def __call__(self) -> float | None:
        self.rest += _some(self.socket)
        answer = wire.split_answer(self.rest)
        if answer is None:
            return None
        _, body, self.rest = answer
        if self.pair.key not in body:
            raise wire.Refused(f"another message was answered: {body!r}")
        self.pair.is_answered = True
        return _both(self.pair)


class _Frames:
    """Reads one person's socket on the topic; what counts is the moment when the other's message is there."""

    def __init__(self, pair: Pair, side: int, connection: Connection, rest: bytes) -> None:
        self.pair, self.side, self.socket, self.rest = pair, side, connection.socket, rest

    def __call__(self) -> float | None:
        pair = self.pair
        found, self.rest = wire.frames(self.rest + _some(self.socket))
        if pair.turn == self.side or not any(pair.key in frame for frame in found):
            return None
        pair.seen_after = time.perf_counter() - pair.asked_at
        return _both(pair)


class _Ignored:
    """Takes what an inbox is sent."""

    def __init__(self, connection: Connection) -> None:
        self.socket = connection.socket

    def __call__(self) -> None:
        _some(self.socket)


def _both(pair: Pair) -> float | None:
    return pair.seen_after if pair.is_answered else None


def _some(source: object) -> bytes:
    piece: bytes = source.recv(65_536)  # type: ignore[attr-defined]
    if not piece:
        raise ConnectionError("the server hung up")
    return piece


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
