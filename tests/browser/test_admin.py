"""The administration in a browser: every page without a barrier, by keyboard alone, and without scripts."""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from chatweb.domain.audit import Actor, Reason
from chatweb.domain.holding import hold_person
from tests.browser.barriers import barriers, barriers_in_every_look
from tests.browser.talking import AWAY, say
from tests.people import Person
from tests.web.overseeing import entries, report

PEOPLE = (
    "/admin/people",
    "/admin/people/1?done=role",
    "/admin/people/1/deactivate",
    "/admin/people/1/role",
    "/admin/people/1/export",
)
PATHS = (
    "/admin/chats",
    "/admin/chats?person=zz",
    "/admin/chats/1/open",
    "/admin/chats/1",
    "/admin/search",
    "/admin/audit",
    "/admin/operation",
    *PEOPLE,
    "/admin/holds",
    "/admin/holds/chats/1",
    "/admin/reports",
    "/admin/reports/1",
    "/admin/reports/1/open",
    "/admin/reports?state=decided",
)


@pytest.fixture
def opened(page_for, alice, bob, dana, chat, talk, stored):
    """`opened(color_scheme="dark")` is dana's page where she reads the chat of alice and bob."""
    said = talk(bob, "hello", "x" * 300, "السلام عليكم")
    held = partial(hold_person, actor=Actor(None, "somebody"), user_id=bob.id)
    stored(
        lambda session: held(session, reason=Reason("legal", "AZ-7", "A court order says so. " + "y" * 80))
    )
    report(stored, chat, said[0].id, said[1].id, words="He did it again. " + "z" * 80)
    talk(alice, "<script>alert(1)</script>")

    def run(**options) -> Page:
        page = page_for(dana, f"/admin/chats/{chat.id}/open", reduced_motion="reduce", **options)
        give_reason(page)
        return page

    return run


def give_reason(page: Page) -> None:
    page.get_by_label("Kind of reason").select_option(label="Legal request")
    page.get_by_label("Reason", exact=True).fill("A court order says so: " + "y" * 80)
    page.get_by_role("button", name="Record and open").click()
    expect(page.get_by_role("region", name="Transcript, read only")).to_be_visible()


def test_no_page_has_a_barrier(opened):
    page = opened()
    for path in PATHS:
        page.goto(path)
        for more in page.locator("summary").all():
            more.click()
        assert not barriers_in_every_look(page), path


def test_a_form_that_was_refused_has_no_barrier(page_for, dana, chat):
    page_for.expect("status of 422")
    page = page_for(dana, f"/admin/chats/{chat.id}/open", reduced_motion="reduce")
    page.locator("form").evaluate("(form) => { form.noValidate = true; }")
    page.get_by_role("button", name="Record and open").click()
    expect(page.locator(".field__error")).to_have_count(2)
    assert not barriers(page)


def test_nothing_sticks_out_of_a_narrow_page(opened):
    page = opened(viewport={"width": 320, "height": 700})
    for path in PATHS:
        page.goto(path)
        assert page.evaluate("() => document.documentElement.scrollWidth") == 320, path


def test_a_chat_is_opened_and_read_by_keyboard_alone(page_for, alice, bob, dana, chat, talk):
    talk(bob, "good news")
    page = page_for(dana, "/admin/chats")
    open_link = page.get_by_role("link", name="Open the chat of alice and bob")
    for _ in range(30):
        page.keyboard.press("Tab")
        if open_link.evaluate("(link) => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Open this chat?")).to_be_visible()
    page.get_by_label("Kind of reason").focus()
    page.keyboard.type("Safety")
    page.keyboard.press("Tab")
    page.keyboard.type("REP-1")
    page.keyboard.press("Tab")
    page.keyboard.type("Somebody may be in danger.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("good news")).to_be_visible()
    expect(page.get_by_text("Reason: Safety concern, REP-1")).to_be_visible()


def test_the_first_tab_leads_past_the_bar(page_for, dana):
    page = page_for(dana, "/admin/chats")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_everything_works_without_scripts(opened, dana: Person):
    page = opened(java_script_enabled=False)
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    page.get_by_role("button", name="End access").click()
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
    page.get_by_role("link", name="Audit log").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_role("combobox", name="What").select_option(label="Read a chat")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    assert download.value.suggested_filename == "audit-5.csv"


def test_who_is_deactivated_loses_every_open_page_within_two_seconds(page_for, bob, dana):
    theirs = page_for(bob)
    expect(theirs.locator("#app")).to_have_attribute("data-line", "open")
    page = page_for(dana, f"/admin/people/{bob.id}")
    page.get_by_role("link", name="Deactivate…").click()
    page.get_by_label("Kind of reason").select_option(label="Safety concern")
    page.get_by_label("Reason", exact=True).fill("They write threats to others.")
    page.get_by_role("button", name="Record and deactivate").click()
    expect(theirs.locator("#app")).not_to_have_attribute("data-line", "open", timeout=2_000)
    expect(page.get_by_role("link", name="Reactivate…")).to_be_visible()


def test_the_newest_page_follows_until_access_ends(opened, page_for, alice, bob, chat, talk):
    page = opened(viewport={"width": 390, "height": 844})
    transcript = page.locator("#transcript")
    expect(transcript).to_have_attribute("data-line", "open")
    page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
    theirs = page_for(bob, f"/chats/{chat.topic}")
    say(theirs, "one more thing")
    line = page.locator(".transcript__line", has_text="one more thing")
    expect(line).to_be_in_viewport()
    theirs.get_by_role("textbox").press("ArrowUp")
    theirs.keyboard.type(", please")
    theirs.keyboard.press("Enter")
    expect(line).to_contain_text("one more thing, please")
    line.locator("summary").click()
    expect(line.locator(".versions__body")).to_have_text("one more thing")
    expect(page.locator(".transcript__day")).to_have_count(1)
    orders = [int(one.get_attribute("data-order")) for one in page.locator(".transcript__line").all()]
    assert orders == sorted(orders)
    shown = page.locator("#transcript").inner_text()
    with page.context.expect_page() as other:
        page.evaluate("() => open(location.href)")
    other.value.get_by_role("button", name="End access").click()
    expect(page.get_by_role("status")).to_have_text(
        "This page does not follow the chat any more. Your access has ended."
    )
    expect(transcript).to_have_attribute("data-line", "over")
    talk(bob, "a secret")
    assert page.locator("#transcript").inner_text() == shown
    assert not barriers(page)


def test_after_an_outage_the_page_has_what_it_missed(opened, page_for, server, talk, bob, db_session):
    page_for.expect(*AWAY)
    page = opened()
    lines, transcript = page.locator(".transcript__line"), page.locator("#transcript")
    expect(transcript).to_have_attribute("data-line", "open")
    before = lines.count()
    server.stop()
    actions = [entry.action for entry in entries(db_session)]
    assert actions[1:] == ["chat_opened", "chat_read", "chat_followed", "chat_follow_ended"]
    expect(page.get_by_role("status")).to_have_text("Connecting again…")
    talk(bob, *["missed"] * 3)
    server.start()
    expect(transcript).to_have_attribute("data-line", "open", timeout=15_000)
    expect(lines).to_have_count(before + 3)
