"""Pinning, archiving and muting a conversation from its menu, as every page of the person shows it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.talking import expect_lines, preview


@pytest.fixture
def page(page_for, alice, path) -> Page:
    """Alice's page of her conversation with bob, connected."""
    page = page_for(alice, path)
    expect_lines(page)
    return page


def choose(page: Page, name: str) -> None:
    page.get_by_role("button", name="Chat options").click()
    page.get_by_role("menuitem", name=name, exact=True).click()


def offered(page: Page) -> list[str]:
    page.get_by_role("button", name="Chat options").click()
    names = [name.strip() for name in page.get_by_role("menuitem").all_inner_texts()]
    page.keyboard.press("Escape")
    return names


def test_an_archived_chat_leaves_the_list_and_undo_brings_it_back(page, path):
    row = page.locator("#rows .rows__item")
    choose(page, "Archive")
    expect(row).to_have_count(0)
    assert "Take out of the archive" in offered(page)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)
    assert "Archive" in offered(page)


def test_an_archived_chat_comes_back_with_the_next_message(page, bob_says):
    choose(page, "Archive")
    expect(page.locator("#rows .rows__item")).to_have_count(0)
    bob_says("are you there?")
    expect(preview(page)).to_have_text("are you there?")


def test_a_muted_chat_counts_in_the_list_but_not_in_the_title(page_for, alice, page, path, bob_says):
    inbox = page_for(alice, "/chats")
    expect(inbox.locator("#app")).to_have_attribute("data-line", "open")
    choose(page, "Mute for 8 hours")
    expect(inbox.locator(".rows__item[data-muted]")).to_have_count(1)
    page.goto("/settings")  # or it would read what comes
    bob_says("psst")
    expect(inbox.locator(".badge--muted")).to_contain_text("1")
    expect(inbox).to_have_title(re.compile("^Chats"))
    page.goto(path)
    expect_lines(page)
    choose(page, "Unmute")
    expect(inbox.locator(".rows__item[data-muted]")).to_have_count(0)


def test_what_the_menu_offers_follows_what_another_device_does(page, page_for, alice, path):
    other = page_for(alice, path)
    expect_lines(other)
    choose(other, "Pin")
    expect(page.locator("#rows .rows__item[data-pinned]")).to_have_count(1)
    assert "Unpin" in offered(page)


def test_without_a_script_the_menu_does_the_same(page_for, alice, path):
    page = page_for(alice, path, java_script_enabled=False)
    choose(page, "Pin")
    expect(page.locator("#rows .rows__item[data-pinned]")).to_have_count(1)
    assert "Unpin" in offered(page)
