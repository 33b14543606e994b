"""A page is a page: everything that matters works with scripts switched off."""

import pytest
from playwright.sync_api import Page, expect

from tests.people import PASSWORD, add_person


@pytest.fixture
def plain(page_for):
    """`plain(alice)` is her browser without JavaScript."""
    return lambda person, path="/chats": page_for(person, path, java_script_enabled=False)


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message to").fill(text)
    page.get_by_role("button", name="Send message").click()


def test_two_people_find_each_other_and_talk(plain, alice, bob):
    page = plain(alice)
    page.get_by_role("searchbox").fill("bo")
    page.get_by_role("searchbox").press("Enter")
    page.locator("#people").get_by_role("button", name="bob").click()
    write(page, "hello bob")
    expect(page.locator(".message__body")).to_have_text(["hello bob"])
    other = plain(bob)
    expect(other.locator(".badge")).to_contain_text("1")
    other.get_by_role("link", name="alice").click()
    expect(other.locator(".message__body")).to_have_text(["hello bob"])
    write(other, "hello alice")
    page.reload()
    expect(page.locator(".message__body")).to_have_text(["hello bob", "hello alice"])


def test_an_account_is_made_and_left_again(plain):
    page = plain(None, "/register")
    page.get_by_label("Username").fill("dora")
    page.get_by_label("E-mail").fill("dora@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create an account").click()
    expect(page.get_by_role("heading", name="Chats")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_refused_text_stays_in_the_field(plain, alice, chat, page_for):
    page_for.expect(r"status of 422")
    page = plain(alice, f"/chats/{chat.topic}")
    write(page, "x" * 10_001)
    expect(page.locator("#composer-problem")).to_contain_text("10,000")
    expect(page.get_by_role("textbox", name="Message to")).to_have_value("x" * 10_001)


def test_an_unknown_name_is_told_and_kept(plain, alice, app):
    add_person(app, "barbara")
    page = plain(alice, "/chats?q=zz")
    expect(page.locator("#people")).to_contain_text("Nobody")


def test_history_is_read_page_by_page(plain, alice, bob, chat, talk):
    talk(alice, *(f"line {number}" for number in range(95)))
    page = plain(alice, f"/chats/{chat.topic}")
    expect(page.locator(".message")).to_have_count(40)
    page.get_by_role("link", name="Older messages").click()
    expect(page.locator(".message__body").first).to_have_text("line 15")
    page.get_by_role("link", name="Older messages").click()
    expect(page.locator(".message__body").first).to_have_text("line 0")
    expect(page.get_by_role("link", name="Older messages")).to_have_count(0)
    page.get_by_role("link", name="Newest messages").click()
    expect(page.locator(".message__body").last).to_have_text("line 94")
