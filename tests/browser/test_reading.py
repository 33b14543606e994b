"""What counts as read: in view, on a page that is visible and has the focus."""

import pytest

from tests.browser.pieces import SIDE, message, messages
from tests.browser.stage import Answer
from tests.servers import wait_until

READ = "/chats/T/read"


@pytest.fixture
def reported(stage):
    """Which ids were reported as read."""
    return lambda: [asked.form["id"] for asked in stage.asked if asked.path == READ]


def test_what_is_in_view_is_reported_once(open_unread, reported):
    log = open_unread(messages([1, 2]))
    wait_until(lambda: reported() == ["2"], 5, "the report")
    log.line_says(message(11, side=SIDE))
    log.line_says(message(12, body="one more"))
    wait_until(lambda: reported()[-1] == "12", 5, "the second report")
    assert reported() == ["2", "12"]


def test_a_page_without_the_focus_reports_nothing_until_it_has_it(open_unread, reported):
    log = open_unread(messages([1, 2]), focus=False)
    log.line_says(message(11))
    log.page.wait_for_timeout(300)
    assert reported() == []
    log.page.evaluate("window.focused = true; window.dispatchEvent(new Event('focus'))")
    wait_until(lambda: reported() == ["11"], 5, "the report")


def test_a_hidden_page_reports_nothing_until_it_is_seen(open_unread, reported):
    log = open_unread(messages([1]))
    wait_until(lambda: reported() == ["1"], 5, "the report")
    log.page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', writable: true })"
    )
    log.line_says(message(11))
    log.page.wait_for_timeout(1_500)
    assert reported() == ["1"]
    log.page.evaluate(
        """Object.defineProperty(document, 'visibilityState', { value: 'visible' });
        document.dispatchEvent(new Event('visibilitychange'))"""
    )
    wait_until(lambda: reported() == ["1", "11"], 5, "the report")


def test_what_is_below_the_view_is_not_read_yet(open_unread, reported):
    log = open_unread(messages(range(1, 41)), focus=False)
    log.page.locator(".scroll").evaluate("scroll => { scroll.scrollTop = -scroll.scrollHeight }")
    log.page.evaluate("window.focused = true; window.dispatchEvent(new Event('focus'))")
    wait_until(lambda: bool(reported()), 5, "the report")
    assert int(reported()[0]) < 15


def test_reports_are_at_least_a_second_apart(open_unread, reported):
    log = open_unread(messages([1]))
    wait_until(lambda: reported() == ["1"], 5, "the report")
    for order in range(11, 16):
        log.line_says(message(order))
    assert reported() == ["1"]
    wait_until(lambda: reported() == ["1", "15"], 5, "the next report")


def test_a_report_that_failed_is_made_again(open_unread, reported, stage, on_stage):
    on_stage.expect("status of 503")
    log = open_unread(messages([1]))
    wait_until(lambda: reported() == ["1"], 5, "the report")
    stage.answer(READ, Answer(status=503), Answer(status=204))
    log.line_says(message(11))
    wait_until(lambda: reported() == ["1", "11", "11"], 9, "the repeated report")
