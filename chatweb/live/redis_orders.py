"""Which channels are to be listened to, and how far Redis has come with that."""

import threading
from collections import deque
from collections.abc import Callable

SUBSCRIBE, UNSUBSCRIBE = b"SUBSCRIBE", b"UNSUBSCRIBE"
_CONFIRM_SECONDS = 0.3
_AT_ONCE = 1_000

Order = tuple[bytes, bytes]


class Orders:
    """What the listener's connection is to be told, in order; `ring` is called when there is something.

    Redis answers each subscription, in the order of asking: counting them is enough. Without a connection
    nothing is kept: the next one begins with all that is listened to by then.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._waiting: deque[Order] = deque()
        self._asked = self._confirmed = 0
        self._connection_number = 0
        self._change = threading.Condition()
        self.is_up = self._is_away = self._has_connection = False

    def add(self, command: bytes, channel: bytes) -> None:
        """SUBSCRIBE or UNSUBSCRIBE to a channel soon."""
        with self._change:
            self._asked += command == SUBSCRIBE
            if not self._has_connection:
                return
            self._waiting.append((command, channel))
            if len(self._waiting) == 1:
                self._ring()

    def begin(self) -> None:
        """There is a new connection, which is subscribed to nothing."""
        with self._change:
            self._has_connection = True
            self._connection_number += 1
            self._asked = self._confirmed = 0

    def some(self) -> list[Order]:
        """What to send next, not too much at once; if that is not all, it rings."""
        with self._change:
            orders = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            if self._waiting:
                self._ring()
            return orders

    @property
    def asked(self) -> int:
        """How many subscriptions this connection was asked for."""
        return self._asked

    @property
    def confirmed(self) -> int:
        """How many of them are in force."""
        return self._confirmed

    def confirm(self, count: int) -> None:
        """So many more are."""
        with self._change:
            self._confirmed += count
            self._change.notify_all()

    def went(self, *, up: bool) -> None:
        """All that must be is listened to from now on, or nothing."""
        with self._change:
            self.is_up, self._is_away = up, not up
            if not up:
                self._has_connection = False
                self._waiting.clear()
            self._change.notify_all()

    def wait(self) -> None:
        """Wait until all that was asked for is in force, a moment at most; not at all without Redis."""
        with self._change:
            number, asked = self._connection_number, self._asked

            def is_over() -> bool:
                # A later connection is up when it has subscribed to everything that was asked for before.
                here = self._confirmed >= asked if self._connection_number == number else self.is_up
                return here or self._is_away

            self._change.wait_for(is_over, _CONFIRM_SECONDS)
