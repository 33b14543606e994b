"""What goes out to Redis: a bounded queue, and the thread that empties it."""

import threading
import time
from collections import deque
from contextlib import suppress

from redis.connection import Connection

from chatweb import measures
from chatweb.live.redis_link import FAILURES, Outage, connect

_MOST_BYTES = 4 * 1024 * 1024
_AT_ONCE = 200
_FAREWELL_SECONDS = 0.5


class Publisher:
    """Publishes in the order of `put`, many at a time. It starts with the first, so after any fork.

    While Redis is away, or too slow, what is put is lost; then `after_loss` is the first to go out again.
    """

    def __init__(self, url: str, after_loss: tuple[bytes, bytes]) -> None:
        self._url = url
        self._after_loss = after_loss
        self._queue: deque[tuple[bytes, bytes]] = deque()
        self._bytes = 0
        self._has_lost = False
        self._connection: Connection | None = None
        self._outage = Outage("nothing of what happens here reaches others")
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted = threading.Event()
        self._ended = threading.Event()

    def put(self, channel: bytes, payload: bytes) -> None:
        """Publish this soon, or lose it. Never raises, never waits."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()
            if self._bytes + len(payload) > _MOST_BYTES:
                self._lose(1)
            else:
                self._bytes += len(payload)
                self._queue.append((channel, payload))
        self._wanted.set()

    def stop(self) -> None:
        """End the thread, after a moment for what is left."""
        thread = self._thread
        if thread is None:
            return
        deadline = time.monotonic() + _FAREWELL_SECONDS
        while self._bytes and time.monotonic() < deadline:
            time.sleep(0.01)
        self._ended.set()
        self._wanted.set()
        thread.join()
        self._thread = None
        self._ended.clear()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wanted.wait()
            self._wanted.clear()
            while (self._queue or self._has_lost) and not self._ended.is_set():
                self._publish_some()
        if self._connection:
            self._connection.disconnect()

    def _publish_some(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(_AT_ONCE, len(self._queue)))]
        with self._lock:
            # Before it is sent: what is lost meanwhile is told of next time.
            has_lost, self._has_lost = self._has_lost, False
        try:
            self._publish([self._after_loss, *batch] if has_lost else batch)
        except Exception as problem:  # noqa: BLE001 - whatever is wrong there, it must not end the thread
            if self._connection:
                self._connection.disconnect()
            self._connection = None
            with self._lock:
                self._lose(len(batch) + len(self._queue))
                self._queue.clear()
                self._bytes = 0
            self._ended.wait(self._outage.began(problem))
        else:
            with self._lock:
                self._bytes -= sum(len(payload) for _, payload in batch)
            self._outage.ended()

    def _publish(self, batch: list[tuple[bytes, bytes]]) -> None:
        if self._connection:
            with suppress(*FAILURES):
                self._send(self._connection, batch)
                return
            # It may have ended long ago. That something is heard twice does no harm.
            self._connection.disconnect()
        self._connection = connect(self._url)
        self._send(self._connection, batch)

    def _send(self, connection: Connection, batch: list[tuple[bytes, bytes]]) -> None:
        connection.send_packed_command(connection.pack_commands(("PUBLISH", *one) for one in batch))
        for _ in batch:
            connection.read_response()

    def _lose(self, count: int) -> None:
        self._has_lost = True
        measures.LOST.inc(count)
