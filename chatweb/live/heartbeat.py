"""Tells every page, every 25 seconds, that its line is alive and how far its conversation is."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping

from chatweb.live.line import Line
from chatweb.live.registry import SLOTS

log = logging.getLogger(__name__)

Revisions = Callable[[Collection[str]], Mapping[str, int]]
OnBeat = Callable[[Collection[str]], None]


class Heartbeat:
    """A thread that takes one slot of lines after the other, so that not all of them beat at once.

    It is not the reading loop: the database may be slow, and lines must not wait for it.
    `slot(n)` gives the lines of a slot, `send(lines, text)` sends a frame to some of them. `on_beat` is told
    all topics of a slot before it beats: whatever ended without a word on the bus can be hung up then.
    `after_beat` gets the lines of a slot once it has beaten, and `tell_presence` is called between the slots.
    """

    def __init__(
        self,
        seconds: float,
        revisions: Revisions,
        on_beat: OnBeat,
        slot: Callable[[int], list[Line]],
        send: Callable[[list[Line], str], None],
        after_beat: Callable[[list[Line]], None],
        tell_presence: Callable[[], None],
    ) -> None:
        self._pause = seconds / SLOTS
        self._revisions = revisions
        self._on_beat = on_beat
        self._slot = slot
        self._send = send
        self._after_beat = after_beat
        self._tell_presence = tell_presence
        self._failing: set[str] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stopped.wait(self._pause):
            self._after_beat(self.beat(number))
            self._try("presence", self._tell_presence)
            number = (number + 1) % SLOTS

    def beat(self, number: int) -> list[Line]:
        """Let the lines of a slot hear that they live, and how far their conversation is; which they were."""
        lines = self._slot(number)
        by_topic: dict[str | None, list[Line]] = {}
        for line in lines:
            by_topic.setdefault(line.heartbeat, []).append(line)
        revisions = self._ask(lines, [topic for topic in by_topic if topic is not None])
        for topic, listeners in by_topic.items():
            known = topic is not None and topic in revisions
            self._send(listeners, f'{{"revision": {revisions[topic]}}}' if known and topic else "{}")
        return lines

    def _ask(self, lines: list[Line], topics: list[str]) -> Mapping[str, int]:
        """The revisions, or none while the database is away: the pages still hear that the line lives."""
        if not lines:
            return {}
        found: Mapping[str, int] = {}

        def ask() -> None:
            nonlocal found
            self._on_beat({topic for line in lines for topic in line.topics})
            found = self._revisions(topics) if topics else {}

        self._try("revisions", ask)
        return found

    def _try(self, what: str, work: Callable[[], None]) -> None:
        """Do what needs the database; that it is away is said once."""
        try:
            work()
        except Exception:
            if what not in self._failing:
                log.exception("heartbeats go on without %s", what)
            self._failing.add(what)
        else:
            self._failing.discard(what)
