"""Where sockets are parked after their handshake, and where the bus finds them."""

import os
import socket
import threading
import time
from collections.abc import Collection, Hashable, Mapping
from contextlib import suppress

from chatweb.live.bus import Bus
from chatweb.live.feeds import Feed
from chatweb.live.heartbeat import OnBeat, Revisions
from chatweb.live.limits import Limits
from chatweb.live.line import Line
from chatweb.live.lines import Lines
from chatweb.live.presence import News, OnPresence, State
from chatweb.live.receiver import OnMessage

RESTART = 1012


def _no_revisions(_topics: Collection[str]) -> Mapping[str, int]:
    return {}


def _nothing(_what: Collection[str] | News) -> None:
    pass


class Switchboard:
    """Parks sockets and sends what the bus carries to those who listen. One per app.

    Its threads start with the first line, so it may be made before a fork.
    `revisions(topics)` is asked once a beat, from a thread of its own; before that `on_beat(topics)` is told
    which topics are heard by the lines it is about.
    `on_presence(news)` is told there who came, who went away, and who is gone.
    `on_message(line, message)` gets what browsers send. It holds up all lines: it must not wait for anything.
    """

    def __init__(
        self,
        bus: Bus,
        *,
        revisions: Revisions = _no_revisions,
        on_beat: OnBeat = _nothing,
        on_presence: OnPresence = _nothing,
        on_message: OnMessage | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.bus = bus
        self.revisions = revisions
        self.on_beat = on_beat
        self._on_presence = on_presence
        self._limits = limits or Limits()
        self._on_message = on_message
        self._lines: Lines | None = None
        self._starting = threading.Lock()
        self._draining = False
        bus.attach(self.deliver, self.hang_up)

    def __len__(self) -> int:
        return len(self._lines.registry) if self._lines else 0

    def start(self) -> None:
        """Hear other processes from now on, and not only from the first line on."""
        self._running()

    def open(
        self,
        connection: socket.socket,
        topics: tuple[str, ...],
        heartbeat: str | None = None,
        owner: Hashable = None,
        voice: object = None,
        *,
        present: bool | None = None,
    ) -> Line:
        """Park a connection whose WebSocket handshake is done, and subscribe it to its topics.

        The descriptor is duplicated: the caller's one may be closed. What is published from now on waits
        until `line.start(frames)`. `heartbeat` is the topic whose revision the line is told, None for an
        empty beat. `owner` is whoever `owned` counts the line for, `voice` what `on_message` may know of who
        speaks. `present` is whether the page that the line stands for is in view, None where it stands for
        none. Raises OSError when descriptors run out.
        """
        lines = self._running()
        self._tune(connection)
        descriptor = os.dup(connection.fileno())
        os.set_blocking(descriptor, False)
        line = Line(lines, descriptor, topics, heartbeat, owner, voice, present=present)
        lines.enter(line)
        if self._draining:
            line.close(RESTART)
        return line

    def feed(self, line: Line, feed: Feed) -> None:
        """Let a feed say, from now on until the line is over, what it is sent."""
        self._running().feeds.add(line, feed)

    def owned(self, owner: Hashable) -> int:
        """How many open lines of this process belong to an owner."""
        return self._lines.registry.owned(owner) if self._lines else 0

    def state(self, owner: Hashable) -> State:
        """How much an owner is here, or was a moment ago."""
        return self._lines.presence.state(owner) if self._lines else State.GONE

    def deliver(self, topic: str, frame: str) -> None:
        """Send a text frame to the topic's lines here: the bus calls this. Never raises."""
        if self._lines:
            self._lines.deliver(topic, frame)

    def hang_up(self, topic: str, code: int) -> None:
        """Close the topic's lines here: the bus calls this. Never raises."""
        if self._lines:
            self._lines.hang_up(topic, code)

    def drain(self, code: int = RESTART, seconds: float = 1.0) -> None:
        """Close every line and let none in again; return when all are gone, or after `seconds`."""
        self._draining = True
        if not self._lines:
            return
        self._lines.close_all(code)
        deadline = time.monotonic() + seconds
        while not self._lines.all_gone and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> None:
        """Drop every line and end the threads. The next `open` starts them again."""
        self.bus.stop()
        lines, self._lines = self._lines, None
        self._draining = False
        if lines:
            lines.stop()

    def _running(self) -> Lines:
        with self._starting:
            if self._lines is None:
                self._lines = Lines(
                    self.bus, self._limits, self.revisions, self.on_beat, self._on_message, self._on_presence
                )
                self.bus.start(self._lines)
            return self._lines

    def _tune(self, connection: socket.socket) -> None:
        patience = int(self._limits.unacknowledged_seconds * 1000)
        with suppress(OSError, AttributeError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience)
