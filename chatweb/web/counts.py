"""How often something was asked for, counted by one process."""

import time
from threading import Lock

from limits.storage import MemoryStorage
from limits.storage.memory import Entry

SWEEP_SECONDS = 60


class Counts(MemoryStorage):
    """Counts of one process, which forgets once a minute whatever is over.

    The library's own storage starts a thread up to 100 times a second to look through all counts, and keeps
    every key for ever: 10,000 names tried at the sign-in cost half a core and their memory.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._sweep_at = 0.0

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one more, newest first; False when the window is full."""
        with self._lock:
            now = time.time()
            if now >= self._sweep_at:
                self._sweep(now)
            events = self.events.setdefault(key, [])
            del events[limit:]
            if len(events) > limit - amount and events[limit - amount].atime >= now - expiry:
                return False
            events[:0] = [Entry(expiry)] * amount
            return True

    def _sweep(self, now: float) -> None:
        self._sweep_at = now + SWEEP_SECONDS
        for key in [key for key, counted in self.events.items() if counted[0].expiry <= now]:
            del self.events[key]
