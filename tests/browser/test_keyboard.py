"""Everything can be done without a mouse."""

from playwright.sync_api import Page, expect

from tests.people import PASSWORD


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str, most: int = 30) -> None:
    """Press Tab until this element has the focus, as somebody who cannot point would."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"Tab never reaches {selector}")


def test_signing_in_needs_only_keys(page_for, alice):
    page = page_for(None, "/login")
    expect(page.locator("[name=identity]")).to_be_focused()
    page.keyboard.type(alice.username)
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Chats")).to_be_visible()


def test_somebody_is_found_and_written_to(page_for, alice, bob):
    page = page_for(alice)
    press(page, "Control+k")
    page.keyboard.type("bob")
    expect(page.locator("#people .people__one")).to_have_count(1)
    press(page, "ArrowDown", "Enter")
    expect(page.get_by_role("heading", level=1, name="bob")).to_be_visible()
    tab_to(page, "#body")
    page.keyboard.type("first line")
    press(page, "Shift+Enter")
    page.keyboard.type("second line")
    press(page, "Enter")
    expect(page.locator("#messages .message[data-order] .message__body")).to_have_text(
        "first line\nsecond line"
    )
    expect(page.locator("#body")).to_be_focused()
    expect(page.locator("#body")).to_have_value("")


def test_a_slash_opens_the_search_but_not_inside_the_field(page_for, alice, chat):
    page = page_for(alice, f"/chats/{chat.topic}")
    page.locator("#body").focus()
    page.keyboard.type("and/or")
    expect(page.locator("#body")).to_have_value("and/or")
    page.locator("#body").evaluate("field => field.blur()")
    press(page, "/")
    expect(page.locator("#find")).to_be_focused()


def test_the_first_stop_skips_to_the_message_field(page_for, alice, chat):
    page = page_for(alice, f"/chats/{chat.topic}")
    press(page, "Tab")
    expect(page.get_by_role("link", name="Skip to the message field")).to_be_focused()


def test_signing_out_is_reached_by_tab(page_for, alice):
    page = page_for(alice)
    tab_to(page, "form[action='/logout'] button")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
