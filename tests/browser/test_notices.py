"""Notifications and the sound of new messages: once over all pages, never for what is looked at or read."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import pieces
from tests.browser.logs import swap
from tests.browser.pieces import FRESH, row
from tests.browser.talking import expect_lines, turn
from tests.live.browser import Browser

# The browser shows them nowhere here, so each page notes which it made and closed. They are real ones.
NOTED = """
  window.made = [];
  window.rung = 0;
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(title, options) {
      super(title, options);
      this.said = `${title}: ${options.body}`;
      this.at = Date.now();
      window.made.push(this);
    }
    close() { this.isClosed = true; super.close(); }
  };
  const Sounding = window.AudioContext;
  window.AudioContext = class extends Sounding {
    constructor() { super(); window.rung += 1; }
  };
"""
OPEN = "() => window.made.map(({ at, tag, said, isClosed }) => [at, tag, said, !isClosed])"


@pytest.fixture
def browser(whole_browser):
    return whole_browser


@pytest.fixture
def desk(page_for, alice):
    """Alice's browser, which may show notifications and wants to."""
    first = page_for(alice, None, permissions=["notifications"])
    first.context.add_init_script(NOTED)
    first.goto("/settings/notifications")
    first.get_by_role("switch", name="Notifications").check()
    return first


def leave(page: Page) -> None:
    page.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    turn(page, "hidden")


def come(page: Page) -> None:
    page.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    turn(page, "visible")


def another(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.goto(path)
    return page


def told(context: BrowserContext) -> list[str]:
    """What is on the screen: of those with one tag the newest takes the place of the others."""
    made = sorted(one for page in context.pages for one in page.evaluate(OPEN))
    newest = {tag: (said, is_open) for _, tag, said, is_open in made}
    return sorted(said for said, is_open in newest.values() if is_open)


def expect_told(context: BrowserContext, *said: str) -> None:
    """Wait until these notifications are open, over all pages."""
    page = context.pages[0]
    for _ in range(50):
        if told(context) == sorted(said):
            return
        page.wait_for_timeout(50)
    assert told(context) == sorted(said)


def test_a_message_is_told_once_over_three_pages_until_it_is_read(
    desk, page_for, alice, bob, chat, path, bob_says, as_alice, talk, server
):
    talk(bob, "from before")
    pages = [desk, another(desk.context, path), another(desk.context, "/chats")]
    for page in pages:
        leave(page)
        expect(page.locator("#app")).to_have_attribute("data-line", "open")
    expect_lines(pages[1])
    bob_says("hello")
    expect_told(desk.context, "bob: hello")
    # By the page of the chat, where a click leads.
    assert [len(page.evaluate("window.made")) for page in pages] == [0, 1, 0]

    bob_says("are you there?")
    expect_told(desk.context, "bob: are you there?")
    elsewhere = page_for(alice, path)
    expect_told(desk.context)
    elsewhere.close()

    # Her own, from another device: nothing. What is muted: nothing. So the next one is the only one.
    phone = Browser(server.url, as_alice)
    phone.say(chat.topic, "hers")
    phone.post(f"{path}/arrange", act="mute")
    bob_says("in silence")
    phone.post(f"{path}/arrange", act="unmute")
    for page in pages:
        expect(page.locator("#rows .badge")).to_have_text(re.compile("^1 "))
        expect(page.locator("#rows [data-muted]")).to_have_count(0)
    assert told(desk.context) == []

    come(pages[1])
    expect(pages[0].locator("#rows .badge")).to_have_count(0)
    bob_says("you look at this")
    expect(pages[0].locator("#rows .row__preview")).to_have_text("you look at this")
    expect(pages[0].locator("#rows .badge")).to_have_count(0)
    leave(pages[1])
    desk.get_by_role("switch", name="Show the text").uncheck()
    desk.get_by_role("switch", name="Sound").check()
    rung = desk.evaluate("window.rung")
    bob_says("a secret")
    expect_told(desk.context, "New message from bob: ")
    expect(pages[2].locator("#rows .badge")).to_have_text(re.compile("^1 "))
    assert sum(page.evaluate("window.rung") for page in pages) == rung + 1

    for page in pages[:2]:
        page.close()
    bob_says("come and see")
    expect_told(desk.context, "New message from bob: ")
    pages[2].evaluate("window.made.at(-1).dispatchEvent(new Event('click'))")
    expect(pages[2]).to_have_url(re.compile(f"{path}$"))


@pytest.fixture
def quiet(on_stage, stage):
    """A page of three chats that wants notifications, on a stage."""

    def open_page(rows: str) -> Page:
        stage.page = pieces.page("", rows=rows)
        page = on_stage(None, None, permissions=["notifications"])
        page.add_init_script(NOTED)
        page.add_init_script("localStorage.setItem('chatweb:notices:1:wanted', '{\"shown\": true}')")
        page.goto("/")
        return page

    return open_page


def theirs(*arguments) -> str:
    return row(*arguments).replace("<li", "<li data-theirs")


def test_after_an_outage_the_three_newest_chats_are_told_once_each(quiet):
    names = "abcdefgh"
    page = quiet("".join(row(name, 10) for name in names))
    swap(page, FRESH + "".join(theirs(name, 10 + at, 2, 5, f"of {name}") for at, name in enumerate(names)))
    expect_told(page.context, "Bob: of h", "Bob: of g", "Bob: of f")
    swap(page, theirs("h", 17, 3, 5, "of h").replace("data-theirs", ""))  # deleted
    expect_told(page.context, "Bob: of g", "Bob: of f")
    swap(page, theirs("old", 5, 9, 2, "pinned elsewhere") + theirs("new", 90, 1, 1, "somebody new"))
    expect_told(page.context, "Bob: of g", "Bob: of f", "Bob: somebody new")
    swap(page, theirs("new", 95, 2, 2, "and again"))
    expect_told(page.context, "Bob: of g", "Bob: of f", "Bob: and again")


def test_nothing_is_asked_before_a_click_and_the_offer_can_be_put_away(page_for, alice):
    page = page_for(alice, None)
    page.add_init_script(
        "window.asked = 0; Object.defineProperty(Notification, 'permission', { value: 'default' });"
        "Notification.requestPermission = async () => { window.asked += 1; return 'denied'; }"
    )
    page.goto("/chats")
    offer = page.get_by_role("region", name="Notifications")
    expect(offer).to_be_visible()
    assert page.evaluate("window.asked") == 0
    offer.get_by_role("button", name="Not now").click()
    expect(offer).to_have_count(0)
    page.reload()
    expect(page.locator("#app")).to_have_attribute("data-line", "open")
    expect(offer).to_be_hidden()


def test_the_settings_say_that_the_browser_was_told_not_to(page_for, alice):
    page = page_for(alice, None)
    page.add_init_script("Object.defineProperty(Notification, 'permission', { value: 'denied' })")
    page.goto("/settings/notifications")
    expect(page.get_by_role("status").filter(has_text="was told not to")).to_be_visible()
    expect(page.get_by_role("switch", name="Notifications")).to_be_disabled()
