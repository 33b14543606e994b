"""Drafts on every device, what is unread outside the page, and the keys that lead from chat to chat."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.talking import bodies, expect_line, expect_lines, field, say

PAUSE = 3_000
BADGES = "navigator.setAppBadge = number => { window.badge = number; return Promise.resolve() }"


def row(page: Page, name: str):
    return page.locator("#rows .rows__item").filter(has_text=name)


@pytest.fixture
def inbox_for(page_for):
    """`inbox_for(alice)`: her list of chats on another device, connected."""

    def run(person):
        page = page_for(person, "/chats")
        expect(page.locator("#app")).to_have_attribute("data-line", "open")
        return page

    return run


def test_a_draft_shows_in_the_list_of_another_device_and_in_the_field_there(page_for, inbox_for, alice, path):
    here, there = page_for(alice, path), inbox_for(alice)
    expect_lines(here)
    field(here).fill("half a thought")
    expect(row(there, "bob").locator(".row__preview").first).to_have_text("Draft: half a thought")
    row(there, "bob").click()
    expect(field(there)).to_have_value("half a thought")
    say(here, "a whole one")
    expect(bodies(there)).to_have_text(["a whole one"])
    there.goto("/chats")
    expect(row(there, "bob").locator(".row__preview--draft")).to_have_count(0)


def test_the_newest_draft_wins(page_for, alice, path):
    here, there = page_for(alice, path), page_for(alice, path)
    for page, text in ((here, "the older"), (there, "the newer")):
        with page.expect_response(lambda answer: answer.url.endswith("/draft")):
            field(page).fill(text)
    here.reload()
    expect(field(here)).to_have_value("the newer")


def test_what_was_typed_without_a_network_reaches_the_server_later(page_for, alice, path):
    page_for.expect(r"WebSocket connection to .* failed", r"Failed to load resource", r"htmx:ws:error")
    page = page_for(alice, path)
    expect_lines(page)
    page.context.set_offline(True)
    field(page).fill("written in a tunnel")
    expect_line(page, "closed")
    with page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.status == 204):
        page.context.set_offline(False)


def test_the_title_and_the_icons_tell_what_is_unread(page_for, alice, bob_says):
    page = page_for(alice, None)
    page.add_init_script(BADGES)
    page.goto("/chats")
    expect(page.locator("#app")).to_have_attribute("data-line", "open")
    icon = page.locator("link[rel=icon]")
    expect(icon).not_to_have_attribute("href", re.compile("unread"))
    bob_says("one")
    bob_says("two")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    expect(icon).to_have_attribute("href", re.compile("unread"))
    assert page.evaluate("window.badge") == 2


def test_alt_and_the_arrows_lead_to_the_chats_above_and_below(page_for, alice, path):
    page = page_for(alice, "/chats")
    page.keyboard.press("Alt+ArrowDown")
    expect(page).to_have_url(re.compile(path))
    expect(field(page)).to_be_visible()
    field(page).focus()
    page.keyboard.press("Alt+ArrowDown")  # there is none below
    expect(page).to_have_url(re.compile(path))


def test_a_question_mark_shows_the_keys_unless_it_is_typed(page_for, alice, path):
    page = page_for(alice, path)
    keys = page.get_by_role("dialog", name="Keys")
    field(page).press("?")
    expect(keys).to_be_hidden()
    page.locator(".scroll").focus()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
