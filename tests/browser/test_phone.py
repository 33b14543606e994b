"""On a phone the list and the conversation are two screens."""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from chatweb.domain import chats
from tests.browser.talking import expect_lines
from tests.live.browser import Browser as Post

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
NARROW = {"viewport": {"width": 320, "height": 640}}


def sideways(page: Page) -> int:
    return page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_list_and_conversation_are_two_screens(page_for, alice, bob, chat, talk):
    talk(bob, "are you on the train?")
    page = page_for(alice, "/chats", **PHONE)
    page.get_by_role("link", name="bob").tap()
    expect(page.get_by_role("heading", level=1, name="bob")).to_be_visible()
    expect(page.locator("#rows")).to_be_hidden()
    page.get_by_role("link", name="Back to chats").tap()
    expect(page.locator("#rows")).to_be_visible()


def test_the_way_back_tells_what_is_unread_in_the_other_chats(
    page_for, alice, bob, carol, chat, talk, server, as_carol, stored
):
    other = stored(lambda session: chats.start(session, carol.id, alice.username))
    talk(bob, "read as soon as it is in view")
    page = page_for(alice, f"/chats/{chat.topic}", **PHONE)
    expect_lines(page)
    back = page.get_by_role("link", name="Back to chats")
    expect(back).to_have_accessible_name("Back to chats")
    expect(back.locator(".head__unread")).to_be_hidden()
    carol_says = partial(Post(server.url, as_carol).say, other)
    carol_says("one")
    carol_says("two")
    expect(back).to_have_accessible_name("Back to chats, 2 unread")
    expect(back.locator(".head__unread")).to_have_text("2")
    expect(back.locator(".head__unread")).to_be_in_viewport(ratio=1)
    page_for(alice, f"/chats/{other}")
    expect(back).to_have_accessible_name("Back to chats")


def test_the_button_sends_and_enter_makes_a_line(page_for, alice, chat):
    page = page_for(alice, f"/chats/{chat.topic}", **PHONE)
    field = page.locator("#body")
    field.tap()
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    expect(field).to_have_value("one\ntwo")
    page.get_by_role("button", name="Send message").tap()
    expect(page.locator("#messages .message[data-order] .message__body")).to_have_text("one\ntwo")


def test_the_composer_is_always_in_view(page_for, alice, bob, chat, talk):
    talk(alice, *(f"line {number}" for number in range(60)))
    page = page_for(alice, f"/chats/{chat.topic}", **PHONE)
    expect(page.locator("#body")).to_be_in_viewport()
    expect(page.locator(".message").last).to_be_in_viewport()
    assert page.locator("#body").evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16
    viewport = page.locator("meta[name=viewport]").get_attribute("content")
    assert "interactive-widget=resizes-content" in viewport
    assert "user-scalable" not in viewport


@pytest.mark.parametrize("path", ["/login", "/register", "/forgotten", "/chats", "chat", "/settings/account"])
def test_nothing_scrolls_sideways_at_320_pixels(page_for, alice, bob, chat, talk, path):
    talk(bob, "a" * 400, "https://example.org/" + "b" * 300)
    person = None if path in ("/login", "/register", "/forgotten") else alice
    page = page_for(person, f"/chats/{chat.topic}" if path == "chat" else path, **NARROW)
    assert sideways(page) == 0
