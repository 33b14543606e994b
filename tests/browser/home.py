"""A person at a browser of their own, at the end of a cable of its own: what can go wrong on the way."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random

from playwright.sync_api import APIResponse, Browser, Error, Page, Route

from tests.browser.talking import AWAY, expect_lines
from tests.browsing import watched
from tests.cable import Cable
from tests.people import Person

LINES = ("/ws/topics/", "/ws/inbox")
CODES = (1001, 1011, 1012, 1013)
RETURNED = "() => window.dispatchEvent(new Event('online'))"
SEEN = "() => document.dispatchEvent(new Event('visibilitychange'))"
SENDING = re.compile("/messages$")
UNSENT = "() => Object.keys(localStorage).filter((key) => key.startsWith('chatweb:unsent:')).length"


class Home:
    """The tabs of a person on one conversation, and the cable that leads to them."""

    def __init__(self, person: Person, path: str, cable: Cable, pages: list[Page]) -> None:
        self.person = person
        self.path = path
        self.cable = cable
        self.pages = pages
        self.context = pages[0].context
        self.is_offline = False
        self._is_deaf = False
        self._held: list[tuple[Route, APIResponse]] = []

    def go_offline(self) -> None:
        """The browser notices that there is no network."""
        self.is_offline = True
        self.context.set_offline(True)

    def fall_silent(self) -> None:
        """The lines go dead, and nobody is told."""
        self._is_deaf = True
        for path in LINES:
            for line in self.cable.lines(path):
                line.cut()

    def cut(self) -> None:
        """Everything goes dead, and nobody is told."""
        self._is_deaf = True
        self.cable.cut()

    def close_a_line(self, chance: Random) -> None:
        """A server closes one of the lines, with a code that lets the page come again."""
        with suppress(OSError):  # this line may be broken already
            self.cable.close_line(chance.choice(LINES), chance.choice(CODES))

    def lose_an_answer(self) -> None:
        """The next message reaches the server, and its answer gets lost."""

        def lose(route: Route) -> None:
            with suppress(Error):  # nor may the message reach it
                route.fetch()
            route.abort()

        self._at_next_message(lose)

    def hold_an_answer(self) -> None:
        """The next message reaches the server; its answer waits for `let_go()`."""
        self._at_next_message(lambda route: self._held.append((route, route.fetch())))

    def _at_next_message(self, work: Callable[[Route], None]) -> None:
        handled: list[Route] = []

        def handle(route: Route) -> None:
            if route.request.method != "POST" or handled:
                route.fallback()
            else:
                handled.append(route)
                work(route)

        self.context.route(SENDING, handle)

    def let_go(self) -> None:
        """Let the answer out that was held."""
        for route, answer in self._held:
            route.fulfill(response=answer)
        self._held.clear()

    def miss_an_event(self) -> None:
        """The next message that the lines of the conversation would tell is not heard."""
        for line in self.cable.lines(LINES[0]):
            line.skip(b"<article")

    def come_back(self) -> None:
        """The network is there again, the browser notices, and the person looks at every tab."""
        if self.is_offline:
            self.context.set_offline(False)
        for page in self.pages:
            page.evaluate(RETURNED if self._is_deaf else SEEN)
        self.is_offline = self._is_deaf = False

    def unsent(self) -> int:
        """How many messages this browser keeps because the server does not have them yet."""
        return self.pages[0].evaluate(UNSENT)


@contextmanager
def home(browser: Browser, port: int, person: Person, path: str, tabs: int = 1) -> Iterator[Home]:
    """Open the conversation in so many tabs of a browser, each with open lines."""
    with Cable(port) as cable, watched(browser, cable.url) as open_page:
        open_page.expect(*AWAY)
        pages = [open_page(person, path)]
        for _ in range(tabs - 1):
            pages.append(pages[0].context.new_page())
            pages[-1].goto(path)
        for page in pages:
            expect_lines(page)
        yield Home(person, path, cable, pages)
