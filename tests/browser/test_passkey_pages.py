"""Passkeys in Chromium, with an authenticator in its place: the one that people's devices have."""

from playwright.sync_api import expect

from tests.browser.barriers import barriers

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_made_and_is_the_first_step_or_the_second(page_for, alice, server):
    site = f"http://localhost:{server.port}"
    page = page_for(None, f"{site}/login", reduced_motion="reduce")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    id_ = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def type_password():
        page.get_by_label("Username or e-mail").fill("alice")
        page.get_by_label("Password").fill(alice.password)
        page.keyboard.press("Enter")

    type_password()
    page.wait_for_url(f"{site}/chats")
    page.goto(f"{site}/settings/account/second-step")
    page.get_by_role("link", name="Add a passkey…").press("Enter")
    page.get_by_role("button", name="Go on").press("Enter")
    assert not barriers(page)
    page.get_by_label("Name").fill("Key on my ring")
    page.keyboard.press("Enter")
    expect(page.locator(".codes__code")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").press("Enter")
    expect(page.get_by_role("list", name="Passkeys")).to_contain_text("Key on my ring")
    assert not barriers(page)
    page.context.clear_cookies()
    page.goto(f"{site}/login?next=/settings")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    page.wait_for_url(f"{site}/settings")
    page.context.clear_cookies()
    page.goto(f"{site}/login")
    type_password()
    expect(page.get_by_text("Use one of your passkeys.")).to_be_visible()
    assert not barriers(page)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": id_, "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The browser gave no passkey.")
    assert not barriers(page)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": id_, "isUserVerified": True})
    page.get_by_role("button", name="Use the passkey").press("Enter")
    page.wait_for_url(f"{site}/chats")
