"""The port between those who announce and those who listen, and what it is within one process."""

from collections.abc import Callable, Iterable
from typing import Protocol

Deliver = Callable[[str, str], None]
HangUp = Callable[[str, int], None]


class Station(Protocol):
    """What a bus that carries further than one process has to do with in each of them."""

    def topics(self) -> Iterable[str]:
        """Every topic that has a line here."""

    def joined(self, *, again: bool) -> None:
        """What others publish and tell arrives here from now on; `again` after it did not for a while."""

    def missed(self) -> None:
        """Something that another process published did not arrive."""

    def hear(self, teller: str, text: str) -> None:
        """Another process, which calls itself so, told everybody something."""


class Bus(Protocol):
    """Carries frames to the lines of every process. What it carries may be lost; the heartbeat heals that."""

    def attach(self, deliver: Deliver, hang_up: HangUp) -> None:
        """Name this process's switchboard: what arrives for a topic goes to these two."""

    def start(self, station: Station) -> None:
        """Listen to other processes from now on."""

    def stop(self) -> None:
        """Let out what was published, for a moment, and listen no more."""

    def publish(self, topic: str, frame: str) -> None:
        """Send a text frame to every line that listens to the topic. Never raises, never waits."""

    def publish_here(self, topic: str, frame: str) -> None:
        """As `publish`, to the lines of this process only."""

    def close(self, topic: str, code: int) -> None:
        """Close every line that listens to the topic with a closing code. Never raises, never waits."""

    def tell(self, text: str) -> None:
        """Let the stations of all other processes hear something. Never raises, never waits."""

    def subscribe(self, topic: str) -> None:
        """The first line of this process listens to the topic."""

    def unsubscribe(self, topic: str) -> None:
        """The last line of this process stopped listening to the topic."""

    def confirm(self) -> None:
        """Wait a moment, if need be, until what others publish arrives for every topic subscribed so far."""

    @property
    def reaches_others(self) -> bool:
        """Whether other processes, if there are any, can be heard just now."""


class LocalBus:
    """The bus of a single process: publishing is delivering."""

    reaches_others = True

    def __init__(self) -> None:
        self._deliver: Deliver = _to_nobody
        self._hang_up: HangUp = _to_nobody

    def attach(self, deliver: Deliver, hang_up: HangUp) -> None:
        """See Bus."""
        self._deliver, self._hang_up = deliver, hang_up

    def start(self, station: Station) -> None:
        """There is nobody else."""

    def stop(self) -> None:
        """Nothing was started."""

    def publish(self, topic: str, frame: str) -> None:
        """See Bus."""
        self._deliver(topic, frame)

    def publish_here(self, topic: str, frame: str) -> None:
        """See Bus."""
        self._deliver(topic, frame)

    def close(self, topic: str, code: int) -> None:
        """See Bus."""
        self._hang_up(topic, code)

    def tell(self, text: str) -> None:
        """There is nobody else."""

    def subscribe(self, topic: str) -> None:
        """Nothing to do: the switchboard hears everything anyway."""

    def unsubscribe(self, topic: str) -> None:
        """Nothing to do, as above."""

    def confirm(self) -> None:
        """Nothing to wait for, as above."""


def _to_nobody(topic: str, message: object) -> None:
    """Stands in until a switchboard is attached."""
