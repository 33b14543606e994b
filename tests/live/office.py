"""A switchboard without a web server: real threads, socket pairs for connections."""

import socket

from chatweb.live.bus import Bus, LocalBus
from chatweb.live.line import Line
from chatweb.live.switchboard import Switchboard
from tests.live.client import WebSocket


class Office:
    """A switchboard and the pages that are connected to it."""

    def __init__(self, bus: Bus | None = None, **options: object) -> None:
        self.bus = bus or LocalBus()
        self.board = Switchboard(self.bus, **options)
        self._pages: list[WebSocket] = []

    def park(self, *topics: str, **options: object) -> tuple[Line, WebSocket]:
        """Open a line that holds; returns it and the page at its other end."""
        here, there = socket.socketpair()
        there.settimeout(5)
        self._pages.append(WebSocket(there))
        with here:
            return self.board.open(here, topics, **options), self._pages[-1]

    def connect(self, *topics: str, **options: object) -> WebSocket:
        """Open a line that streams; returns the page."""
        line, page = self.park(*topics, **options)
        self.bus.confirm()
        line.start([])
        return page

    def close(self) -> None:
        for page in self._pages:
            page.sock.close()
        self.board.stop()
