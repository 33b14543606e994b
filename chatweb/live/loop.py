"""One thread that waits for all parked sockets at once."""

import os
import selectors
import threading
from collections.abc import Callable
from contextlib import suppress

from chatweb.live.line import Line

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Loop:
    """A selector in a thread. Under gevent both are cooperative, otherwise epoll or kqueue in a real thread.

    `ready(line, events)` is called for every line with something to do, and `tick()` after each round;
    `tick` returns the seconds until it wants to be called again.
    """

    def __init__(self, ready: Callable[[Line, int], None], tick: Callable[[], float]) -> None:
        self._ready = ready
        self._tick = tick
        self._selector = selectors.DefaultSelector()
        self._woken = False
        self._stopped = False
        self._bell, self._button = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._button, False)
        self._selector.register(self._bell, READ, None)
        self._thread = threading.Thread(target=self._run, name="switchboard", daemon=True)
        self._thread.start()

    def watch(self, line: Line) -> None:
        """Wait for the line's peer to send something."""
        self._selector.register(line.descriptor, READ, line)
        self.wake()

    def change(self, line: Line, *, writing: bool) -> None:
        """Wait, or no longer wait, for the line's peer to take something as well."""
        self._selector.modify(line.descriptor, READ | WRITE if writing else READ, line)
        self.wake()

    def forget(self, line: Line) -> None:
        """Wait for the line no more. To be called before its descriptor is closed."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(line.descriptor)

    def wake(self) -> None:
        """Let the loop look again at what it waits for."""
        if not self._woken:
            self._woken = True
            os.write(self._button, b"\0")

    def stop(self) -> None:
        """End the thread and free its descriptors."""
        self._stopped = True
        self.wake()
        self._thread.join()
        self._selector.close()
        os.close(self._bell)
        os.close(self._button)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped:
            for key, events in self._selector.select(pause):
                if key.data is None:
                    self._woken = False
                    os.read(self._bell, 16)
                else:
                    self._ready(key.data, events)
            pause = self._tick()
