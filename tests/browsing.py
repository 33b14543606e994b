"""Chromium for the tests: where it is, and pages that fail a test when anything goes wrong in them."""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from tests.people import Person, Visitor, csrf_in
from tests.servers import IS_ROOT

LetIn = Callable[[Person, str], Visitor]
# Without the parts for windows and notifications: a page costs half as much.
HEADLESS_NAMES = ("chromium-headless-shell",)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The last such list counts: Playwright's own, and two pages that the address bar of each window loads though
# nobody sees it. They cost more than the page under test.
SWITCHED_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
CHROMIUM_OPTIONS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    f"--disable-features={','.join(SWITCHED_OFF)}",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    *(["--no-sandbox"] if IS_ROOT else []),
)


def find_chromium(*, whole: bool) -> str | None:
    """The path of a Chromium of this machine; None leaves it to Playwright's own."""
    names = CHROMIUM_NAMES if whole else HEADLESS_NAMES + CHROMIUM_NAMES
    return os.environ.get("CHATWEB_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


# A broken content policy becomes a console error, like everything else that goes wrong.
WATCH_POLICY = """
addEventListener("securitypolicyviolation", (event) => console.error(
  `content policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))
"""


def launch(playwright: Playwright, *options: str, headless: bool = True, whole: bool = False) -> Browser:
    """Start Chromium, without a window unless told otherwise, and with what only a `whole` one can do."""
    arguments = [*CHROMIUM_OPTIONS, *options]
    path = find_chromium(whole=whole or not headless)
    return playwright.chromium.launch(executable_path=path, args=arguments, headless=headless)


class Tabs:
    """The browsers of one test. Every page is watched; what went wrong is told at the end."""

    def __init__(self, browser: Browser, address: str, let_in: LetIn | None = None) -> None:
        self._browser = browser
        self._address = address
        self._let_in = let_in
        self._contexts: list[BrowserContext] = []
        self._expected: list[re.Pattern[str]] = []
        self._problems: list[str] = []

    def __call__(self, person: Person | None, path: str | None = "/chats", **options: Any) -> Page:
        """A page in a new browser, signed in unless the person is None; opens nothing when the path is None.

        Options are those of Playwright's `new_context`, such as `java_script_enabled=False`.
        """
        context = self._context(**options)
        if person is not None:
            self._sign_in(context, person, options.get("user_agent", ""))
        page = context.new_page()
        if path is not None:
            page.goto(path)
        return page

    def expect(self, *patterns: str) -> None:
        """Let messages of the console pass that match one of these, such as r"status of 422"."""
        self._expected += map(re.compile, patterns)

    def close(self) -> None:
        """Close every browser of this test."""
        for context in self._contexts:
            context.close()

    @property
    def problems(self) -> list[str]:
        """What went wrong and was not expected."""
        return [text for text in self._problems if not _matches(self._expected, text)]

    def _context(self, **options: Any) -> BrowserContext:
        context = self._browser.new_context(base_url=self._address, **options)
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH_POLICY)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self._problems.append(f"page error: {error.error}"))
        self._contexts.append(context)
        return context

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._problems.append(
                f"console {message.type}: {message.text} ({message.location.get('url', '')})"
            )

    def _sign_in(self, context: BrowserContext, person: Person, agent: str) -> None:
        if self._let_in is not None:
            cookies = self._let_in(person, agent).cookies
            context.add_cookies(
                [{"name": name, "value": value, "url": self._address} for name, value in cookies.items()]
            )
            return
        page = context.request.get("/login")
        form = {"identity": person.username, "password": person.password, "csrf_token": csrf_in(page.text())}
        answer = context.request.post("/login", form=form, max_redirects=0)
        assert answer.status == 303, answer.text()
        if answer.headers["location"].startswith("/login/code"):
            page = context.request.get("/login/code")
            form = {"code": next(person.codes), "csrf_token": csrf_in(page.text())}
            answer = context.request.post("/login/code", form=form, max_redirects=0)
            assert answer.status == 303, answer.text()


@contextmanager
def watched(browser: Browser, address: str, let_in: LetIn | None = None) -> Iterator[Tabs]:
    """Browsers for a test of the site at this address; what unexpectedly went wrong in them fails it.

    `let_in(person, agent)` is where somebody is signed in; without it they fill in the form.
    """
    tabs = Tabs(browser, address, let_in)
    yield tabs
    problems = tabs.problems
    tabs.close()
    assert not problems, "\n".join(problems)


def _matches(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)
