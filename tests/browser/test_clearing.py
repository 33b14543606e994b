"""Clearing a conversation for oneself: in every page of this person, and in none of the other's."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers_in_every_look
from tests.browser.pieces import message, messages, row, up_to
from tests.browser.stage import Answer
from tests.browser.talking import AWAY, bodies, expect_lines, field, preview, say

TEXTS = ["one", "two", "three"]
# More than fits into view: nothing more is loaded.
LONG = range(1, 61)


def options(page: Page) -> None:
    page.get_by_role("button", name="Chat options").click()


def clear(page: Page) -> None:
    options(page)
    page.get_by_role("menuitem", name="Clear chat…").click()
    page.get_by_role("dialog", name="Clear this chat?").get_by_role("button", name="Clear chat").click()


def choose_by_key(page: Page) -> None:
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Clear chat…")).to_be_focused()
    page.keyboard.press("Enter")


@pytest.fixture
def pages(page_for, talk, alice, bob, path):
    """Two pages of alice in two browsers, and one of bob's."""
    talk(bob, *TEXTS)
    pages = [page_for(person, path) for person in (alice, alice, bob)]
    for page in pages:
        expect_lines(page)
        expect(bodies(page)).to_have_text(TEXTS)
    return pages


def test_it_is_cleared_in_every_page_of_this_person_only(pages):
    here, there, bobs = pages
    field(there).fill("half a thought")
    clear(here)
    expect(here.get_by_role("status").filter(has_text="Chat cleared")).to_be_visible()
    for page in (here, there):
        expect(page.locator("#messages")).to_be_empty()
        expect(preview(page)).to_have_text("No messages yet")
        expect(page.get_by_text("This is the beginning of your chat.")).to_be_visible()
    expect(field(there)).to_have_value("half a thought")
    expect(field(there)).to_be_focused()
    expect(bodies(bobs)).to_have_text(TEXTS)
    say(bobs, "four")
    for page in (here, there):
        expect(bodies(page)).to_have_text(["four"])


def test_a_page_that_was_away_is_cleared_when_it_comes_back(pages, page_for):
    page_for.expect(*AWAY)
    here, there, bobs = pages
    there.context.set_offline(True)
    expect(there.locator("#messages")).not_to_have_attribute("data-line", "open")
    clear(here)
    expect(bodies(here)).to_have_count(0)
    say(bobs, "four")
    there.context.set_offline(False)
    expect(bodies(there)).to_have_text(["four"])


def test_it_can_be_thought_over_and_the_focus_comes_back(pages):
    page, _, _ = pages
    options(page)
    choose_by_key(page)
    dialog = page.get_by_role("dialog", name="Clear this chat?")
    expect(dialog).to_have_accessible_description(
        "Everything said so far disappears for you, on all your devices. bob keeps it. It cannot be undone."
    )
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Chat options")).to_be_focused()
    expect(bodies(page)).to_have_text(TEXTS)


def test_neither_the_menu_nor_the_dialog_has_a_barrier(page_for, alice, path):
    page = page_for(alice, path, reduced_motion="reduce")
    expect_lines(page)
    options(page)
    expect(page.get_by_role("menuitem").first).to_be_focused()
    assert not barriers_in_every_look(page)
    choose_by_key(page)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not barriers_in_every_look(page)


def test_it_works_without_javascript(page_for, talk, alice, bob, path):
    talk(bob, *TEXTS)
    page = page_for(alice, path, java_script_enabled=False)
    options(page)
    page.get_by_role("menuitem", name="Clear chat…").click()
    dialog = page.get_by_role("dialog", name="Clear this chat?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(bodies(page)).to_have_text(TEXTS)
    clear(page)
    expect(preview(page)).to_have_text("No messages yet")
    expect(bodies(page)).to_have_count(0)


def test_what_is_cleared_is_not_placed_again(open_log):
    log = open_log(messages(LONG), position=60, oldest="no")
    log.caught_up(up_to(60, cleared=58))
    assert log.orders() == ["59", "60"]
    expect(log.element).to_have_attribute("data-oldest", "yes")
    log.line_says(message(58, 61, "edited"))
    log.older_page(messages([57, 58]), before=59)
    assert log.orders() == ["59", "60"]
    assert log.position == 61


def test_a_row_that_says_so_clears_the_log_and_an_older_one_undoes_nothing(open_log):
    log = open_log(messages([1, 2, 3]), rows=row("T", 1), position=3)
    for cleared in (2, 0):
        log.page.locator("#rows").evaluate(
            "(list, text) => htmx.swap({ sourceElement: list, target: list, swap: 'rows', text })",
            row("T", 1, cleared=cleared),
        )
        assert log.orders() == ["3"]
        expect(log.element).to_have_attribute("data-cleared", "2")


def test_where_nothing_is_left_of_a_page_of_history_the_newest_page_comes(open_log, stage):
    stage.answer("/chats/T/messages", Answer(message(99) + up_to(99)))
    log = open_log(messages(LONG), position=99, newest="no")
    log.caught_up(up_to(99, cleared=80))
    expect(log.element.locator(".message__body")).to_have_text(["text 99"])
