"""What opens over a conversation has no barrier either."""

import pytest
from playwright.sync_api import expect

from tests.browser.barriers import barriers
from tests.browser.talking import expect_line, say


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_menu_dialog_and_toast_have_no_barrier(page_for, alice, chat, talk, theme, width):
    talk(alice, "first words")
    viewport = {"width": width, "height": 800}
    page = page_for(
        alice, f"/chats/{chat.topic}", viewport=viewport, color_scheme=theme, reduced_motion="reduce"
    )
    expect_line(page)
    words, menu = page.locator("#messages .message"), page.get_by_role("menu")
    words.focus()
    page.keyboard.press("e")
    assert not barriers(page)
    say(page, "second words")
    expect(page.locator(".message__edited")).to_be_visible()
    words.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    assert not barriers(page)
    menu.get_by_role("menuitem", name="Earlier versions").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not barriers(page)
    page.keyboard.press("Escape")
    words.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert not barriers(page)
