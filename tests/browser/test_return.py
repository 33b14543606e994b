"""A page that somebody comes back to: by the Back button, from a cache, from another tab, from a sleep."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.talking import bodies, expect_line

LEFT = "() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
RESTORED = "() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
SEEN = "() => document.dispatchEvent(new Event('visibilitychange'))"
CONNECTED = "() => window.dispatchEvent(new Event('online'))"


@pytest.fixture
def expect_all(bob_says) -> Callable[[Page], None]:
    """`expect_all(page)`: it shows what bob said meanwhile, and what he says now."""

    def run(page: Page) -> None:
        expect(bodies(page)).to_have_text(["meanwhile"])
        expect_line(page)
        bob_says("now")
        expect(bodies(page)).to_have_text(["meanwhile", "now"])

    return run


def test_the_back_button_leads_to_a_page_that_lives(page_for, alice, bob, chat, talk, expect_all):
    page = page_for(alice, f"/chats/{chat.topic}")
    expect_line(page)
    page.goto("/chats")
    talk(bob, "meanwhile")
    page.go_back()
    expect_all(page)


def test_a_page_restored_from_a_cache_that_closed_its_line_catches_up(page, bob, talk, expect_all):
    page.evaluate(LEFT)
    expect_line(page, "closed")
    talk(bob, "meanwhile")
    page.evaluate(RESTORED)
    expect_all(page)


@pytest.mark.parametrize("event", [RESTORED, CONNECTED], ids=["restored", "online"])
def test_a_page_that_comes_back_trusts_no_line_it_had(page, cable, bob, talk, expect_all, event):
    cable.cut()
    talk(bob, "meanwhile")
    page.evaluate(event)
    expect_all(page)


def test_a_page_seen_again_after_a_sleep_gives_its_silent_line_up(page, cable, bob, talk, expect_all):
    cable.cut()
    talk(bob, "meanwhile")
    # As after a sleep of the computer: the time is another one, and no timer has run.
    page.evaluate(f"{{ const now = Date.now(); Date.now = () => now + 61_000; ({SEEN})() }}")
    expect_all(page)


def test_a_page_that_is_seen_again_soon_keeps_its_line(page, cable):
    page.evaluate(
        "() => { document.querySelector('#messages')._htmx.ws.connection.socket.mark = 'the same' }"
    )
    page.evaluate(SEEN)
    expect_line(page)
    marked = page.evaluate("() => document.querySelector('#messages')._htmx.ws.connection.socket.mark")
    assert marked == "the same"
