"""What the tests of the scripts alone need: a stage, and a log on it."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from chatweb.domain.access import OpenChat
from tests.browser import pieces
from tests.browser.logs import Log, stop_clock
from tests.browser.stage import Answer, Held, Stage
from tests.browser.talking import expect_line, expect_lines
from tests.browsing import LetIn, Tabs, watched
from tests.cable import Cable
from tests.live.browser import Browser as Post
from tests.people import Person, Visitor
from tests.servers import Server
from tests.web.talking import Talk


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A server that answers what the test tells it to."""
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def on_stage(browser: Browser, stage: Stage) -> Iterator[Tabs]:
    """`on_stage(None, "/")` opens what is laid out; what goes wrong fails the test, as with `page_for`."""
    with watched(browser, stage.url) as tabs:
        yield tabs


@pytest.fixture
def open_log(on_stage: Tabs, stage: Stage) -> Callable[..., Log]:
    """`open_log(html, position=3)` opens a page with these messages and data-* attributes."""

    def run(content: str, *, browser_options: dict | None = None, **data: object) -> Log:
        stage.page = pieces.page(content, **data)
        return Log(on_stage(None, "/", **(browser_options or {})))

    return run


@pytest.fixture
def inbox(on_stage: Tabs, stage: Stage) -> Callable[[str], Page]:
    """`inbox(html)` opens a page with these rows."""

    def run(rows: str) -> Page:
        stage.page = pieces.page("", rows=rows)
        return on_stage(None, "/")

    return run


@pytest.fixture
def open_unread(stage: Stage, on_stage: Tabs) -> Callable[..., Log]:
    """`open_unread(html, read=2)` opens a page of which so much is read; `focus=False` in the background."""

    def run(content: str, *, read: int = 0, focus: bool = True) -> Log:
        stage.answer("/chats/T/read", Answer(status=204))
        stage.page = pieces.page(content, read=read)
        tab = on_stage(None, None)
        tab.add_init_script(
            f"window.focused = {str(focus).lower()}; document.hasFocus = () => window.focused"
        )
        tab.goto("/")
        return Log(tab)

    return run


@pytest.fixture
def held() -> Iterator[Held]:
    """`held(answer)` is an answer that waits until `held.let_go()`."""
    held = Held()
    yield held
    held.let_go()


@pytest.fixture
def talk(app: Flask, chat: OpenChat, alice: Person, bob: Person) -> Callable[..., None]:
    """`talk(bob, "one", "two")` puts messages of his into the chat, without the detour over HTTP."""
    return Talk(app, chat).says


@pytest.fixture
def bob_says(server: Server, as_bob: Visitor, chat: OpenChat) -> Callable[[str], str]:
    """`bob_says("hello")` sends a message as his page would; those who listen hear it."""
    return partial(Post(server.url, as_bob).say, chat.topic)


@pytest.fixture
def cable(server: Server) -> Iterator[Cable]:
    """What lies between the server and pages of `far_page_for`, until `cable.cut()`."""
    with Cable(server.port) as cable:
        yield cable


@pytest.fixture
def far_page_for(browser: Browser, cable: Cable, sign_in: LetIn) -> Iterator[Tabs]:
    """As `page_for`, at the other end of a cable."""
    with watched(browser, cable.url, sign_in) as tabs:
        yield tabs


@pytest.fixture
def page(far_page_for: Tabs, alice: Person, path: str) -> Page:
    """Alice's page of her conversation with bob, at the end of a cable. Its clock stands still."""
    page = far_page_for(alice, None)
    stop_clock(page)
    page.goto(path)
    expect_lines(page)
    return page


@pytest.fixture
def path(chat: OpenChat) -> str:
    """The address of the conversation of alice and bob."""
    return f"/chats/{chat.topic}"


@pytest.fixture
def both(page_for: Tabs, alice: Person, bob: Person, path: str) -> tuple[Page, Page]:
    """Alice's and bob's pages of their conversation, connected."""
    pages = page_for(alice, path), page_for(bob, path)
    for page in pages:
        expect_line(page)
    return pages
