"""The conversation page, as a person uses it and a test looks at it."""

import re

from playwright.sync_api import Locator, Page, expect

BANNER = "#banner"
# What Chromium writes when a server is away.
AWAY = (r"WebSocket connection to .* failed", r"Failed to load resource", r"htmx:ws:error")


def field(page: Page) -> Locator:
    """Where a message is written."""
    return page.get_by_role("textbox", name=re.compile("^Message to"))


def say(page: Page, text: str) -> None:
    """Write a message and press Enter."""
    field(page).fill(text)
    field(page).press("Enter")


def bodies(page: Page) -> Locator:
    """The texts of the messages that the server has."""
    return page.locator("#messages .message[data-order] .message__body")


def preview(page: Page) -> Locator:
    """What the rows say of their chats: the newest message, unless the other person is typing."""
    return page.locator("#rows .row__preview:visible")


def expect_line(page: Page, state: str = "open", patience: float = 5) -> None:
    """Wait, for so many seconds, until the line of the conversation is in this state."""
    expect(page.locator("#messages")).to_have_attribute("data-line", state, timeout=patience * 1000)


def expect_lines(page: Page, state: str = "open", patience: float = 5) -> None:
    """As `expect_line`, and the person's own line is open."""
    expect_line(page, state, patience)
    expect(page.locator("#app")).to_have_attribute("data-line", "open", timeout=patience * 1000)


def turn(page: Page, visibility: str) -> None:
    """Let a page be "hidden" behind another one, or be "visible" again."""
    page.evaluate(
        """visibility => {
            Object.defineProperty(document, "visibilityState", { value: visibility, writable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        visibility,
    )
