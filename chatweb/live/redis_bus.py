"""The bus of several processes, on one or many hosts: Redis pub/sub, by one connection in and one out."""

import atexit
import secrets
from collections.abc import Iterator
from contextlib import suppress

from chatweb.live.bus import Deliver, HangUp, Station
from chatweb.live.redis_listener import Listener
from chatweb.live.redis_publisher import Publisher

_FRAME, _CLOSE, _TELL, _LOST = b"f", b"c", b"t", b"l"
_NAME_LENGTH = 8


class RedisBus:
    """Delivers here at once, and through Redis to every other process of the same namespace.

    A payload is the name of who published it, a letter that says what it is, and that. Channels are
    `chatweb:<namespace>:topic:<topic>`, and `chatweb:<namespace>:all`, which every process listens to.
    """

    def __init__(self, url: str, namespace: str) -> None:
        self._url = url
        self._all = f"chatweb:{namespace}:all".encode()
        self._topic = f"chatweb:{namespace}:topic:".encode()
        self._name = secrets.token_hex(_NAME_LENGTH // 2).encode()
        self._deliver: Deliver
        self._hang_up: HangUp
        self._station: Station
        self._publisher = Publisher(url, (self._all, self._name + _LOST))
        self._listener: Listener | None = None
        # Commands publish, too, and end at once.
        atexit.register(self.stop)

    @property
    def reaches_others(self) -> bool:
        """See Bus."""
        return self._listener is None or self._listener.is_up

    def attach(self, deliver: Deliver, hang_up: HangUp) -> None:
        """See Bus."""
        self._deliver, self._hang_up = deliver, hang_up

    def start(self, station: Station) -> None:
        """See Bus."""
        self._station = station
        self._listener = Listener(self._url, self._channels, self._heard, self._joined)

    def stop(self) -> None:
        """See Bus."""
        listener, self._listener = self._listener, None
        if listener:
            listener.stop()
        self._publisher.stop()

    def publish(self, topic: str, frame: str) -> None:
        """See Bus."""
        self._deliver(topic, frame)
        with suppress(UnicodeEncodeError):  # which was just said, by the lines here
            self._publisher.put(self._topic + topic.encode(), self._name + _FRAME + frame.encode())

    def publish_here(self, topic: str, frame: str) -> None:
        """See Bus."""
        self._deliver(topic, frame)

    def close(self, topic: str, code: int) -> None:
        """See Bus."""
        self._hang_up(topic, code)
        self._publisher.put(self._topic + topic.encode(), self._name + _CLOSE + b"%d" % code)

    def tell(self, text: str) -> None:
        """See Bus."""
        self._publisher.put(self._all, self._name + _TELL + text.encode())

    def subscribe(self, topic: str) -> None:
        """See Bus."""
        if self._listener:
            self._listener.subscribe(self._topic + topic.encode())

    def unsubscribe(self, topic: str) -> None:
        """See Bus."""
        if self._listener:
            self._listener.unsubscribe(self._topic + topic.encode())

    def confirm(self) -> None:
        """See Bus."""
        if self._listener:
            self._listener.confirm()

    def _channels(self) -> Iterator[bytes]:
        yield self._all
        for topic in self._station.topics():
            yield self._topic + topic.encode()

    def _joined(self, again: bool) -> None:  # noqa: FBT001
        self._station.joined(again=again)

    def _heard(self, channel: bytes, payload: bytes) -> None:
        """Raises ValueError for what no process of this installation can have published."""
        name, kind, body = payload[:_NAME_LENGTH], payload[_NAME_LENGTH : _NAME_LENGTH + 1], payload[9:]
        if name == self._name:
            return
        topic = channel.removeprefix(self._topic).decode()
        if kind == _FRAME:
            self._deliver(topic, body.decode())
        elif kind == _CLOSE:
            self._hang_up(topic, _code(body))
        elif kind == _TELL:
            self._station.hear(name.decode(), body.decode())
        elif kind == _LOST:
            self._station.missed()
        else:
            raise ValueError("unknown kind of event")


def _code(body: bytes) -> int:
    code = int(body)
    if not 1000 <= code < 5000:
        raise ValueError("not a closing code")
    return code
