"""Local times, day lines and gaps."""

import pytest
from playwright.sync_api import expect

from tests.browser.logs import Log, stop_clock
from tests.browser.pieces import message, page

NOON = "2026-03-04T12:00:00.000Z"


def days(log: Log) -> list[str]:
    return log.page.locator(".day").all_inner_texts()


def at(*times: str) -> str:
    return "".join(message(order, sent=f"2026-03-{time}Z") for order, time in enumerate(times, 1))


@pytest.mark.parametrize(
    ("zone", "clock", "lines"),
    [
        ("Pacific/Pago_Pago", ["22:00", "22:30", "02:00"], ["Monday, March 2", "Tuesday, March 3"]),
        ("Asia/Kathmandu", ["14:45", "15:15", "18:45"], ["Tuesday, March 3"]),
        ("Pacific/Kiritimati", ["23:00", "23:30", "03:00"], ["Tuesday, March 3", "Wednesday, March 4"]),
        ("UTC", ["09:00", "09:30", "13:00"], ["Tuesday, March 3"]),
    ],
)
def test_times_and_days_are_those_of_the_viewer(open_log, zone, clock, lines):
    log = open_log(
        at("03T09:00:00.000", "03T09:30:00.000", "03T13:00:00.000"),
        browser_options={"timezone_id": zone, "locale": "en-US-u-hc-h23"},
    )
    assert days(log) == lines
    assert [text[:5] for text in log.page.locator(".message__time").all_inner_texts()] == clock


def test_a_day_line_stands_between_two_days_and_before_the_new_line(open_log):
    log = open_log(
        at("03T22:00:00.000") + '<p class="unread">New</p>' + message(2, sent="2026-03-04T02:00:00.000Z"),
        browser_options={"timezone_id": "UTC"},
    )
    assert log.children() == ["day", "1", "day", "new", "2"]


def test_day_lines_follow_what_comes_between(open_log):
    log = open_log(
        message(1, sent="2026-03-01T12:00:00.000Z"), position=1, browser_options={"timezone_id": "UTC"}
    )
    log.line_says(message(3, 2, sent="2026-03-03T12:00:00.000Z"))
    log.line_says(message(2, 3, sent="2026-03-02T12:00:00.000Z"))
    log.line_says(message(4, 4, sent="2026-03-03T13:00:00.000Z"))
    assert log.children() == ["day", "1", "day", "2", "day", "3", "4"]


def test_today_and_yesterday_roll_over_at_midnight(open_log, stage, on_stage):
    stage.page = page(at("03T12:00:00.000", "04T12:00:00.000"))
    tab = on_stage(None, None, timezone_id="Europe/Berlin", locale="en-GB")
    stop_clock(tab, "2026-03-04T22:59:00Z")
    tab.goto("/")
    log = Log(tab)
    assert days(log) == ["Yesterday", "Today"]
    tab.clock.run_for(61_000)
    assert days(log) == ["Tuesday 3 March", "Yesterday"]


def test_days_are_told_in_the_viewers_language(open_log, stage, on_stage):
    stage.page = page(at("03T12:00:00.000", "04T12:00:00.000"))
    tab = on_stage(None, None, timezone_id="Europe/Berlin", locale="de-DE")
    stop_clock(tab, "2026-03-04T13:00:00Z")
    tab.goto("/")
    assert days(Log(tab)) == ["Gestern", "Heute"]


def test_twelve_hours_where_people_count_so(open_log):
    log = open_log(message(1, sent=NOON), browser_options={"timezone_id": "UTC", "locale": "en-US"})
    time = log.page.locator(".message__time")
    expect(time).to_have_text("12:00 PM")
    expect(time).to_have_attribute("title", "Wednesday, March 4, 2026 at 12:00:00 PM")
    expect(time).to_have_attribute("datetime", NOON)


def test_a_day_of_23_hours_is_one_day(open_log, stage, on_stage):
    stage.page = page(at("28T22:59:00.000", "28T23:01:00.000", "29T22:01:00.000"))
    tab = on_stage(None, None, timezone_id="Europe/Berlin", locale="en-GB")
    stop_clock(tab, "2026-03-30T10:00:00Z")
    tab.goto("/")
    assert days(Log(tab)) == ["Saturday 28 March", "Yesterday", "Today"]


@pytest.mark.parametrize(("minutes", "gap"), [(4, False), (5, True)])
def test_five_minutes_end_a_run(open_log, minutes, gap):
    log = open_log(at("04T12:00:00.000", f"04T12:{minutes:02}:00.000"))
    assert (log.page.locator('[data-order="2"]').get_attribute("data-gap") is not None) == gap


def test_runs_stay_right_when_something_comes_between(open_log):
    log = open_log(at("04T12:00:00.000", "04T12:00:10.000"), position=2)
    second = log.page.locator("#message-k2")
    log.line_says(message(9, 3, key="k1", sent="2026-03-04T12:08:00.000Z"))
    assert second.get_attribute("data-gap") is None
    assert log.page.locator("#message-k1").get_attribute("data-gap") is not None
