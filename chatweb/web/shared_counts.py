"""Counts that all processes share in Redis. While it is away each process counts for itself."""

import time
from collections import deque
from hashlib import blake2b, sha1
from typing import Any

from limits.storage.redis import RedisStorage
from redis.connection import Connection
from redis.exceptions import ConnectionError, NoScriptError  # noqa: A004 - no OSError

from chatweb.live.redis_link import Outage, connect
from chatweb.web.counts import Counts

_WITHOUT_SECONDS = 5.0
_MOST_KEPT = 8
_AWAY = object()


class _Script:
    """A script of the library, and the name that Redis gives it."""

    def __init__(self, text: str | bytes) -> None:
        self.text = text.encode() if isinstance(text, str) else text
        self.name = sha1(self.text, usedforsecurity=False).hexdigest().encode()


_COUNT = _Script(RedisStorage.SCRIPT_ACQUIRE_MOVING_WINDOW)
_LOOK = _Script(RedisStorage.SCRIPT_MOVING_WINDOW)


class SharedCounts(Counts):
    """What the library's moving windows want of a storage, in one round trip of at most 0.2 s each.

    After a failure nobody asks for five seconds, and then one does: the others do not wait for it. Keys are
    hashes: they are made of addresses, and of what people type.
    """

    def __init__(self, url: str, namespace: str) -> None:
        super().__init__()
        self._url = url
        self._prefix = f"chatweb:{namespace}:count:".encode()
        self._kept: deque[Connection] = deque()
        self._outage = Outage("every process counts for itself what may be asked only so often")
        self._away_until = 0.0

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one more; False when the window is full."""
        found = self._run(_COUNT, key, time.time(), limit, expiry, amount)
        if found is _AWAY:
            return super().acquire_entry(key, limit, expiry, amount)
        return bool(found)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Since when the window has counted, and how many."""
        now = time.time()
        found: Any = self._run(_LOOK, key, now - expiry, limit)
        if found is _AWAY:
            return super().get_moving_window(key, limit, expiry)
        return (float(found[0]), int(found[1])) if found else (now, 0)

    def clear(self, key: str) -> None:
        """Forget what was counted."""
        super().clear(key)
        self._ask(b"DEL", self._name(key))

    def _run(self, script: _Script, key: str, *values: float) -> object:
        name = self._name(key)
        answer = self._ask(b"EVALSHA", script.name, 1, name, *values)
        if isinstance(answer, NoScriptError):
            return self._ask(b"EVAL", script.text, 1, name, *values)
        return answer

    def _name(self, key: str) -> bytes:
        return self._prefix + blake2b(key.encode(), digest_size=16).hexdigest().encode()

    def _ask(self, *command: bytes | float) -> object:
        """What Redis answers, or _AWAY."""
        if self._away_until:
            now = time.monotonic()
            if now < self._away_until:
                return _AWAY
            self._away_until = now + _WITHOUT_SECONDS
        try:
            answer = self._answer(command)
        except Exception as problem:  # noqa: BLE001 - whatever is wrong there, the request goes on
            self._away_until = time.monotonic() + _WITHOUT_SECONDS
            self._outage.began(problem)
            return _AWAY
        self._away_until = 0.0
        self._outage.ended()
        return answer

    def _answer(self, command: tuple[bytes | float, ...]) -> object:
        while self._kept:
            try:
                return self._exchange(self._kept.pop(), command)
            except (ConnectionError, OSError, IndexError):
                # It may have ended long ago, and so may all others.
                self._kept.clear()
        return self._exchange(connect(self._url), command)

    def _exchange(self, connection: Connection, command: tuple[bytes | float, ...]) -> object:
        try:
            connection.send_command(*command)
            try:
                answer = connection.read_response()
            except NoScriptError as unknown:
                answer = unknown
        except BaseException:
            connection.disconnect()
            raise
        if len(self._kept) < _MOST_KEPT:
            self._kept.append(connection)
        else:
            connection.disconnect()
        return answer
