"""Two people talk while their lines are cut: nothing is lost, nothing is there twice, no page is reloaded."""

import random
import time
from collections.abc import Iterable

import pytest
from playwright.sync_api import Page

from tests.browser.home import Home, home
from tests.browser.talking import expect_lines
from tests.histories import kept
from tests.servers import Server, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

CUTS = {"close": 80, "snap": 60, "offline": 35, "cut": 5, "kill": 10, "restart": 10}
SAID_AT_ONCE = 5
PATIENCE = 150
PLACED = """(log) => [...log.querySelectorAll(":scope > .message[data-order]")]
  .map((message) => [Number(message.dataset.order), message.querySelector(".message__body").textContent])"""
SAY = """(form, texts) => {
  for (const text of texts) { form.elements.body.value = text; form.requestSubmit(); }
}"""
TO_TOP = "(scroll) => { scroll.scrollTop = -scroll.scrollHeight }"


def test_two_thousand_messages_survive_two_hundred_cuts(browser, server, db_session, alice, bob, chat):
    path, cuts = f"/chats/{chat.topic}", [name for name, count in CUTS.items() for _ in range(count)]
    random.shuffle(cuts)
    said = {alice.id: [], bob.id: []}
    with home(browser, server.port, alice, path) as hers, home(browser, server.port, bob, path) as his:
        begin = time.monotonic()
        for (one,) in (hers.pages, his.pages):
            one.evaluate("() => { window.isTheSame = true }")
        for name in cuts:
            struck = random.choice((hers, his))
            happen(name, struck, server)
            for who in (hers, his):
                sent = said[who.person.id]
                texts = [f"{who.person.username} {len(sent) + number}" for number in range(SAID_AT_ONCE)]
                who.pages[0].locator("#composer").evaluate(SAY, texts)
                sent += texts
            mend(name, struck, server)
            for (one,) in (hers.pages, his.pages):
                expect_lines(one, patience=PATIENCE)
        typed = time.monotonic() - begin
        wait_until(lambda: not (hers.unsent() or his.unsent()), PATIENCE, "every message to be sent")
        revision, rows = kept(db_session, chat.topic)
        assert revision == len(rows) == len(cuts) * 2 * SAID_AT_ONCE
        for person_id, texts in said.items():
            assert [row.body for row in rows if row.sender_id == person_id] == texts
        stored = [[row.id, row.body] for row in rows]
        for (one,) in (hers.pages, his.pages):
            wait_until(lambda one=one: position(one) == revision, PATIENCE, "a page to catch up")
            assert everything_in(one, stored) == stored
            assert one.evaluate("() => window.isTheSame")
        report(len(rows), len(cuts), typed, time.monotonic() - begin, (hers, his))


def happen(name: str, struck: Home, server: Server) -> None:
    """One of the ways in which a line ends."""
    if name == "close":
        struck.close_a_line(random)
    elif name == "snap":
        struck.cable.snap()
    elif name == "offline":
        struck.go_offline()
    elif name == "cut":
        struck.cut()
    elif name == "kill":
        server.kill()
    else:
        server.stop()


def mend(name: str, struck: Home, server: Server) -> None:
    """The network is there again, or the server; to the latter the pages find by themselves."""
    if name in ("kill", "restart"):
        server.start()
    else:
        struck.come_back()


def position(page: Page) -> int:
    return int(page.locator("#messages").get_attribute("data-position") or "")


def everything_in(page: Page, stored: list) -> list:
    """Scroll up to the first message; all that was shown on the way. What is loaded never has a hole."""
    log, found = page.locator("#messages"), {}
    while True:
        here = log.evaluate(PLACED)
        start = stored.index(here[0])
        assert here == stored[start : start + len(here)]
        found |= dict(here)
        if log.get_attribute("data-oldest") == "yes":
            return [[order, found[order]] for order in sorted(found)]
        page.locator(".scroll").evaluate(TO_TOP)
        wait_until(
            lambda here=here: log.evaluate(PLACED)[0] != here[0] or is_first(page), 20, "an older page"
        )


def is_first(page: Page) -> bool:
    return page.locator("#messages").get_attribute("data-oldest") == "yes"


def report(messages: int, cuts: int, typed: float, whole: float, homes: Iterable[Home]) -> None:
    opened = [len(each.cable.lines("/ws/topics/")) for each in homes]
    print(
        f"\n{messages} messages, {cuts} cuts: typed in {typed:.0f} s, checked after {whole:.0f} s;"
        f" lines of the conversation opened: {opened[0]} and {opened[1]}"
    )
