"""What happens when something that other processes published was lost: nobody knows what it was."""

import threading
from collections.abc import Callable

from chatweb.live.line import Line
from chatweb.live.registry import SLOTS

RESTART = 1012
_BEATS_SECONDS = 0.25
# All who were cut off come back at nearly the same moment, and each says so: lines are made anew once.
_REST_SECONDS = 0.25
_AT_ONCE, _PAUSE_SECONDS = 30, 0.05


class Mending:
    """All lines hear their conversation's revision at once; then, some hundred a second, they are made anew.

    The first lets pages ask for the messages they lack. The second is for what has no revision, and is sent
    whole on every connect: rows, receipts, who is here, and who may hear what.
    """

    def __init__(
        self,
        beat: Callable[[int], object],
        lines: Callable[[], list[Line]],
        close: Callable[[Line, int], None],
    ) -> None:
        self._beat = beat
        self._lines = lines
        self._close = close
        self._lock = threading.Lock()
        self._is_wanted = False
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def begin(self) -> None:
        """Something was lost just now, or may have been. Does not wait."""
        with self._lock:
            self._is_wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mending", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Leave off."""
        self._ended.set()
        with self._lock:
            thread = self._thread
        if thread:
            thread.join()

    def renew(self, lines: list[Line]) -> None:
        """Let these lines be made anew, some hundred a second; returns when all are closed."""
        # A line that a feed fills hears nothing from the bus.
        lines = [line for line in lines if line.heartbeat is not None or line.present is not None]
        for start in range(0, len(lines), _AT_ONCE):
            for line in lines[start : start + _AT_ONCE]:
                self._close(line, RESTART)
            if self._ended.wait(_PAUSE_SECONDS):
                return

    def _run(self) -> None:
        while self._is_still_wanted():
            lines = self._lines()
            for number in range(SLOTS):
                self._beat(number)
                self._ended.wait(_BEATS_SECONDS / SLOTS)
            self._ended.wait(_REST_SECONDS)
            if not self._is_wanted:
                self.renew(lines)

    def _is_still_wanted(self) -> bool:
        with self._lock:
            wanted, self._is_wanted = self._is_wanted and not self._ended.is_set(), False
            if not wanted:
                self._thread = None
            return wanted
