"""Who listens to what. A topic with one line holds the line itself: a set would cost 200 bytes more."""

from collections.abc import Iterable, Iterator

from chatweb.live.line import Line


class Topics:
    """Lines by topic."""

    def __init__(self) -> None:
        self._lines: dict[str, Line | set[Line]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def add(self, topic: str, line: Line) -> bool:
        """Let the line hear the topic; True when it is the first one."""
        there = self._lines.setdefault(topic, line)
        if there is line:
            return True
        if isinstance(there, Line):
            self._lines[topic] = {there, line}
        else:
            there.add(line)
        return False

    def discard(self, topic: str, line: Line) -> bool:
        """Let the line hear the topic no more, which it does; True when nobody is left."""
        there = self._lines[topic]
        if not isinstance(there, set):
            del self._lines[topic]
            return True
        there.discard(line)
        if len(there) == 1:
            self._lines[topic] = there.pop()
        return False

    def lines(self, topic: str) -> Iterable[Line]:
        """The topic's lines, safe to go through while lines come and go."""
        there = self._lines.get(topic)
        if there is None:
            return ()
        return (there,) if isinstance(there, Line) else tuple(there)
