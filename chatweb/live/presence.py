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

    `seen` had a page in view until just now; once a minute those who have one still are among them. Of these,
    other processes note what they know of `elsewhere`.
    """

    changes: Mapping[Any, State]
    seen: frozenset[Any]
    elsewhere: frozenset[Any] = frozenset()


OnPresence = Callable[[News], None]


class Presence:
    """Counts pages. Whoever goes from page to page was not away: to become less takes `pause` seconds.

    Somebody is as much here as where they are most, in this process or in another one, which says so.
    Expects the lock of `Lines` to be held.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._open: Counter[Hashable] = Counter()
        self._in_view: Counter[Hashable] = Counter()
        self._own: dict[Hashable, State] = {}
        self._changed: dict[Hashable, float] = {}
        self._elsewhere: dict[str, dict[Hashable, State]] = {}
        # What those who show it were last told, of people who are something else now.
        self._shown: dict[Hashable, State] = {}
        # Who stopped being in view in this process, of those.
        self._left: set[Hashable] = set()
        self._fresh: dict[Hashable, State] = {}
        self._renew_at = time.monotonic() + LEASE_SECONDS

    def state(self, person: Hashable) -> State:
        """How much somebody is here, or was a moment ago."""
        return max(self._pages(person), self._shown.get(person, State.GONE), self._now(person))

    def page(self, person: Hashable, *, opened: int = 0, in_view: int = 0) -> None:
        """So many more pages of somebody are open, so many more are in view; below 0: less."""
        for pages, change in ((self._open, opened), (self._in_view, in_view)):
            pages[person] += change
            if not pages[person]:
                del pages[person]
        self._changed[person] = time.monotonic()

    def hear(self, teller: str, told: Mapping[Hashable, State], *, whole: bool) -> None:
        """Another process says what these people are there; `whole` when nobody else has a page there."""
        known = self._elsewhere.get(teller, {})
        for person in {*told, *(known if whole else ())}:
            self._touch(person)
        people = (told if whole else {**known, **told}).items()
        self._elsewhere[teller] = {person: state for person, state in people if state != State.GONE}

    def forget(self, teller: str) -> None:
        """Another process is no more."""
        self.hear(teller, {}, whole=True)
        del self._elsewhere[teller]

    def everybody(self) -> dict[Hashable, State]:
        """All who have pages in this process."""
        return dict(self._own)

    def fresh(self) -> dict[Hashable, State]:
        """What people have become in this process since this was last asked."""
        fresh, self._fresh = self._fresh, {}
        return fresh

    def news(self) -> News | None:
        """What there is to tell now, and again until it is `told`."""
        self._advance()
        self._shown = {one: state for one, state in self._shown.items() if self._now(one) != state}
        self._left &= self._shown.keys()
        changes = {one: self._now(one) for one in self._shown}
        left = {one for one in changes if self._shown[one] == State.ONLINE}
        still: set[Hashable] = set()
        if time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + LEASE_SECONDS
            still.update(self._in_view)
        if not changes and not still:
            return None
        return News(changes, frozenset(left | still), frozenset(left - self._left))

    def told(self, news: News) -> None:
        """These news have reached those who show them."""
        self._shown |= news.changes
        self._left -= news.seen

    def _advance(self) -> None:
        """Count what has lasted long enough."""
        now = time.monotonic()
        self._changed = {one: at for one, at in self._changed.items() if self._pages(one) != self._here(one)}
        for person, at in self._changed.items():
            state, before = self._pages(person), self._here(person)
            if state > before or now - at >= self._pause:
                self._touch(person)
                self._fresh[person] = self._own[person] = state
                if before == State.ONLINE:
                    self._left.add(person)
                if state == State.GONE:
                    del self._own[person]

    def _touch(self, person: Hashable) -> None:
        """To be called before somebody becomes something else, here or elsewhere."""
        self._shown.setdefault(person, self._now(person))

    def _now(self, person: Hashable) -> State:
        elsewhere = (people.get(person, State.GONE) for people in self._elsewhere.values())
        return max(self._here(person), *elsewhere) if self._elsewhere else self._here(person)

    def _here(self, person: Hashable) -> State:
        return self._own.get(person, State.GONE)

    def _pages(self, person: Hashable) -> State:
        if person in self._in_view:
            return State.ONLINE
        return State.AWAY if person in self._open else State.GONE
