"""A session that ends while somebody types loses nothing."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from chatweb.models import SignIn, utc_now
from tests.people import PASSWORD


@pytest.fixture
def sign_everybody_out(app, stored):
    """As an operator does from the command line: the sessions end in the database only."""
    return lambda: stored(lambda session: session.execute(update(SignIn).values(revoked_at=utc_now())))


def sign_in_again(page: Page, name: str) -> None:
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Username or e-mail").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_what_was_typed_is_sent_after_signing_in_again(page_for, alice, chat, sign_everybody_out):
    page_for.expect(r"status of 40[01]", r"WebSocket", r"htmx:")
    page = page_for(alice, f"/chats/{chat.topic}")
    expect(page.locator("#messages")).to_have_attribute("data-line", "open")
    sign_everybody_out()
    page.locator("#body").fill("typed too late")
    page.locator("#body").press("Enter")
    expect(page.locator("#banner")).to_contain_text("signed out")
    expect(page.locator(".message--pending .message__body")).to_have_text("typed too late")
    sign_in_again(page, "alice")
    expect(page.locator("#messages .message[data-order] .message__body")).to_have_text("typed too late")
    expect(page.locator(".message--pending")).to_have_count(0)


def test_another_person_on_the_same_browser_never_sees_it(
    page_for, alice, bob, carol, chat, sign_everybody_out
):
    page_for.expect(r"status of 40[014]", r"WebSocket", r"htmx:")
    page = page_for(alice, f"/chats/{chat.topic}")
    sign_everybody_out()
    page.locator("#body").fill("for bob only")
    page.locator("#body").press("Enter")
    expect(page.locator("#banner")).to_contain_text("signed out")
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Username or e-mail").fill(carol.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    page.goto("/chats")
    expect(page.get_by_text("for bob only")).to_have_count(0)
