"""The pages of the settings, as people use them."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from chatweb.models import SignIn

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
    expect(page.get_by_label("Present password")).to_have_accessible_description(
        "This is not your present password."
    )
    page.get_by_label("Present password").fill(alice.password)
    page.get_by_label("New password").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.locator(".section__status")).to_contain_text("Your password was changed.")
    expect(page.locator(".device")).to_have_count(1)
    expect(elsewhere.locator("#banner")).to_contain_text("You are signed out.")


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
