"""The rules by which lines of the inbox find their place."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.logs import stop_clock, swap
from tests.browser.pieces import FRESH, page, row


def topics(tab: Page) -> list[str]:
    return tab.locator("#rows").evaluate("rows => [...rows.children].map(row => row.id.replace('chat-', ''))")


def test_a_row_moves_to_where_its_newest_message_puts_it(inbox):
    tab = inbox(row("a", 30) + row("b", 20) + row("c", 10))
    swap(tab, row("c", 40, 2))
    swap(tab, row("d", 25))
    assert topics(tab) == ["c", "a", "d", "b"]


def test_rows_of_the_same_moment_are_ordered_by_name(inbox):
    tab = inbox(row("b", 10))
    swap(tab, row("c", 10) + row("a", 10))
    assert topics(tab) == ["a", "b", "c"]


def test_a_row_of_a_lower_revision_is_ignored_and_one_of_the_same_is_taken(inbox):
    tab = inbox(row("a", 30, 5, text="now"))
    swap(tab, row("a", 20, 4, text="before"))
    expect(tab.locator(".row__preview")).to_have_text("now")
    swap(tab, row("a", 30, 5, text="read"))
    expect(tab.locator(".row__preview")).to_have_text("read")


def test_focus_and_the_open_chat_stay_when_a_row_moves(inbox):
    tab = inbox(row("a", 30) + row("b", 20).replace('class="row"', 'class="row" aria-current="page"'))
    tab.locator("#chat-b a").focus()
    swap(tab, row("b", 40, 2))
    assert topics(tab) == ["b", "a"]
    expect(tab.locator("#chat-b a")).to_be_focused()
    expect(tab.locator("#chat-b a")).to_have_attribute("aria-current", "page")


def test_fresh_rows_take_away_what_is_newer_and_not_among_them(inbox):
    tab = inbox(row("a", 40) + row("b", 30) + row("c", 20) + row("d", 10))
    swap(tab, FRESH + row("b", 30) + row("c", 20))
    assert topics(tab) == ["b", "c", "d"]


def test_the_title_counts_what_is_unread(inbox):
    tab = inbox(row("a", 40, unread=2) + row("b", 30, unread=1))
    expect(tab).to_have_title("(3) Bob")
    swap(tab, row("a", 40, 2, unread=0))
    expect(tab).to_have_title("(1) Bob")
    swap(tab, row("b", 40, 2, unread=0))
    expect(tab).to_have_title("Bob")


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("2026-03-04T13:00:00Z", "12:00"),
        ("2026-03-05T13:00:00Z", "Yesterday"),
        ("2026-03-10T13:00:00Z", "Wednesday"),
        ("2026-03-11T13:00:00Z", "4 Mar"),
        ("2027-03-11T13:00:00Z", "4 Mar 2026"),
    ],
)
def test_the_time_of_a_row_is_as_exact_as_it_need_be(stage, on_stage, now, text):
    stage.page = page("", rows=row("a", 1))
    tab = on_stage(None, None, timezone_id="UTC", locale="en-GB")
    stop_clock(tab, now)
    tab.goto("/")
    expect(tab.locator(".row__time")).to_have_text(text)
