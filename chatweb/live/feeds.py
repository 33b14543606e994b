"""Lines that no topic fills: somebody is asked, again and again, what such a line is to be sent."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from chatweb.live.line import CLOSING, TOO_SLOW, Line

log = logging.getLogger(__name__)


class Over(Exception):
    """Nothing may follow any more; `code` is what to close the line with."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closing with {code}")
        self.code = code


class Feed(Protocol):
    """What fills a line. It is asked from a thread of its own, and may wait for the database."""

    def step(self) -> Sequence[str]:
        """The text frames that come next. Raises Over."""

    def ended(self) -> None:
        """The line is over, whatever the cause. Called again should it fail, as long as the process lives."""


class Feeds:
    """The lines that have a feed, and the thread that asks it; there is none without such lines."""

    def __init__(
        self,
        seconds: float,
        send: Callable[[Iterable[Line], str], None],
        close: Callable[[Line, int], None],
    ) -> None:
        self._seconds = seconds
        self._send = send
        self._close = close
        self._feeds: dict[Line, Feed] = {}
        self._failing: set[Line] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def add(self, line: Line, feed: Feed) -> None:
        """Fill a line from now on until it is over."""
        with self._lock:
            self._feeds[line] = feed
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="feeds", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread; all lines are over."""
        self._stopped.set()
        with self._lock:
            thread = self._thread
        if thread:
            thread.join()
        for line, feed in self._feeds.items():
            self._end(line, feed)

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            for line, feed in list(self._feeds.items()):
                if line.state < CLOSING:
                    self._fill(line, feed)
                if line.state >= CLOSING and self._end(line, feed):
                    del self._feeds[line]
            with self._lock:
                if not self._feeds:
                    self._thread = None
                    return

    def _fill(self, line: Line, feed: Feed) -> None:
        try:
            for frame in feed.step():
                self._send([line], frame)
        except Over as over:
            self._close(line, over.code)
        except Exception:
            log.exception("a line could not be filled")
            self._close(line, TOO_SLOW)

    def _end(self, line: Line, feed: Feed) -> bool:
        try:
            feed.ended()
        except Exception:
            if line not in self._failing:
                log.exception("a line could not be ended as it should")
            self._failing.add(line)
            return False
        self._failing.discard(line)
        return True
