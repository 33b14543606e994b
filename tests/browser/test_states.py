"""What opens over a conversation has no barrier either."""

from playwright.sync_api import Locator, expect

from tests.browser.barriers import barriers_in_every_look
from tests.browser.talking import expect_line, expect_lines, say


def test_menu_dialog_and_toast_have_no_barrier(page_for, alice, chat, talk):
    talk(alice, "first words")
    page = page_for(alice, f"/chats/{chat.topic}", reduced_motion="reduce")
    expect_line(page)
    words, menu = page.locator("#messages .message"), page.get_by_role("menu")
    words.focus()
    page.keyboard.press("e")
    assert not barriers_in_every_look(page)
    say(page, "second words")
    expect(page.locator(".message__edited")).to_be_visible()
    words.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    assert not barriers_in_every_look(page)
    menu.get_by_role("menuitem", name="Earlier versions").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not barriers_in_every_look(page)
    page.keyboard.press("Escape")
    words.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert not barriers_in_every_look(page)


def drawn(element: Locator, name: str, part: str = "") -> str:
    return element.evaluate("(element, [name, part]) => getComputedStyle(element, part)[name]", [name, part])


def test_with_forced_colours_lines_tell_what_colours_told(page_for, alice, bob, path, talk):
    talk(bob, "his")
    talk(alice, "hers")
    expect_lines(page_for(bob, path))
    page = page_for(alice, path, forced_colors="active")
    expect_lines(page)
    his, hers = page.locator("#messages .message__bubble").all()
    assert {drawn(his, "borderLeftStyle"), drawn(hers, "borderLeftStyle")} == {"solid"}
    assert drawn(hers, "borderLeftWidth") != drawn(his, "borderLeftWidth")
    row = page.locator("#rows .row[aria-current]")
    assert drawn(row, "outlineStyle") == "solid"
    expect(page.locator("#rows [data-presence='online']")).to_be_visible()
    dot = row.locator(".avatar")
    assert drawn(dot, "backgroundColor", "::after") != drawn(page.locator("body"), "backgroundColor")
    for button in page.locator("button:visible").all():
        assert drawn(button, "borderTopStyle") == "solid", button.get_attribute("aria-label")
    page.locator("#messages .message").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    assert drawn(page.get_by_role("menu"), "borderTopStyle") == "solid"
    assert drawn(page.get_by_role("menuitem").first, "outlineStyle") == "solid"
