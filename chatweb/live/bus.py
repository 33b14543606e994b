"""The port between those who announce and those who listen: here within one process."""

from collections.abc import Callable
from typing import Protocol

Deliver = Callable[[str, str], None]
HangUp = Callable[[str, int], None]


class Bus(Protocol):
    """Carries frames to the lines of every process. What it carries may be lost; the heartbeat heals that."""

    def attach(self, deliver: Deliver, hang_up: HangUp) -> None:
        """Name this process's switchboard: what arrives for a topic goes to these two."""

    def publish(self, topic: str, frame: str) -> None:
        """Send a text frame to every line that listens to the topic. Never raises, never waits."""

    def close(self, topic: str, code: int) -> None:
        """Close every line that listens to the topic with a closing code. Never raises, never waits."""

    def subscribe(self, topic: str) -> None:
        """The first line of this process listens to the topic."""

    def unsubscribe(self, topic: str) -> None:
        """The last line of this process stopped listening to the topic."""


class LocalBus:
    """The bus of a single process: publishing is delivering."""

    def __init__(self) -> None:
        self._deliver: Deliver = _to_nobody
        self._hang_up: HangUp = _to_nobody

    def attach(self, deliver: Deliver, hang_up: HangUp) -> None:
        """See Bus."""
        self._deliver, self._hang_up = deliver, hang_up

    def publish(self, topic: str, frame: str) -> None:
        """See Bus."""
        self._deliver(topic, frame)

    def close(self, topic: str, code: int) -> None:
        """See Bus."""
        self._hang_up(topic, code)

    def subscribe(self, topic: str) -> None:
        """Nothing to do: the switchboard hears everything anyway."""

    def unsubscribe(self, topic: str) -> None:
        """Nothing to do, as above."""


def _to_nobody(topic: str, message: object) -> None:
    """Stands in until a switchboard is attached."""
