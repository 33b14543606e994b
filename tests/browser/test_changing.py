"""Editing, taking back and bringing back a message, with the mouse, with keys and on a phone."""

import re
from contextlib import suppress

from playwright.sync_api import Error, Locator, Page, expect

from tests.browser.talking import bodies, expect_line, field, preview, say
from tests.servers import wait_until


def message(page: Page, text: str) -> Locator:
    return page.locator("#messages .message[data-order]").filter(has_text=text)


def menu(page: Page) -> Locator:
    return page.get_by_role("menu", name="Message actions")


def open_menu(page: Page, text: str) -> None:
    """Point at a message, and again should a receipt that comes just now have pushed it away."""

    def is_open() -> bool:
        message(page, text).hover()
        with suppress(Error):
            page.get_by_role("button", name="More actions").click(timeout=1_000)
        return menu(page).is_visible()

    wait_until(is_open, 10, "the menu")


def choose(page: Page, text: str, item: str) -> None:
    open_menu(page, text)
    menu(page).get_by_role("menuitem", name=item).click()


def test_an_edit_with_the_arrow_key_is_seen_by_both(both):
    alice, bob = both
    say(alice, "good mornign")
    expect(bodies(bob)).to_have_text(["good mornign"])
    field(alice).press("ArrowUp")
    expect(field(alice)).to_have_value("good mornign")
    say(alice, "good morning")
    for page in both:
        expect(bodies(page)).to_have_text(["good morning"])
        expect(page.locator(".message__edited")).to_have_text("edited")
    expect(field(alice)).to_be_focused()
    expect(field(alice)).to_have_value("")


def test_what_was_being_written_is_there_again_after_an_edit(both):
    alice, _ = both
    say(alice, "first")
    expect(bodies(alice)).to_have_text(["first"])
    field(alice).fill("half a thought")
    choose(alice, "first", "Edit")
    expect(field(alice)).to_have_value("first")
    alice.keyboard.press("Escape")
    expect(field(alice)).to_have_value("half a thought")
    alice.reload()
    expect(field(alice)).to_have_value("half a thought")


def test_an_edit_that_the_server_refuses_stays_in_the_field(both, page_for):
    page_for.expect("status of 409")
    alice, _ = both
    say(alice, "first")
    expect(bodies(alice)).to_have_text(["first"])
    field(alice).press("ArrowUp")
    field(alice).fill("better words")
    other = alice.context.new_page()
    other.goto(alice.url)
    expect_line(other)
    choose(other, "first", "Delete for both")
    expect(alice.get_by_role("alert").filter(has_text="deleted")).to_be_visible()
    field(alice).press("Enter")
    expect(alice.get_by_role("alert").filter(has_text="deleted meanwhile")).to_be_visible()
    expect(field(alice)).to_have_value("better words")


def test_earlier_versions_are_shown_to_both(both):
    alice, bob = both
    say(alice, "first words")
    expect(bodies(bob)).to_have_text(["first words"])
    field(alice).press("ArrowUp")
    say(alice, "second words")
    for page in both:
        page.get_by_role("button", name="Edited, show earlier versions").click()
        dialog = page.get_by_role("dialog", name="Earlier versions")
        expect(dialog.locator(".versions__body")).to_have_text(["first words"])
        expect(dialog.locator("time")).not_to_contain_text("UTC")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


def test_a_deleted_message_is_gone_from_both_and_can_be_brought_back(both):
    alice, bob = both
    say(alice, "oh no")
    expect(bodies(bob)).to_have_text(["oh no"])
    choose(alice, "oh no", "Delete for both")
    for page in both:
        expect(bodies(page)).to_have_text(["Message deleted"])
        expect(preview(page)).to_have_text("Message deleted")
    alice.get_by_role("button", name="Undo").click()
    for page in both:
        expect(bodies(page)).to_have_text(["oh no"])
        expect(preview(page)).to_have_text(re.compile("oh no$"))


def test_a_deleted_message_is_no_longer_unread(page_for, alice, bob, path, talk):
    talk(alice, "one", "two")
    inbox, page = page_for(bob, "/chats"), page_for(alice, path)
    expect(inbox.locator(".badge")).to_have_text("2 unread")
    expect_line(page)
    choose(page, "one", "Delete for both")
    expect(inbox.locator(".badge")).to_have_text("1 unread")
    choose(page, "two", "Delete for both")
    expect(inbox.locator(".badge")).to_have_count(0)


