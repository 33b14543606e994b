"""Deadlines: of closing handshakes, and of readers that do not read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from chatweb.live.line import TOO_SLOW
from chatweb.live.registry import SLOTS

if TYPE_CHECKING:
    from chatweb.live.line import Line
    from chatweb.live.lines import Lines

_LOOKS = 3
_SOON = 0.1


class Watch:
    """Lines with a deadline. Idle lines have none and are not even looked at."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._closing: dict[Line, float] = {}
        self._behind: dict[Line, float] = {}
        self._look_every = lines.limits.stall_seconds / _LOOKS / SLOTS
        self._next_look = time.monotonic()
        self._slot = 0

    @property
    def closing(self) -> list[Line]:
        """The lines whose closing handshake goes on."""
        return list(self._closing)

    def closes(self, line: Line) -> None:
        """The closing frame was sent: the line is dead within `closing_seconds`."""
        self._closing[line] = time.monotonic() + self._lines.limits.closing_seconds

    def waits(self, line: Line) -> None:
        """Something waits for the reader, who took a part just now."""
        self._behind[line] = time.monotonic() + self._lines.limits.stall_seconds

    def caught_up(self, line: Line) -> None:
        """Nothing waits for the reader any more."""
        self._behind.pop(line, None)

    def forget(self, line: Line) -> None:
        """The line is dead."""
        self._closing.pop(line, None)
        self._behind.pop(line, None)

    def tick(self) -> float:
        """Act on what is due; return the seconds until there may be more."""
        now = time.monotonic()
        for line in _due(self._closing, now):
            self._lines.forget(line)
        for line in _due(self._behind, now):
            self._behind.pop(line)
            self._lines.close(line, TOO_SLOW)
        self._look(now)
        return _SOON if self._closing or self._behind else min(1.0, 25 * self._look_every)

    def _look(self, now: float) -> None:
        """The kernel takes up to megabytes before a line falls behind: ask it, one slot after the other."""
        for _ in range(SLOTS):
            if now < self._next_look:
                return
            self._next_look += self._look_every
            self._slot = (self._slot + 1) % SLOTS
            for line in tuple(self._lines.slot(self._slot)):
                if line.behind >= 0 and line.is_shut_out(_LOOKS):
                    self._lines.close(line, TOO_SLOW)
        self._next_look = now


def _due(deadlines: dict[Line, float], now: float) -> list[Line]:
    return [line for line, deadline in deadlines.items() if deadline <= now]
