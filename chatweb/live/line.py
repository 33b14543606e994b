"""One open socket, parked: its descriptor, its topics, and what its reader has not taken yet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from chatweb.live import frames, window
from chatweb.live.inbound import Refused
from chatweb.live.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from chatweb.live.inbound import Inbound
    from chatweb.live.lines import Lines

TOO_SLOW = 1013

HOLDING = 0
"""Subscribed, but what is published waits for `start`."""
OPEN = 1
CLOSING = 2
"""Our closing frame is on its way; of the peer's frames only its own closing frame counts."""
DEAF = 3
"""As before, but the peer can no longer be understood: what it sends is thrown away."""
ENDING = 4
"""Both closing frames were exchanged: over as soon as ours is written."""
DEAD = 5


class Line:
    """A parked socket. There may be tens of thousands: every attribute costs, idle ones stay None.

    Only the switchboard makes lines. What is not said to be public expects the lock of `Lines` to be held.
    """

    __slots__ = (
        "behind",
        "descriptor",
        "heartbeat",
        "inbound",
        "lines",
        "outbox",
        "owner",
        "present",
        "state",
        "topics",
        "voice",
    )

    def __init__(
        self,
        lines: Lines,
        descriptor: int,
        topics: tuple[str, ...],
        heartbeat: str | None,
        owner: Hashable,
        voice: object,
        *,
        present: bool | None,
    ) -> None:
        self.lines = lines
        self.descriptor = descriptor
        self.topics = topics
        self.heartbeat = heartbeat
        self.owner = owner
        self.voice = voice
        self.present = present
        self.state = HOLDING
        self.outbox: Outbox | None = None
        self.inbound: Inbound | None = None
        self.behind = -1

    def start(self, catch_up: Sequence[str]) -> None:
        """Send these text frames first, then what was published since the line was opened, then stream.

        Public. Does nothing when the line was closed meanwhile.
        """
        self.lines.start(self, [frames.text(frame) for frame in catch_up])

    def turn(self, *, present: bool) -> None:
        """Say whether the page that this line stands for is in view. Public."""
        self.lines.turn(self, present=present)

    def close(self, code: int) -> None:
        """Close the line with a closing code; the socket is dead within a second. Public."""
        self.lines.close(self, code)

    def wait(self) -> None:
        """Return when the line is dead. Public.

        For servers that shut the connection when the handler returns.
        """
        self.lines.wait(self)

    def send(self, frame: bytes) -> None:
        """Send a whole frame, or keep it until the reader can take it.

        Raises OSError when the peer is gone and Refused when too much waits for it.
        """
        if self.state == OPEN:
            self.push(frame)
        elif self.state == HOLDING and not self._box().add(frame):
            raise Refused(TOO_SLOW)

    def push(self, frame: bytes) -> None:
        """As `send`, whatever the state."""
        self.behind = max(self.behind, 0)
        if self.outbox:
            if not self.outbox.add(frame):
                raise Refused(TOO_SLOW)
            return
        try:
            taken = os.write(self.descriptor, frame)
        except BlockingIOError:
            taken = 0
        if taken < len(frame):
            self._box().add(frame, taken)
            self.lines.fell_behind(self)

    def release(self, catch_up: list[bytes]) -> None:
        """Put the catch-up before what was held, and stream from now on. Raises OSError for a dead peer."""
        self.state = OPEN
        self.behind = 0
        self._box().put_first(catch_up)
        self.flush()
        if self.outbox:
            self.lines.fell_behind(self)

    def flush(self) -> None:
        """Write what waits, as far as the kernel takes it. Raises OSError when the peer is gone."""
        box = self._box()
        box.flush(self.descriptor)
        if not box:
            self.outbox = None

    def is_shut_out(self, looks: int) -> bool:
        """Look whether the peer keeps its window shut; True when it did so `looks` times in a row.

        To be asked of lines with `behind` >= 0 only: those that were sent something since it was all taken.
        """
        waiting, unsent = window.queued(self.descriptor)
        if not waiting:
            self.behind = -1
        elif unsent == waiting:
            self.behind += 1
        else:
            self.behind = 0
        return self.behind >= looks

    def _box(self) -> Outbox:
        if self.outbox is None:
            self.outbox = Outbox(self.lines.limits.outbox_bytes)
        return self.outbox
