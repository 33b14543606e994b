"""The "New" line stands still while somebody reads; once passed, it goes, or moves to what came unseen."""

from playwright.sync_api import Page, expect

from tests.browser.logs import Log
from tests.browser.pieces import SIDE, UNREAD, message, messages
from tests.browser.talking import bodies, expect_lines, say

BOTTOM_OF = "element => element.getBoundingClientRect().bottom"


def away(log: Log) -> None:
    log.page.evaluate("window.focused = false; window.dispatchEvent(new Event('blur'))")


def back(log: Log) -> None:
    log.page.evaluate("window.focused = true; window.dispatchEvent(new Event('focus'))")


def scroll_to(log: Log, above_bottom: int) -> None:
    """Scroll, and wait until the page has heard of it."""
    log.page.locator(".scroll").evaluate(
        """(scroll, above) => new Promise(heard => {
            scroll.addEventListener("scroll", () => requestAnimationFrame(heard), { once: true });
            scroll.scrollTop = -above })""",
        above_bottom,
    )


def after_line(log: Log) -> list[str]:
    """The orders of what stands below the line; nothing without one."""
    orders = log.orders()
    return orders[orders.index("new") + 1 :] if "new" in orders else []


LONG = messages(range(1, 21)) + UNREAD + messages(range(21, 41))


def test_the_line_goes_when_it_was_seen_and_the_reader_is_back_at_the_bottom(open_unread):
    log = open_unread(LONG, read=20)
    expect(log.page.locator(".unread")).to_be_in_viewport()
    scroll_to(log, 300)
    assert after_line(log)[0] == "21"
    scroll_to(log, 0)
    assert after_line(log) == []


def test_nothing_in_view_moves_when_the_line_goes(open_unread):
    log = open_unread(messages(range(1, 37)) + UNREAD + messages(range(37, 41)), read=36)
    scroll_to(log, 120)
    line = log.page.locator(".unread")
    expect(line).to_be_in_viewport()
    last = log.page.locator('[data-order="40"]')
    scroll_to(log, 60)
    expect(line).to_have_count(0)
    assert log.page.locator(".scroll").evaluate("scroll => scroll.scrollTop") == -60
    bottom = log.page.locator(".scroll").evaluate(BOTTOM_OF)
    assert abs(last.evaluate(BOTTOM_OF) - bottom - 60) <= 1


def test_a_line_that_was_never_in_view_stays(open_unread):
    log = open_unread(LONG, read=20, focus=False)
    scroll_to(log, 0)
    back(log)
    scroll_to(log, 200)
    scroll_to(log, 0)
    assert after_line(log)[0] == "21"
    scroll_to(log, 800)
    scroll_to(log, 0)
    assert after_line(log) == []


def test_where_everything_fits_on_one_screen_the_line_stays(open_unread):
    log = open_unread(messages([1, 2]) + UNREAD + messages([3]), read=2)
    log.line_says(message(11))
    assert after_line(log) == ["3", "11"]
    away(log)
    back(log)
    log.line_says(message(12))
    assert after_line(log) == ["3", "11", "12"]


def test_a_passed_line_moves_to_the_first_message_that_comes_while_nobody_looks(open_unread):
    log = open_unread(messages([1, 2]) + UNREAD + messages([3]), read=2)
    away(log)
    log.line_says(message(11, side=SIDE + 1))
    assert after_line(log) == ["11"]
    log.line_says(message(12))
    assert after_line(log) == ["11", "12"]
    back(log)
    log.line_says(message(13))
    assert after_line(log) == ["11", "12", "13"]
    away(log)
    log.line_says(message(14))
    assert after_line(log) == ["14"]


def test_where_everything_was_read_the_line_comes_with_what_nobody_saw(open_unread):
    log = open_unread(messages([1, 2]), read=2)
    log.line_says(message(11))
    assert after_line(log) == []
    log.page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', writable: true })"
    )
    log.line_says(message(12, sent="2026-03-05T12:00:00.000Z"))
    assert log.children()[-3:] == ["day", "new", "12"]


def test_the_line_comes_on_a_page_opened_in_the_background(open_unread):
    log = open_unread(messages([1, 2]), read=2, focus=False)
    log.line_says(message(11))
    assert after_line(log) == ["11"]


def test_a_line_that_is_not_passed_yet_stays(open_unread):
    log = open_unread(LONG, read=20)
    away(log)
    log.line_says(message(41))
    assert after_line(log)[0] == "21"


def test_who_has_read_everything_and_looks_further_up_finds_the_line_at_what_came_unseen(open_unread):
    log = open_unread(messages(range(1, 41)), read=40)
    scroll_to(log, 700)
    top = "element => element.getBoundingClientRect().top"
    before = log.page.locator('[data-order="20"]').evaluate(top)
    away(log)
    log.line_says(message(41))
    assert after_line(log) == ["41"]
    assert abs(log.page.locator('[data-order="20"]').evaluate(top) - before) <= 1


def test_own_and_deleted_messages_do_not_move_the_line(open_unread):
    log = open_unread(messages([1, 2]), read=2)
    away(log)
    log.line_says(message(11).replace('class="message"', 'class="message message--removed"'))
    assert after_line(log) == []
    log.line_says(message(12))
    assert after_line(log) == ["12"]
    log.line_says(message(13, side=SIDE))  # answered on another device
    assert after_line(log) == []


def test_no_message_that_came_unseen_lands_above_the_line(open_unread):
    log = open_unread(messages([1, 2]), read=2)
    away(log)
    log.line_says(message(12))
    log.line_says(message(11))
    assert after_line(log) == ["11", "12"]


def test_who_jumps_to_the_newest_page_finds_the_line_at_what_came_meanwhile(open_unread):
    log = open_unread(messages(range(1, 41)), read=40)
    log.newest_page(messages(range(60, 100)))
    assert after_line(log) == [str(order) for order in range(60, 100)]
    log.newest_page(messages(range(200, 237)) + message(237, side=SIDE) + messages([238, 239]))
    assert after_line(log) == ["238", "239"]
    log.newest_page(messages(range(300, 339)) + message(339, side=SIDE))
    assert after_line(log) == []


def test_two_people_with_the_window_of_one_behind_another(both):
    alice, bob = both
    hers: Page = alice
    expect_lines(hers)
    say(bob, "seen")
    expect(bodies(hers)).to_have_text(["seen"])
    hers.evaluate("document.hasFocus = () => false")
    say(bob, "unseen")
    expect(hers.locator("#messages > .unread + .message .message__body")).to_have_text("unseen")
    hers.evaluate("delete document.hasFocus; window.dispatchEvent(new Event('focus'))")
    say(hers, "an answer")
    expect(hers.locator("#messages > .unread")).to_have_count(0)
