"""What a page does when the server closes its line with a code."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.talking import AWAY, BANNER, bodies, expect_line, expect_lines

TOPICS = "/ws/topics/"
RETURNS = (
    "() => window.dispatchEvent(new Event('online'))",
    "() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
    "() => document.dispatchEvent(new Event('visibilitychange'))",
)


@pytest.fixture
def expect_recovery(page, cable, bob, bob_says, talk) -> Callable[[], None]:
    """`expect_recovery()`: a page whose line is closed opens it once, by itself, catches up and goes on."""

    def run() -> None:
        expect_line(page, "closed")
        talk(bob, "missed")
        expect(bodies(page)).to_have_count(0)
        page.clock.run_for(2_100)
        expect_line(page)
        expect(bodies(page)).to_have_text(["missed"])
        bob_says("heard")
        expect(bodies(page)).to_have_text(["missed", "heard"])
        expect(page.locator(BANNER)).to_be_empty()
        assert len(cable.lines(TOPICS)) == 2

    return run


def test_4404_says_that_the_conversation_is_gone_and_the_page_stays_away(page, cable):
    cable.close_line(TOPICS, 4404)
    expect(page.locator(BANNER)).to_have_text(re.compile("no longer there"))
    expect_line(page, "over")
    for script in RETURNS:
        page.evaluate(script)
        expect_lines(page, "over")
    page.clock.run_for(40_000)
    expect_line(page, "over")
    assert len(cable.lines(TOPICS)) == 1


def test_1013_lets_the_page_come_again_and_catch_up(page, cable, expect_recovery):
    cable.close_line(TOPICS, 1013)
    expect_recovery()


def test_1012_of_a_server_that_restarts_lets_the_page_come_again_and_catch_up(
    page, far_page_for, server, expect_recovery
):
    far_page_for.expect(*AWAY)
    page.evaluate("() => addEventListener('htmx:ws:close', ({ detail }) => (window.code ??= detail.code))")
    server.restart()
    expect_recovery()
    assert page.evaluate("() => window.code") == 1012
