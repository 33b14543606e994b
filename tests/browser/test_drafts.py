"""What is half written stays where it was written, and is nobody else's."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

from chatweb.domain import chats
from tests.browser.logs import stop_clock
from tests.browser.talking import AWAY, bodies, expect_line, expect_lines, field, say
from tests.people import PASSWORD

DRAFT = "half a thought"
PAUSE = 3_000


def test_a_draft_survives_a_message_a_visit_elsewhere_and_a_reload(page_for, alice, path, bob_says):
    page = page_for(alice, path)
    expect_line(page)
    field(page).press_sequentially(DRAFT)
    field(page).evaluate("(field) => field.setSelectionRange(4, 4)")
    bob_says("something else")
    expect(bodies(page)).to_have_text(["something else"])
    expect(field(page)).to_have_value(DRAFT)
    expect(field(page)).to_be_focused()
    assert field(page).evaluate("(field) => field.selectionStart") == 4
    page.goto("/settings")
    page.goto(path)
    expect(field(page)).to_have_value(DRAFT)
    page.reload()
    expect(field(page)).to_have_value(DRAFT)


def test_a_draft_is_in_no_other_chat_and_for_nobody_else(page_for, alice, bob, carol, path, stored):
    def begin(session: Session) -> str:
        return chats.start(session, alice.id, carol.username)

    other = f"/chats/{stored(begin)}"
    page = page_for(alice, path)
    field(page).press_sequentially(DRAFT)
    page.goto(other)
    expect_line(page)
    expect(field(page)).to_have_value("")
    page.goto(path)
    expect(field(page)).to_have_value(DRAFT)
    page.get_by_role("button", name="Sign out").click()
    page.locator("[name=identity]").fill(bob.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("/chats")
    page.goto(path)
    expect_line(page)
    expect(field(page)).to_have_value("")


@pytest.fixture
def devices(page_for, alice, path) -> tuple[Page, Page]:
    """Alice's conversation with bob on two of her devices, connected."""
    pages = page_for(alice, path), page_for(alice, path)
    for page in pages:
        expect_lines(page)
    return pages


def kept(page: Page):
    """Wait until the server has a draft."""
    return page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.status == 204)


def held(page: Page, url: str | re.Pattern[str]) -> list[Route]:
    """The next request to this address, once it is made; it waits for `continue_()`."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(url, hold, times=1)
    return waiting


def test_an_open_field_follows_what_is_typed_on_another_device(devices):
    here, there = devices
    there.get_by_role("searchbox").focus()
    field(here).fill(DRAFT)
    expect(field(there)).to_have_value(DRAFT)
    expect(there.get_by_role("searchbox")).to_be_focused()
    expect(there.get_by_role("button", name="Send message")).to_be_enabled()
    field(there).press_sequentially(", and more")
    expect(field(here)).to_have_value(f"{DRAFT}, and more")


def test_two_tabs_of_a_browser_follow_each_other_as_devices_do(page_for, alice, path):
    here = page_for(alice, path)
    there = here.context.new_page()
    there.goto(path)
    for page in (here, there):
        expect_lines(page)
    field(here).fill(DRAFT)
    expect(field(there)).to_have_value(DRAFT)
    field(there).fill("")
    expect(field(here)).to_have_value("")


def test_the_caret_stays_in_a_field_that_is_in_use(devices):
    here, there = devices
    field(here).fill(DRAFT)
    expect(field(there)).to_have_value(DRAFT)
    field(there).focus()
    field(there).evaluate("(field) => field.setSelectionRange(4, 4)")
    field(here).fill(f"{DRAFT}, whole")
    expect(field(there)).to_have_value(f"{DRAFT}, whole")
    expect(field(there)).to_be_focused()
    assert field(there).evaluate("(field) => field.selectionStart") == 4


def test_what_was_typed_here_stays_and_is_the_newest(devices):
    here, there = devices
    row = there.locator("#rows .row__preview--draft")
    stop_clock(there)
    with kept(here):
        field(here).fill("from the other device")
        field(there).fill("my own")
    expect(row).to_contain_text("from the other device")
    expect(field(there)).to_have_value("my own")
    there.clock.run_for(PAUSE)
    expect(field(here)).to_have_value("my own")


def test_sending_empties_the_field_that_shows_the_same_draft(devices):
    here, there = devices
    field(here).fill(DRAFT)
    expect(field(there)).to_have_value(DRAFT)
    say(here, "a whole one")
    expect(field(there)).to_have_value("", timeout=2_000)
    expect(there.get_by_role("button", name="Send message")).to_be_disabled()


def test_sending_leaves_what_another_device_typed(devices):
    here, there = devices
    stop_clock(here)
    field(there).press_sequentially("not yet")
    field(here).focus()
    with kept(there):
        field(here).press_sequentially("quick")
    expect(here.locator("#rows .row__preview--draft")).to_contain_text("not yet")
    field(here).press("Enter")
    expect(bodies(there)).to_have_text(["quick"])
    expect(field(there)).to_have_value("not yet")
    here.reload()
    expect(field(here)).to_have_value("not yet")


def test_an_edit_is_left_alone_and_the_newer_draft_is_there_after_it(devices):
    here, there = devices
    say(there, "a message")
    expect(bodies(there)).to_have_text(["a message"])
    field(there).press("ArrowUp")
    expect(field(there)).to_have_value("a message")
    with kept(here):
        field(here).fill(DRAFT)
    expect(there.locator("#rows .row__preview--draft")).to_contain_text(DRAFT)
    expect(field(there)).to_have_value("a message")
    field(there).press("Escape")
    expect(field(there)).to_have_value(DRAFT)


def test_a_device_that_was_away_follows_when_it_is_back(page_for, devices):
    page_for.expect(*AWAY)
    here, there = devices
    field(here).fill(DRAFT)
    expect(field(there)).to_have_value(DRAFT)
    there.context.set_offline(True)
    expect(there.locator("#app")).to_have_attribute("data-line", "closed")
    with kept(here):
        field(here).fill("")
    there.context.set_offline(False)
    expect(field(there)).to_have_value("")


def test_what_is_deleted_while_it_is_being_stored_does_not_come_back(devices):
    here, _ = devices
    waiting = held(here, "**/draft")
    with here.expect_request("**/draft"):
        field(here).fill(DRAFT)
    field(here).fill("")
    with kept(here):
        waiting[0].continue_()
    expect(here.locator("#rows .row__preview--draft")).to_contain_text(DRAFT)
    expect(field(here)).to_have_value("")
    expect(here.locator("#rows .row__preview--draft")).to_have_count(0)
    expect(field(here)).to_have_value("")


def test_what_is_typed_before_the_scripts_come_is_kept(page_for, alice, path):
    page = page_for(alice, None)
    waiting = held(page, re.compile("/js/main"))
    page.goto(path, wait_until="commit")
    field(page).press_sequentially("in haste")
    waiting[0].continue_()
    expect_lines(page)
    expect(page.locator("#rows .row__preview--draft")).to_contain_text("in haste")
    expect(field(page)).to_have_value("in haste")
