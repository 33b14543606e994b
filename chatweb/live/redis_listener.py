"""What comes in from Redis: one connection per process, subscribed to what somebody here listens to."""

import logging
import os
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from redis.connection import Connection

from chatweb.live.redis_link import Outage, connect

log = logging.getLogger(__name__)

_ASK_AFTER_SECONDS = 5.0
_ANSWER_SECONDS = 2.0
_CONFIRM_SECONDS = 0.3
_AT_ONCE = 1_000


class Listener:
    """A thread that alone reads and writes the connection, and makes a new one whenever it has to.

    `channels()` are all that must be subscribed to on a new connection, `heard(channel, payload)` gets what
    is published, and `joined(again)` is called when everything published from now on will be.
    """

    def __init__(
        self,
        url: str,
        channels: Callable[[], Iterable[bytes]],
        heard: Callable[[bytes, bytes], None],
        joined: Callable[[bool], None],
    ) -> None:
        self._url = url
        self._channels = channels
        self._heard = heard
        self._joined = joined
        self._orders: deque[tuple[bytes, bytes]] = deque()
        # Of this connection: how many subscriptions were asked for, and how many Redis has confirmed.
        self._asked = self._confirmed = 0
        self._connection_number = 0
        self._change = threading.Condition()
        self.is_up = self._is_away = False
        self._outage = Outage("what happens elsewhere is noticed here only after a while")
        self._ended = threading.Event()
        self._bell, self._button = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._button, False)
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def subscribe(self, channel: bytes) -> None:
        """Listen to a channel as well. Does not wait."""
        with self._change:
            self._asked += 1
            self._order(b"SUBSCRIBE", channel)

    def unsubscribe(self, channel: bytes) -> None:
        """Listen to a channel no more."""
        with self._change:
            self._order(b"UNSUBSCRIBE", channel)

    def confirm(self) -> None:
        """Wait until all subscriptions asked for are in force, a moment at most; not at all without Redis."""
        with self._change:
            number, asked = self._connection_number, self._asked

            def is_over() -> bool:
                # A later connection is up when it has subscribed to everything that was asked for before.
                here = self._confirmed >= asked if self._connection_number == number else self.is_up
                return here or self._is_away

            self._change.wait_for(is_over, _CONFIRM_SECONDS)

    def stop(self) -> None:
        """End the thread and the connection."""
        self._ended.set()
        self._ring()
        self._thread.join()
        os.close(self._bell)
        os.close(self._button)

    def _order(self, command: bytes, channel: bytes) -> None:
        self._orders.append((command, channel))
        if len(self._orders) == 1:
            self._ring()

    def _ring(self) -> None:
        os.write(self._button, b"\0")

    def _run(self) -> None:
        again = False
        while not self._ended.is_set():
            connection = None
            try:
                connection = connect(self._url)
                self._listen(connection, again)
            except Exception as problem:  # noqa: BLE001 - whatever is wrong there, it must not end the thread
                again = True
                self._went(up=False)
                self._ended.wait(self._outage.began(problem))
            finally:
                if connection:
                    connection.disconnect()

    def _listen(self, connection: Connection, again: bool) -> None:  # noqa: FBT001
        with self._change:
            self._orders.clear()
            self._connection_number += 1
            self._asked = self._confirmed = 0
        for channel in self._channels():
            self.subscribe(channel)
        with self._change:
            wanted = self._asked
        with selectors.DefaultSelector() as selector:
            sock: Any = connection._sock  # noqa: SLF001 - there is no other way to wait for two things
            selector.register(sock, selectors.EVENT_READ)
            selector.register(self._bell, selectors.EVENT_READ)
            quiet_since, has_asked = time.monotonic(), False
            while not self._ended.is_set():
                self._send_orders(connection)
                ready = selector.select(_ANSWER_SECONDS if has_asked else _ASK_AFTER_SECONDS)
                if any(key.fd == self._bell for key, _ in ready):
                    os.read(self._bell, 64)
                if any(key.fd != self._bell for key, _ in ready):
                    self._take(connection)
                    quiet_since, has_asked = time.monotonic(), False
                elif time.monotonic() - quiet_since >= _ASK_AFTER_SECONDS + has_asked * _ANSWER_SECONDS:
                    if has_asked:
                        raise TimeoutError("no answer")
                    connection.send_command("PING")
                    has_asked = True
                if not self.is_up and self._confirmed >= wanted:
                    self._went(up=True)
                    self._outage.ended()
                    self._joined(again)

    def _send_orders(self, connection: Connection) -> None:
        with self._change:
            orders = [self._orders.popleft() for _ in range(min(_AT_ONCE, len(self._orders)))]
            if self._orders:
                self._ring()
        for command, group in groupby(orders, lambda order: order[0]):
            connection.send_command(command, *(channel for _, channel in group))

    def _take(self, connection: Connection) -> None:
        confirmed = 0
        while connection.can_read():
            answer = connection.read_response()
            if answer[0] == b"message":
                self._pass_on(answer[1], answer[2])
            elif answer[0] == b"subscribe":
                confirmed += 1
        if confirmed:
            with self._change:
                self._confirmed += confirmed
                self._change.notify_all()

    def _pass_on(self, channel: bytes, payload: bytes) -> None:
        try:
            self._heard(channel, payload)
        except Exception:
            log.exception("an event that came from Redis was left out")

    def _went(self, *, up: bool) -> None:
        with self._change:
            self.is_up, self._is_away = up, not up
            self._change.notify_all()
