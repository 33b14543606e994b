"""The life of a process's lines: from parking to the last closing frame."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from chatweb import measures
from chatweb.live import frames
from chatweb.live.bus import Bus
from chatweb.live.feeds import Feeds
from chatweb.live.heartbeat import Heartbeat, OnBeat, Revisions
from chatweb.live.inbound import Refused
from chatweb.live.limits import Limits
from chatweb.live.line import CLOSING, DEAD, DEAF, ENDING, HOLDING, TOO_SLOW, Line
from chatweb.live.loop import READ, WRITE, Loop
from chatweb.live.mending import Mending
from chatweb.live.neighbours import Neighbours
from chatweb.live.presence import OnPresence, Presence
from chatweb.live.receiver import OnMessage, Receiver
from chatweb.live.registry import Registry
from chatweb.live.watch import Watch

log = logging.getLogger(__name__)


class Lines:
    """All lines of a process, with the two threads that serve them.

    Everything is guarded by one lock, and nothing that holds it waits for a peer.
    """

    def __init__(
        self,
        bus: Bus,
        limits: Limits,
        revisions: Revisions,
        on_beat: OnBeat,
        on_message: OnMessage | None,
        on_presence: OnPresence,
    ) -> None:
        self.limits = limits
        self.registry = Registry()
        self.presence = Presence(limits.presence_seconds)
        self._neighbours = Neighbours(self.presence, bus)
        self._bus = bus
        self._lock = threading.RLock()
        self._watch = Watch(self)
        self._receiver = Receiver(self, on_message)
        self._waiting: dict[Line, threading.Event] = {}
        self._loop = Loop(self._ready, self._tick)
        self._on_presence = on_presence
        self.feeds = Feeds(limits.feed_seconds, self.send, self.close)
        self._heartbeat = Heartbeat(
            limits.heartbeat_seconds,
            revisions,
            on_beat,
            self.slot,
            self.send,
            self._make_up,
            self._tell_presence,
        )
        self._mending = Mending(self._heartbeat.beat, self.all, self.close)

    @property
    def all_gone(self) -> bool:
        """Whether every line that was told to close is dead."""
        return not self._watch.closing

    def enter(self, line: Line) -> None:
        """Subscribe a line to its topics and listen to its peer."""
        with self._lock:
            for topic in self.registry.add(line):
                self._bus.subscribe(topic)
            if line.present is not None:
                self.presence.page(line.owner, opened=1, in_view=line.present)
            self._loop.watch(line)

    def start(self, line: Line, catch_up: list[bytes]) -> None:
        """See `Line.start`."""
        with self._lock:
            if line.state == HOLDING:
                self._guard(line, Line.release, catch_up)

    def send(self, lines: Iterable[Line], text: str) -> None:
        """One encoding for all. A frame that cannot be sent is logged and lost; the heartbeat heals that."""
        try:
            frame = frames.text(text)
        except (AttributeError, TypeError, ValueError):
            log.exception("a frame could not be encoded")
            measures.LOST.inc()
            return
        with self._lock:
            for line in lines:
                self._guard(line, Line.send, frame)

    def deliver(self, topic: str, text: str) -> None:
        """Send a text frame to all lines of a topic."""
        with self._lock:
            if lines := self.registry.topics.lines(topic):
                self.send(lines, text)

    def hang_up(self, topic: str, code: int) -> None:
        """Close all lines of a topic."""
        with self._lock:
            for line in self.registry.topics.lines(topic):
                self.close(line, code)

    def close_all(self, code: int) -> None:
        """Close every line."""
        with self._lock:
            for line in self.all():
                self.close(line, code)

    def close(self, line: Line, code: int | None, state: int = CLOSING) -> None:
        """Send a closing frame after what is half sent, deliver nothing more, and be done within a second."""
        with self._lock:
            if line.state < CLOSING:
                if code == TOO_SLOW:
                    measures.TOO_SLOW.inc()
                self._strike(line)
                self._guard(line, self._say_goodbye, code, state)

    def end(self, line: Line) -> None:
        """Both closing frames were exchanged: the line is over as soon as ours is written."""
        line.state = ENDING
        if not line.outbox:
            self.forget(line)

    def turn(self, line: Line, *, present: bool) -> None:
        """See `Line.turn`."""
        with self._lock:
            if line.state < CLOSING and line.present != present:
                line.present = present
                self.presence.page(line.owner, in_view=1 if present else -1)

    def wait(self, line: Line) -> None:
        """See `Line.wait`."""
        with self._lock:
            if line.state == DEAD:
                return
            gone = self._waiting.setdefault(line, threading.Event())
        gone.wait()

    def fell_behind(self, line: Line) -> None:
        """The kernel did not take everything: go on when it does."""
        self._watch.waits(line)
        self._loop.change(line, writing=True)

    def forget(self, line: Line) -> None:
        """Close the descriptor and keep nothing of the line."""
        if line.state == DEAD:
            return
        self._strike(line)
        self._loop.forget(line)
        # Not os.close: under gevent that waits until something else happens.
        socket.close(line.descriptor)
        line.descriptor, line.state = -1, DEAD
        line.outbox = line.inbound = None
        self._watch.forget(line)
        self._receiver.forget(line)
        if gone := self._waiting.pop(line, None):
            gone.set()

    def all(self) -> list[Line]:
        """Every line."""
        with self._lock:
            return self.registry.lines()

    def slot(self, number: int) -> list[Line]:
        """The lines of a heartbeat slot."""
        with self._lock:
            return list(self.registry.slots[number])

    def topics(self) -> list[str]:
        """See Station."""
        with self._lock:
            return list(self.registry.topics)

    def joined(self, *, again: bool) -> None:
        """See Station."""
        with self._lock:
            self._neighbours.joined()
        if again:
            self.missed()

    def missed(self) -> None:
        """See Station."""
        self._mending.begin()

    def hear(self, teller: str, text: str) -> None:
        """See Station."""
        with self._lock:
            self._neighbours.hear(teller, text)

    def stop(self) -> None:
        """Drop every line and end the threads."""
        self._mending.stop()
        with self._lock:
            for line in [*self.registry.lines(), *self._watch.closing]:
                self.forget(line)
        self.feeds.stop()
        self._heartbeat.stop()
        self._loop.stop()

    def _guard(self, line: Line, work: Callable[..., None], *args: object) -> None:
        """Do something with a line; whatever goes wrong costs this line only."""
        try:
            with suppress(BlockingIOError):
                work(line, *args)
        except Refused as refused:
            self.close(line, refused.code, DEAF)
            line.state = max(line.state, DEAF)
        except OSError:
            self.forget(line)
        except Exception:
            log.exception("a line failed and was dropped")
            self.forget(line)

    def _tick(self) -> float:
        with self._lock:
            return self._watch.tick()

    def _ready(self, line: Line, events: int) -> None:
        with self._lock:
            if events & WRITE and line.state != DEAD:
                self._guard(line, self._flush)
            if events & READ and line.state != DEAD:
                self._guard(line, self._receiver.read)

    def _flush(self, line: Line) -> None:
        line.flush()
        if line.outbox:
            self._watch.waits(line)
            return
        self._watch.caught_up(line)
        self._loop.change(line, writing=False)
        if line.state == ENDING:
            self.forget(line)

    def _make_up(self, lines: list[Line]) -> None:
        """While other processes cannot be heard, what has no revision reaches these lines by a new start."""
        if not self._bus.reaches_others:
            self._mending.renew(lines)

    def _tell_presence(self) -> None:
        with self._lock:
            news = self.presence.news()
            self._neighbours.tick()
        if news:
            self._on_presence(news)
            with self._lock:
                self.presence.told(news)

    def _strike(self, line: Line) -> None:
        if line.present is not None:
            self.presence.page(line.owner, opened=-1, in_view=-line.present)
            line.present = None
        for topic in self.registry.remove(line):
            self._bus.unsubscribe(topic)

    def _say_goodbye(self, line: Line, code: int | None, state: int) -> None:
        line.state = state
        self._watch.closes(line)
        self._loop.wake()
        if line.outbox:
            line.outbox.drop_unsent()
        line.push(frames.close(code))
        if state == ENDING:
            self.end(line)