def test_the_menu_of_somebody_elses_message_offers_no_change(both):
    alice, bob = both
    say(alice, "mine")
    open_menu(bob, "mine")
    expect(menu(bob).get_by_role("menuitem", name="Copy text")).to_be_visible()
    for item in ("Edit", "Delete for both", "Earlier versions"):
        expect(menu(bob).get_by_role("menuitem", name=item)).to_have_count(0)
    bob.keyboard.press("Escape")
    message(bob, "mine").focus()
    bob.keyboard.press("Delete")
    bob.keyboard.press("e")
    expect(field(bob)).to_have_value("")
    expect(bodies(alice)).to_have_text(["mine"])


def test_everything_goes_by_keyboard_and_the_focus_comes_back(both):
    alice, bob = both
    for text in ("one", "two", "three"):
        say(alice, text)
    expect(bodies(bob)).to_have_text(["one", "two", "three"])
    expect(bodies(alice)).to_have_text(["one", "two", "three"])
    field(alice).press("Shift+Tab")
    expect(message(alice, "three")).to_be_focused()
    alice.keyboard.press("ArrowUp")
    expect(message(alice, "two")).to_be_focused()
    alice.keyboard.press("Enter")
    expect(menu(alice).get_by_role("menuitem", name="Edit")).to_be_focused()
    alice.keyboard.press("Escape")
    expect(message(alice, "two")).to_be_focused()
    alice.keyboard.press("Home")
    expect(message(alice, "one")).to_be_focused()
    alice.keyboard.press("Delete")
    expect(bodies(bob)).to_have_text(["Message deleted", "two", "three"])
    alice.keyboard.press("End")
    alice.keyboard.press("e")
    expect(field(alice)).to_have_value("three")
    expect(field(alice)).to_be_focused()
    alice.keyboard.press("Escape")
    field(alice).press("Shift+Tab")
    alice.keyboard.press("Tab")
    expect(field(alice)).to_be_focused()


def test_an_open_menu_stays_open_while_messages_come(both):
    alice, bob = both
    say(alice, "mine")
    message(alice, "mine").focus()
    alice.keyboard.press("Enter")
    for number in range(5):
        say(bob, f"more {number}")
    expect(bodies(alice)).to_have_count(6)
    expect(menu(alice)).to_be_visible()
    expect(menu(alice).get_by_role("menuitem", name="Edit")).to_be_focused()


def test_unread_from_here_leads_to_the_inbox_where_it_counts(both, path):
    alice, bob = both
    for text in ("one", "two", "three"):
        say(alice, text)
    expect(bodies(bob)).to_have_text(["one", "two", "three"])
    expect(bob.locator(".badge")).to_have_count(0)
    choose(bob, "two", "Mark unread from here")
    expect(bob).to_have_url(re.compile("/chats$"))
    expect(bob.locator(".badge")).to_have_text("2 unread")
    bob.goto(path)
    expect(bob.locator("#messages > .unread + .message")).to_contain_text("two")


def test_a_link_to_a_message_opens_it_with_what_is_around_it(page_for, talk, alice, bob, chat, path):
    said = talk(bob, *[f"message {number}" for number in range(200)])
    page = page_for(alice, f"{path}/@{said[60].id}")
    target = page.locator(f"#message-{said[60].key}")
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text("message 60")
    assert bodies(page).count() >= 80
    page.get_by_role("button", name="Jump to latest").click()
    expect(bodies(page).last).to_have_text("message 199")
    expect(bodies(page).last).to_be_in_viewport()


def test_a_long_press_opens_the_menu_on_a_phone(page_for, talk, alice, bob, path):
    talk(bob, "press me")
    page = page_for(alice, path, has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800})
    expect_line(page)
    message(page, "press me").dispatch_event("pointerdown", {"pointerType": "touch"})
    expect(menu(page)).to_be_visible()


def test_a_conversation_opens_at_the_first_unread_message(page_for, talk, alice, bob, path):
    talk(bob, *[f"message {number}" for number in range(120)])
    page = page_for(alice, path)
    expect(page.locator("#messages > .unread")).to_be_in_viewport()
    expect(page.locator("#messages > .unread + .message")).to_contain_text("message 0")
    page.get_by_role("button", name="Jump to latest").click()
    expect(bodies(page).last).to_have_text("message 119")
