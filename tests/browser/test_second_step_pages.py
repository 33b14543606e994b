"""The second step as people set it up and use it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.barriers import barriers
from tests.second_step import shown


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_app_is_set_up_and_signed_in_with_by_keyboard(page_for, alice, scripts):
    page_for.expect("status of 422", "WebSocket", "status of 401")
    passes = barriers if scripts else lambda _: []
    page = page_for(alice, "/settings/account", java_script_enabled=scripts, reduced_motion="reduce")
    page.get_by_role("link", name="Set up").press("Enter")
    page.get_by_role("link", name="Set up…").press("Enter")
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.get_by_role("img", name="QR code of the key below")).to_be_visible()
    assert not passes(page)
    secret = "".join(page.locator(".qr__key span").all_inner_texts())
    page.get_by_label("Code that the app shows now").fill(shown(secret))
    page.keyboard.press("Enter")
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    assert not passes(page)
    code = codes.first.inner_text()
    page.get_by_role("link", name="I have kept them").press("Enter")
    expect(page.get_by_text("10 are left")).to_be_visible()
    assert not passes(page)
    page = page_for(None, "/login?next=/settings", java_script_enabled=scripts, reduced_motion="reduce")
    page.get_by_label("Username or e-mail").fill("alice")
    page.get_by_label("Password").fill(alice.password)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_have_accessible_description(re.compile("This code is wrong"))
    assert not passes(page)
    page.get_by_role("link", name="Use a recovery code").press("Enter")
    page.get_by_label("Recovery code").fill(code)
    assert not passes(page)
    page.keyboard.press("Enter")
    page.wait_for_url("/settings")
