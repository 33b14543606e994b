"""What comes in from Redis: one connection per process, subscribed to what somebody here listens to."""

import logging
import os
import selectors
import threading
import time
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from redis.connection import Connection

from chatweb.live.redis_link import Outage, connect
from chatweb.live.redis_orders import SUBSCRIBE, UNSUBSCRIBE, Orders

log = logging.getLogger(__name__)

_ASK_AFTER_SECONDS = 5.0
_ANSWER_SECONDS = 2.0
_AT_ONCE = 200


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
        self._orders = Orders(self._ring)
        self._outage = Outage("what happens elsewhere is noticed here only after a while")
        self._ended = threading.Event()
        self._bell, self._button = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._button, False)
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    @property
    def is_up(self) -> bool:
        """Whether everything that is published is heard."""
        return self._orders.is_up

    def subscribe(self, channel: bytes) -> None:
        """Listen to a channel as well. Does not wait."""
        self._orders.add(SUBSCRIBE, channel)

    def unsubscribe(self, channel: bytes) -> None:
        """Listen to a channel no more."""
        self._orders.add(UNSUBSCRIBE, channel)

    def confirm(self) -> None:
        """Wait until all subscriptions asked for are in force, a moment at most; not at all without Redis."""
        self._orders.wait()

    def stop(self) -> None:
        """End the thread and the connection."""
        self._ended.set()
        self._ring()
        self._thread.join()
        os.close(self._bell)
        os.close(self._button)

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
                self._orders.went(up=False)
                self._ended.wait(self._outage.began(problem))
            finally:
                if connection:
                    connection.disconnect()

    def _listen(self, connection: Connection, again: bool) -> None:  # noqa: FBT001
        self._orders.begin()
        for channel in self._channels():
            self.subscribe(channel)
        wanted, is_joined = self._orders.asked, False
        with selectors.DefaultSelector() as selector:
            sock: Any = connection._sock  # noqa: SLF001 - there is no other way to wait for two things
            selector.register(sock, selectors.EVENT_READ)
            selector.register(self._bell, selectors.EVENT_READ)
            quiet_since, has_asked, has_more = time.monotonic(), False, False
            while not self._ended.is_set():
                self._send_orders(connection)
                patience = _ANSWER_SECONDS if has_asked else _ASK_AFTER_SECONDS
                ready = {key.fd for key, _ in selector.select(0 if has_more else patience)}
                if self._bell in ready:
                    os.read(self._bell, 64)
                if has_more or ready - {self._bell}:
                    has_more = self._take(connection)
                    quiet_since, has_asked = time.monotonic(), False
                elif time.monotonic() - quiet_since >= _ASK_AFTER_SECONDS + has_asked * _ANSWER_SECONDS:
                    if has_asked:
                        raise TimeoutError("no answer")
                    connection.send_command("PING")
                    has_asked = True
                if not is_joined and self._orders.confirmed >= wanted:
                    is_joined = True
                    self._orders.went(up=True)
                    self._outage.ended()
                    self._joined(again)

    def _send_orders(self, connection: Connection) -> None:
        for command, group in groupby(self._orders.some(), lambda order: order[0]):
            connection.send_command(command, *(channel for _, channel in group))

    def _take(self, connection: Connection) -> bool:
        """Pass on what has arrived; True when there may be more, and others had a turn."""
        confirmed, more = 0, _AT_ONCE
        while more and connection.can_read():
            more -= 1
            answer = connection.read_response()
            if answer[0] == b"message":
                self._pass_on(answer[1], answer[2])
            elif answer[0] == b"subscribe":
                confirmed += 1
        if confirmed:
            self._orders.confirm(confirmed)
        if not more:
            time.sleep(0)
        return not more

    def _pass_on(self, channel: bytes, payload: bytes) -> None:
        try:
            self._heard(channel, payload)
        except Exception:
            log.exception("an event that came from Redis was left out")
