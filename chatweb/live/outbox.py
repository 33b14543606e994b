"""Frames a reader has not taken yet."""

import os
from collections import deque
from contextlib import suppress
from itertools import islice

_AT_ONCE = 64


class Outbox:
    """A bounded queue of whole frames, of which the first may be partly sent."""

    __slots__ = ("_frames", "_sent", "limit", "size")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._frames: deque[bytes] = deque()
        self._sent = 0

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: bytes, sent: int = 0) -> bool:
        """Queue a frame, of which `sent` bytes are gone already; False when that is more than the limit.

        A single frame is always taken, however big: it would not get smaller by trying again.
        """
        self._frames.append(frame)
        self.size += len(frame) - sent
        self._sent += sent
        return self.size <= self.limit or len(self._frames) == 1

    def put_first(self, frames: list[bytes]) -> None:
        """Queue frames before all others, and let the limit hold for what comes after them."""
        self._frames.extendleft(reversed(frames))
        extra = sum(map(len, frames))
        self.size += extra
        self.limit += extra

    def drop_unsent(self) -> None:
        """Forget every frame that is not partly on the wire already."""
        head = self._frames[0] if self._sent else None
        self._frames.clear()
        self.size = 0
        if head is not None:
            self._frames.append(head)
            self.size = len(head) - self._sent

    def flush(self, descriptor: int) -> None:
        """Write what the kernel takes. Raises OSError for a dead peer."""
        with suppress(BlockingIOError):
            while self._frames:
                self._advance(os.writev(descriptor, self._batch()))

    def _batch(self) -> list[bytes | memoryview]:
        batch: list[bytes | memoryview] = list(islice(self._frames, _AT_ONCE))
        if self._sent:
            batch[0] = memoryview(self._frames[0])[self._sent :]
        return batch

    def _advance(self, taken: int) -> None:
        self.size -= taken
        self._sent += taken
        while self._frames and self._sent >= len(self._frames[0]):
            self._sent -= len(self._frames.popleft())
