"""What is half written stays where it was written, and is nobody else's."""

from playwright.sync_api import expect
from sqlalchemy.orm import Session

from chatweb.domain import chats
from tests.browser.talking import bodies, expect_line, field
from tests.people import PASSWORD

DRAFT = "half a thought"


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
    page.wait_for_url("**/chats")
    page.goto(path)
    expect_line(page)
    expect(field(page)).to_have_value("")
