"""Who is here: people with at least one page in view, and when that changed."""

import time
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

LEASE_SECONDS = 60.0


class News(NamedTuple):
    """Owners of lines who came and who went since the last news; `still` is everybody here, once a minute."""

    came: frozenset[Any]
    gone: frozenset[Any]
    still: frozenset[Any]


OnPresence = Callable[[News], None]


class Presence:
    """Counts pages in view. Whoever goes from page to page was not away: to be gone takes `pause` seconds.

    Expects the lock of `Lines` to be held.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._pages: dict[Hashable, int] = {}
        self._told: set[Hashable] = set()
        self._changed: dict[Hashable, float] = {}
        self._renew_at = time.monotonic() + LEASE_SECONDS

    def here(self, person: Hashable) -> bool:
        """Whether somebody is here, or was a moment ago."""
        return person in self._pages or person in self._told

    def page(self, person: Hashable, change: int) -> None:
        """One more page (1) or one less (-1) of somebody is in view."""
        count = self._pages.get(person, 0) + change
        if count > 0:
            self._pages[person] = count
        else:
            self._pages.pop(person, None)
        self._changed[person] = time.monotonic()

    def news(self) -> News | None:
        """What there is to tell now."""
        now = time.monotonic()
        came = {one for one in self._changed if one in self._pages}
        left = {one for one, at in self._changed.items() if now - at >= self._pause} - came
        for one in came | left:
            del self._changed[one]
        renews = now >= self._renew_at
        if renews:
            self._renew_at = now + LEASE_SECONDS
        still = frozenset(self._pages) if renews else frozenset()
        news = News(frozenset(came - self._told), frozenset(left & self._told), still)
        self._told = (self._told | came) - left
        return news if any(news) else None
