"""Two people who talk over two hosts all the time, and what must be true whatever happens meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil

from tests.live.browser import Browser
from tests.live.reader import Reader
from tests.servers import Server, wait_until


class Traffic:
    """Each of two browsers, on a host each, sends and reads. No answer may be anything but 200."""

    def __init__(self, hosts: tuple[Server, ...], browsers: tuple[Browser, ...], topic: str) -> None:
        self.readers = [Reader(browser, topic) for browser in browsers]
        self.said: list[str] = []
        self.slowest = 0.0
        self._failures: list[Exception] = []
        self._browsers = browsers
        self._topic = topic
        self._hosts = hosts
        self._workers = self._worker_ids()

    def go_on(self, seconds: float, who: tuple[int, ...] = (0, 1), pause: float = 0.1) -> None:
        """Let these two, or one of them, talk for so long; fails when anything was not answered with 200."""
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._say, args=(one, until, pause)) for one in who]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not self._failures

    def expect_complete(self, within: float) -> None:
        """So many seconds from now both pages show everything, once and in one order, by the same workers."""
        everything = sorted(self.said)
        for reader in self.readers:
            begin = time.monotonic()
            wait_until(
                lambda reader=reader: sorted(reader.texts) == everything, within, "a page to be complete"
            )
            within -= time.monotonic() - begin
        assert self.readers[0].texts == self.readers[1].texts
        assert self._workers == self._worker_ids()

    def _say(self, who: int, until: float, pause: float) -> None:
        try:
            while time.monotonic() < until:
                text, begin = f"{who} says {len(self.said)} {time.monotonic_ns()}", time.monotonic()
                self._browsers[who].say(self._topic, text)
                self.said.append(text)
                self.slowest = max(self.slowest, time.monotonic() - begin)
                time.sleep(pause)
        except Exception as failure:  # noqa: BLE001 - told by the thread that waits
            self._failures.append(failure)

    def _worker_ids(self) -> list[int]:
        return [child.pid for host in self._hosts for child in psutil.Process(host.pid).children()]


@contextmanager
def traffic(hosts: tuple[Server, ...], browsers: tuple[Browser, ...], topic: str) -> Iterator[Traffic]:
    """The two of them, with their pages open."""
    talk = Traffic(hosts, browsers, topic)
    with ExitStack() as stack:
        for reader in talk.readers:
            stack.enter_context(reader)
        yield talk
