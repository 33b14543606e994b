"""Links in messages: they open apart, are reached by Tab, and stay text to copy and edit."""

import pytest
from playwright.sync_api import expect

from tests.browser.barriers import barriers
from tests.browser.talking import bodies, expect_line, field, preview, say

TEXT = "look: https://example.org/a?b=1&c=2, or write to alice@example.org!"


def links(page):
    return page.locator("#messages .message__body .link")


def test_a_link_opens_in_a_tab_of_its_own_which_learns_nothing_of_the_chat(both, server):
    alice, bob = both
    say(alice, f"{server.url}/settings")
    with bob.context.expect_page() as opened:
        links(bob).click()
    other = opened.value
    expect(other).to_have_url(f"{server.url}/settings")
    assert other.evaluate("[document.referrer, window.opener]") == ["", None]
    expect(bodies(bob)).to_have_count(1)


def test_what_was_sent_is_the_same_link_for_both_and_can_be_edited_as_text(both):
    alice, _ = both
    say(alice, TEXT)
    for page in both:
        expect(links(page)).to_have_text(["https://example.org/a?b=1&c=2", "alice@example.org"])
        expect(bodies(page)).to_have_text([TEXT])
    field(alice).press("ArrowUp")
    expect(field(alice)).to_have_value(TEXT)
    say(alice, "rather https://example.org/z")
    for page in both:
        expect(links(page)).to_have_text(["https://example.org/z"])
        expect(links(page)).to_have_attribute("href", "https://example.org/z")
    expect(preview(alice)).to_have_text("You: rather https://example.org/z")


def test_the_text_of_a_message_with_links_is_copied_whole(page_for, talk, alice, bob, path):
    talk(bob, TEXT)
    page = page_for(alice, path, permissions=["clipboard-read", "clipboard-write"])
    expect_line(page)
    page.locator("#messages .message").focus()
    page.keyboard.press("c")
    expect(page.get_by_role("status").filter(has_text="Text copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == TEXT


def test_tab_leads_from_a_message_to_its_links_and_from_there_to_the_field(page_for, talk, alice, bob, path):
    talk(bob, "https://example.org/1", TEXT, "https://example.org/2")
    page = page_for(alice, path)
    expect_line(page)
    field(page).focus()
    page.keyboard.press("Shift+Tab")
    messages = page.locator("#messages .message")
    expect(messages.nth(2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(messages.nth(1)).to_be_focused()
    for place in (1, 2):
        page.keyboard.press("Tab")
        expect(links(page).nth(place)).to_be_focused()
    page.keyboard.press("Tab")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(messages.nth(1)).to_be_focused()


def test_a_link_that_comes_while_one_is_focused_moves_nothing(both):
    alice, bob = both
    say(bob, "https://example.org/1")
    links(alice).focus()
    say(bob, "https://example.org/2")
    expect(links(alice)).to_have_count(2)
    expect(links(alice).first).to_be_focused()
    alice.keyboard.press("Tab")
    expect(field(alice)).to_be_focused()


def test_without_a_script_every_link_is_a_stop(page_for, talk, alice, bob, path):
    talk(bob, "https://example.org/1", "https://example.org/2")
    page = page_for(alice, path, java_script_enabled=False)
    links(page).first.focus()
    page.keyboard.press("Tab")
    expect(links(page).last).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_links_can_be_told_from_text_on_both_sides(page_for, talk, alice, bob, path, theme):
    talk(bob, TEXT)
    talk(alice, TEXT)
    page = page_for(alice, path, color_scheme=theme, reduced_motion="reduce")
    expect_line(page)
    assert not barriers(page)
    for place in range(4):
        expect(links(page).nth(place)).to_have_css("text-decoration-line", "underline")
