"""Who is here: people with a page in view, people with pages none of which is, and when that changed."""

import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

LEASE_SECONDS = 60.0


class State(IntEnum):
    """How much somebody is here: without any page, with none in view, or with one that is."""

    GONE = 0
    AWAY = 1
    ONLINE = 2


class News(NamedTuple):
    """What owners of lines have become since the last news.

    `seen` had a page in view until just now; once a minute those who have one still are among them.
    """

    changes: Mapping[Any, State]
    seen: frozenset[Any]


OnPresence = Callable[[News], None]


class Presence:
    """Counts pages. Whoever goes from page to page was not away: to become less takes `pause` seconds.

    Expects the lock of `Lines` to be held.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._open: Counter[Hashable] = Counter()
        self._in_view: Counter[Hashable] = Counter()
        self._told: dict[Hashable, State] = {}
        self._changed: dict[Hashable, float] = {}
        self._renew_at = time.monotonic() + LEASE_SECONDS

    def state(self, person: Hashable) -> State:
        """How much somebody is here, or was a moment ago."""
        return max(self._state(person), self._known(person))

    def page(self, person: Hashable, *, opened: int = 0, in_view: int = 0) -> None:
        """So many more pages of somebody are open, so many more are in view; below 0: less."""
        for pages, change in ((self._open, opened), (self._in_view, in_view)):
            pages[person] += change
            if not pages[person]:
                del pages[person]
        self._changed[person] = time.monotonic()

    def news(self) -> News | None:
        """What there is to tell now, and again until it is `told`."""
        now = time.monotonic()
        self._changed = {one: at for one, at in self._changed.items() if self._state(one) != self._known(one)}
        changes = {
            one: self._state(one)
            for one, at in self._changed.items()
            if self._state(one) > self._known(one) or now - at >= self._pause
        }
        seen = {one for one in changes if self._known(one) == State.ONLINE}
        if now >= self._renew_at:
            self._renew_at = now + LEASE_SECONDS
            seen.update(self._in_view)
        return News(changes, frozenset(seen)) if changes or seen else None

    def told(self, news: News) -> None:
        """These news have reached those who show them."""
        for person, state in news.changes.items():
            if state == State.GONE:
                self._told.pop(person, None)
            else:
                self._told[person] = state

    def _known(self, person: Hashable) -> State:
        return self._told.get(person, State.GONE)

    def _state(self, person: Hashable) -> State:
        if person in self._in_view:
            return State.ONLINE
        return State.AWAY if person in self._open else State.GONE
