"""Every line of a process, found by topic, by heartbeat slot and by owner."""

from collections.abc import Hashable
from zlib import crc32

from chatweb.live.line import Line
from chatweb.live.topics import Topics

SLOTS = 25


class Registry:
    """The lines that may still be sent to."""

    def __init__(self) -> None:
        self.topics = Topics()
        self.slots: tuple[set[Line], ...] = tuple(set() for _ in range(SLOTS))
        self._owners: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self.slots))

    def add(self, line: Line) -> list[str]:
        """Enter a line; return the topics that had no line before."""
        self._slot(line).add(line)
        if line.owner is not None:
            self._owners[line.owner] = self.owned(line.owner) + 1
        return [topic for topic in line.topics if self.topics.add(topic, line)]

    def remove(self, line: Line) -> list[str]:
        """Strike a line out, once or again; return the topics that have no line any more."""
        slot = self._slot(line)
        if line not in slot:
            return []
        slot.discard(line)
        self._disown(line.owner)
        return [topic for topic in line.topics if self.topics.discard(topic, line)]

    def owned(self, owner: Hashable) -> int:
        """How many lines an owner has open."""
        return self._owners.get(owner, 0)

    def lines(self) -> list[Line]:
        """All lines, safe to go through while lines come and go."""
        return [line for slot in self.slots for line in slot]

    def _disown(self, owner: Hashable) -> None:
        left = self.owned(owner) - 1
        if left > 0:
            self._owners[owner] = left
        else:
            self._owners.pop(owner, None)

    def _slot(self, line: Line) -> set[Line]:
        """Lines of one conversation share a slot, and so one frame; the others are spread evenly."""
        place = id(line) // 64 if line.heartbeat is None else crc32(line.heartbeat.encode())
        return self.slots[place % SLOTS]
