"""A bad way to Redis: some of what is published gets lost on it, or what is asked arrives late."""

import random
import socket
import threading
import time
from contextlib import suppress
from typing import Self

_PUBLISHED = b"*3\r\n$7\r\nmessage\r\n"


class Way:
    """Passes on what Redis says, but for a share of the events for topics, and to it everything, later.

    `asked` counts the pieces of the latter.
    """

    def __init__(self, port: int, *, share: float = 0.0, delay: float = 0.0) -> None:
        self.share = share
        self._delay = delay
        self.lost = self.passed = self.asked = 0
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    @property
    def url(self) -> str:
        """The value of CHATWEB_REDIS_URL for this way."""
        return f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here = self._listener.accept()[0]
                there = socket.create_connection(self._target)
                self._ends += [here, there]
                threading.Thread(target=self._pass_on, args=(here, there), daemon=True).start()
                threading.Thread(target=self._pass_some, args=(there, here), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.asked += 1
                time.sleep(self._delay)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def _pass_some(self, source: socket.socket, target: socket.socket) -> None:
        waiting = b""
        with suppress(OSError):
            while data := source.recv(65536):
                waiting += data
                while end := _end_of_value(waiting, 0):
                    value, waiting = waiting[:end], waiting[end:]
                    if not self._is_to_be_lost(value):
                        target.sendall(value)
            target.shutdown(socket.SHUT_WR)

    def _is_to_be_lost(self, value: bytes) -> bool:
        if not value.startswith(_PUBLISHED) or b":topic:" not in value[:100]:
            return False
        is_lost = random.random() < self.share
        self.lost += is_lost
        self.passed += not is_lost
        return is_lost


def _end_of_value(data: bytes, start: int) -> int:
    """Where a value of the protocol that begins at `start` ends; 0 when it is not complete."""
    line_end = data.find(b"\r\n", start)
    if line_end < 0:
        return 0
    kind, position = data[start : start + 1], line_end + 2
    if kind == b"$":
        position += max(-2, int(data[start + 1 : line_end])) + 2
    elif kind == b"*":
        for _ in range(int(data[start + 1 : line_end])):
            position = _end_of_value(data, position)
            if not position:
                return 0
    return position if position <= len(data) else 0
