"""The pages of the settings, as people use them."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from chatweb.models import SignIn
from tests.browser.talking import expect_lines
from tests.servers import wait_until
from tests.web.links import link_in

NEW = "a long enough one"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_password_is_changed_by_keyboard_and_the_other_browser_is_signed_out(
    page_for, alice, server, scripts
):
    page_for.expect("WebSocket", "status of 401", "status of 422")
    elsewhere = page_for(alice, "/settings/account")
    expect(elsewhere.locator("#app")).to_have_attribute("data-line", "open")
    page = page_for(alice, "/settings", java_script_enabled=scripts)
    page.get_by_role("link", name="Sign-in").press("Enter")
    page.get_by_role("link", name="Change password").press("Enter")
    page.get_by_label("Present password").fill("not this one")
    page.get_by_label("New password").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Present password")).to_have_accessible_description("This is not your password.")
    page.get_by_label("Present password").fill(alice.password)
    page.get_by_label("New password").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.locator(".section__status")).to_contain_text("Your password was changed.")
    expect(page.locator(".device")).to_have_count(1)
    expect(elsewhere.locator("#banner")).to_contain_text("You are signed out.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_forgotten_password_is_replaced_by_keyboard(page_for, alice, server, settings, scripts):
    page_for.expect("status of 404")
    page = page_for(None, "/login", java_script_enabled=scripts)
    page.get_by_label("Username or e-mail").fill("alice@example.org")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Username or e-mail").fill("alice@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("a link is on its way")
    folder = settings.data_dir / "mails"
    wait_until(lambda: len([*folder.glob("*.eml")]) == 1, 10, "the mail")
    (path,) = folder.glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=default)
    link = link_in(message, f"http://127.0.0.1:{server.port}")
    page.goto(link)
    page.get_by_label("New password").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your password was changed.")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    page.goto("/login")
    page.get_by_label("Username or e-mail").fill("alice")
    page.get_by_label("Password").fill(NEW)
    page.keyboard.press("Enter")
    page.wait_for_url("/chats")


def test_another_browser_is_signed_out_from_the_list(page_for, alice, server):
    page_for.expect("WebSocket", "status of 401")
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Version/26 Safari/605.1.15"
    elsewhere = page_for(alice, "/chats", user_agent=phone)
    expect(elsewhere.locator("#app")).to_have_attribute("data-line", "open")
    page = page_for(alice, "/settings/account")
    page.get_by_role("button", name="Sign out Safari on iPhone").click()
    expect(elsewhere.locator("#banner")).to_contain_text("You are signed out.", timeout=2_000)
    expect(page.locator(".device")).to_have_count(1)
    expect(page.locator(".device")).to_contain_text("This browser")


def test_times_are_those_of_the_persons_own_clock(page_for, alice, stored):
    page = page_for(alice, "/settings/account", timezone_id="Asia/Tokyo", locale="en-GB")
    moment = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
    stored(lambda session: session.execute(update(SignIn).values(inserted_at=moment)))
    page.reload()
    expect(page.locator(".device .moment").first).to_have_text("23 Nov 2026, 05:15")


def test_a_new_name_shows_in_open_pages_of_both(page_for, alice, bob, chat, talk):
    talk(alice, "hello")
    talk(bob, "hello you")
    his, hers = page_for(bob, f"/chats/{chat.topic}"), page_for(alice, f"/chats/{chat.topic}")
    expect_lines(his)
    expect_lines(hers)
    settings = hers.context.new_page()
    settings.goto("/settings/profile")
    settings.get_by_label("Name", exact=True).fill("Alice $& Adams")
    settings.get_by_role("button", name="Save").click()
    expect(settings.get_by_text("Saved.")).to_be_visible()
    expect(his.get_by_role("heading", level=1)).to_have_text("Alice $& Adams")
    expect(his).to_have_title("Alice $& Adams · chatweb")
    expect(his.locator("#rows .row__name")).to_contain_text("Alice $& Adams")
    expect(his.locator(".head__who .avatar")).to_have_text("AA")
    expect(his.get_by_role("log")).to_have_accessible_name("Conversation with Alice $& Adams")
    expect(his.get_by_role("textbox", name="Message to Alice $& Adams")).to_have_attribute(
        "placeholder", "Message Alice $& Adams"
    )
    expect(his.locator(".message__sender")).to_have_text(["Alice $& Adams, ", "bob, "])
    expect(hers.locator(".message__sender")).to_have_text(["Alice $& Adams, ", "bob, "])
    expect(hers.locator(".list-foot__name")).to_have_text("Alice $& Adams")
    expect(hers.get_by_role("heading", level=1)).to_have_text("bob")
    his.reload()
    expect(his.locator(".message__sender").first).to_have_text("Alice $& Adams, ")
