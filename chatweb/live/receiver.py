"""What arrives on parked lines, and what it causes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from wsproto.frame_protocol import Opcode

from chatweb.live import frames
from chatweb.live.inbound import Inbound, Payload, Refused
from chatweb.live.line import CLOSING, DEAF, ENDING, Line

if TYPE_CHECKING:
    from chatweb.live.lines import Lines

OnMessage = Callable[[Line, str | bytes], None]

POLICY = 1008
_READ_BYTES = 16 * 1024


class Receiver:
    """Reads lines and answers what the protocol asks for; `on_message` gets the rest, or 1008 does."""

    def __init__(self, lines: Lines, on_message: OnMessage | None) -> None:
        self._lines = lines
        self._limits = lines.limits
        self._on_message = on_message
        self._spare: Inbound | None = None
        self._frames: dict[Line, int] = {}
        self._window_ends = 0.0

    def read(self, line: Line) -> None:
        """Take what the peer sent, at most 16 kB of it. Raises Refused, OSError, BlockingIOError."""
        data = os.read(line.descriptor, _READ_BYTES)
        if not data:
            self._lines.forget(line)
        elif line.state < DEAF:
            self._feed(line, data)

    def forget(self, line: Line) -> None:
        """The line is dead."""
        self._frames.pop(line, None)

    def _feed(self, line: Line, data: bytes) -> None:
        inbound = line.inbound or self._spare or Inbound(self._limits.message_bytes)
        self._spare, line.inbound = None, inbound
        for opcode, payload in inbound.feed(data):
            self._take(line, opcode, payload)
        if line.state >= DEAF:
            line.inbound = None
        elif inbound.idle:
            self._spare, line.inbound = inbound, None

    def _take(self, line: Line, opcode: Opcode, payload: Payload) -> None:
        if line.state >= CLOSING:
            if opcode is Opcode.CLOSE:
                self._lines.end(line)
            return
        self._count(line)
        if opcode is Opcode.CLOSE:
            self._lines.close(line, payload if isinstance(payload, int) else None, ENDING)
        elif opcode is Opcode.PING and isinstance(payload, bytes):
            line.send(frames.pong(payload))
        elif opcode in (Opcode.TEXT, Opcode.BINARY) and isinstance(payload, (str, bytes)):
            if self._on_message is None:
                raise Refused(POLICY)
            self._on_message(line, payload)

    def _count(self, line: Line) -> None:
        now = time.monotonic()
        if now > self._window_ends:
            self._window_ends = now + self._limits.frames_seconds
            self._frames.clear()
        count = self._frames.get(line, 0) + 1
        self._frames[line] = count
        if count > self._limits.frames:
            raise Refused(POLICY)
