"""Jumping to a date, which begins at midnight of one's own clock."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from chatweb.models import Message
from tests.browser.barriers import barriers
from tests.browser.talking import expect_lines

# When it is midnight between the 3rd and the 4th of March, on three clocks.
MIDNIGHTS = {
    "Pacific/Kiritimati": datetime(2026, 3, 3, 10, tzinfo=UTC),
    "UTC": datetime(2026, 3, 4, tzinfo=UTC),
    "Pacific/Pago_Pago": datetime(2026, 3, 4, 11, tzinfo=UTC),
}


@pytest.fixture
def sent_at(stored):
    def date(said, moment):
        work = update(Message).where(Message.id == said.id).values(inserted_at=moment)
        stored(lambda session: session.execute(work))

    return date


@pytest.fixture
def history(talk, bob, sent_at):
    """Ninety messages: forty of long ago, one at each midnight, and many of today."""
    old = talk(bob, *[f"old {number}" for number in range(40)])
    for one in old:
        sent_at(one, datetime(2025, 1, 1, tzinfo=UTC))
    for one, moment in zip(talk(bob, *MIDNIGHTS), MIDNIGHTS.values(), strict=True):
        sent_at(one, moment)
    talk(bob, *[f"new {number}" for number in range(47)])


def jump(page: Page, day: str) -> None:
    page.get_by_role("button", name="Chat options").click()
    page.get_by_role("menuitem", name="Jump to date…").click()
    dialog = page.get_by_role("dialog", name="Jump to date")
    dialog.get_by_label("Date").fill(day)
    dialog.get_by_role("button", name="Jump").click()


@pytest.mark.parametrize("zone", MIDNIGHTS)
def test_it_leads_to_the_first_message_since_the_midnight_of_ones_own_clock(
    page_for, alice, path, history, zone
):
    page = page_for(alice, path, timezone_id=zone)
    expect_lines(page)
    page.locator("#body").fill("half a thought")
    jump(page, "2026-03-04")
    target = page.locator("#messages .message:target")
    expect(target.locator(".message__body")).to_have_text(zone)
    expect(target).to_be_in_viewport()
    expect(page.locator("#body")).to_have_value("half a thought")
    page.get_by_role("button", name="Jump to latest").click()
    expect(page.locator(".message__body").last).to_have_text("new 46")


def test_without_a_script_the_day_is_that_of_utc(page_for, alice, path, history):
    page = page_for(alice, path, java_script_enabled=False, timezone_id="Pacific/Kiritimati")
    jump(page, "2026-03-04")
    expect(page.locator("#messages .message:target .message__body")).to_have_text("UTC")


def test_where_nothing_is_later_it_says_so_for_a_while(page_for, talk, alice, bob, path, sent_at):
    sent_at(talk(bob, "long ago")[0], datetime(2025, 1, 1, tzinfo=UTC))
    page = page_for(alice, path)
    jump(page, "2025-02-01")
    notice = page.get_by_text("Nothing was said on that day or later.")
    expect(notice).to_be_visible()
    expect(notice).to_be_hidden(timeout=10_000)


def test_tomorrow_cannot_be_chosen(page_for, alice, path):
    page = page_for(alice, path)
    expect_lines(page)
    jump(page, "2999-01-01")
    expect(page.get_by_role("dialog", name="Jump to date")).to_be_visible()
    assert page.get_by_label("Date", exact=True).evaluate("field => field.validity.rangeOverflow")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Chat options")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dialog_has_no_barrier(page_for, alice, path, theme):
    page = page_for(alice, path, color_scheme=theme, reduced_motion="reduce")
    expect_lines(page)
    page.get_by_role("button", name="Chat options").click()
    page.get_by_role("menuitem", name="Jump to date…").click()
    expect(page.get_by_label("Date", exact=True)).to_be_focused()
    assert not barriers(page)
