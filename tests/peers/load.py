"""The same load for every peer: pairs of people, a message under way for as many as send at a time."""

import itertools
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.benchmarks.talk import TEXT, Run, send_in_turn


class Line(Protocol):
    """One person's open connection to a chat."""

    socket: socket.socket

    def say(self, key: str, text: str) -> None:
        """Send a message."""

    def read(self) -> list[bytes]:
        """What has come, in pieces that belong together. Raises ConnectionError when it is over."""

    def is_stored(self, piece: bytes, key: str) -> bool:
        """Whether this says to the sender that the message is stored."""

    def is_said(self, piece: bytes, key: str) -> bool:
        """Whether this shows the message to the other person."""


@dataclass(eq=False)
class Pair:
    """Two people with their chat open, and the message that is under way between them."""

    lines: tuple[Line, Line]
    turn: int = 0
    key: str = ""
    asked_at: float = 0.0
    is_stored: bool = False
    seen_after: float | None = None


class Load:
    """All pairs, on one thread and one selector."""

    def __init__(self, lines: list[tuple[Line, Line]]) -> None:
        self._pairs = deque(Pair(pair) for pair in lines)
        self._numbers = itertools.count(1)
        self._selector = selectors.DefaultSelector()
        for pair in self._pairs:
            for side, line in enumerate(pair.lines):
                self._selector.register(line.socket, selectors.EVENT_READ, _reader(pair, side, line))

    def run(self, count: int, senders: int) -> Run:
        """Send `count` messages, `senders` at a time. Raises TimeoutError when nothing comes any more."""
        return send_in_turn(self._selector, self._say, count, senders)

    def close(self) -> None:
        """Hang up everywhere."""
        for selected in list(self._selector.get_map().values()):
            selected.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _say(self) -> None:
        pair = self._pairs[0]
        self._pairs.rotate(-1)
        number = next(self._numbers)
        pair.turn = 1 - pair.turn
        pair.key = f"{number:08x}-0000-4000-8000-{number:012x}"
        pair.is_stored, pair.seen_after = False, None
        pair.asked_at = time.perf_counter()
        pair.lines[pair.turn].say(pair.key, TEXT)


def _reader(pair: Pair, side: int, line: Line) -> Callable[[], float | None]:
    def read() -> float | None:
        for piece in line.read():
            if side == pair.turn and line.is_stored(piece, pair.key):
                pair.is_stored = True
            elif side != pair.turn and line.is_said(piece, pair.key) and pair.seen_after is None:
                pair.seen_after = time.perf_counter() - pair.asked_at
        if not pair.is_stored or pair.seen_after is None:
            return None
        seen_after, pair.is_stored, pair.seen_after = pair.seen_after, False, None
        return seen_after

    return read
