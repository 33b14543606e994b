"""How long to wait before trying again, and what a heartbeat starts."""

from playwright.sync_api import expect

from tests.browser.pieces import messages, up_to
from tests.browser.stage import Answer

DELAYS = """async attempt => {
    const { delayBefore } = await import("/static/js/retry.js");
    return Array.from({ length: 1000 }, () => delayBefore(attempt, 2000)) }"""


def test_a_thousand_pages_spread_their_first_try_over_two_seconds(open_log):
    delays = open_log("").page.evaluate(DELAYS, 0)
    assert min(delays) >= 0
    assert max(delays) <= 2_000
    for quarter in range(4):
        assert 180 < sum(quarter * 500 <= delay < (quarter + 1) * 500 for delay in delays) < 320


def test_the_wait_doubles_up_to_30_seconds_and_is_any_part_of_it(open_log):
    page = open_log("").page
    for attempt, most in ((1, 4_000), (2, 8_000), (3, 16_000), (4, 30_000), (60, 30_000)):
        delays = page.evaluate(DELAYS, attempt)
        assert most * 0.9 < max(delays) <= most
        assert min(delays) < most * 0.1


def test_a_heartbeat_ahead_of_the_position_asks_for_what_is_missing(open_log, stage):
    stage.answer("/chats/T/messages?after=1", Answer(messages([2, 3]) + up_to(3)))
    log = open_log(messages([1]), position=1)
    log.element.evaluate("async log => (await import('/static/js/position.js')).expect(log, 3)")
    expect(log.element).to_have_attribute("data-position", "3")
    assert log.orders() == ["1", "2", "3"]
