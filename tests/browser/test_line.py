"""The life of a socket: cut, refused, silent, ended, and what the page says meanwhile."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect
from sqlalchemy.orm import Session

from chatweb.domain import messages
from chatweb.domain.access import OpenChat
from tests.browser.logs import stop_clock
from tests.browser.talking import AWAY, BANNER, bodies, expect_line, expect_lines, preview, say


def test_what_alice_says_stands_in_both_pages(both):
    alice, bob = both
    say(alice, "good morning")
    expect(bodies(bob)).to_have_text(["good morning"])
    say(bob, "and to you")
    expect(bodies(alice)).to_have_text(["good morning", "and to you"])
    expect(alice.locator(".message--pending")).to_have_count(0)


def test_a_killed_server_is_waited_for_and_nothing_is_lost(both, server, page_for):
    page_for.expect(*AWAY)
    alice, bob = both
    server.kill()
    say(alice, "are you there")
    say(alice, "hello?")
    expect(alice.locator(".message--pending")).to_have_count(2)
    expect(alice.locator(BANNER)).to_contain_text("Reconnecting", timeout=8_000)
    server.start()
    expect(bodies(bob)).to_have_text(["are you there", "hello?"], timeout=40_000)
    expect(alice.locator(BANNER)).to_be_empty(timeout=40_000)
    expect(bodies(alice)).to_have_text(["are you there", "hello?"], timeout=40_000)


def test_offline_shows_at_once_that_it_waits_and_online_catches_up(both, page_for):
    page_for.expect(*AWAY)
    alice, bob = both
    bob.context.set_offline(True)
    expect(bob.locator("#messages")).not_to_have_attribute("data-line", "open")
    say(alice, "one")
    say(bob, "two")
    expect(bob.locator(".message--pending")).to_have_count(1)
    bob.context.set_offline(False)
    expect(bodies(bob)).to_have_text(["one", "two"])
    expect_line(bob)
    expect(bodies(alice)).to_have_text(["one", "two"])


def test_signing_out_elsewhere_ends_the_line_and_says_so(page_for, alice, path):
    page = page_for(alice, path)
    expect_line(page)
    other = page.context.new_page()
    other.goto("/chats")
    other.get_by_role("button", name="Sign out").click()
    expect(page.locator(BANNER)).to_contain_text("signed out")
    expect(page.locator("#messages")).to_have_attribute("data-line", "over")


def test_text_of_an_expired_session_is_sent_after_signing_in(page_for, alice, bob, path):
    page_for.expect("status of 401")
    page, partner = page_for(alice, path), page_for(bob, path)
    expect_line(page)
    expect_line(partner)
    other = page.context.new_page()
    other.goto("/chats")
    other.get_by_role("button", name="Sign out").click()
    expect(page.locator(BANNER)).to_contain_text("signed out")
    say(page, "typed too late")
    expect(page.locator(".message--pending")).to_have_count(1)
    page.get_by_role("link", name="Sign in again").click()
    page.locator("[name=identity]").fill(alice.username)
    page.locator("[name=password]").fill(alice.password)
    page.locator("[name=password]").press("Enter")
    expect(bodies(page)).to_have_text(["typed too late"])
    expect(bodies(partner)).to_have_text(["typed too late"])


@pytest.fixture
def blocked(page_for, alice, path) -> Callable[[], Page]:
    """A page of alice's whose sockets never open."""

    def run() -> Page:
        page_for.expect(*AWAY)
        page = page_for(alice, None)
        page.add_init_script(
            """window.WebSocket = class extends WebSocket { constructor(url) { super(`${url}&blocked`.replace(
                "/ws/", "/no/")) } }"""
        )
        page.goto(path)
        return page

    return run


def test_where_sockets_are_blocked_the_page_polls(blocked, page_for, bob, path):
    page = blocked()
    partner = page_for(bob, path)
    say(partner, "over the wall")
    expect(bodies(page)).to_have_text(["over the wall"], timeout=12_000)
    expect(page.locator(BANNER)).to_be_empty()
    say(page, "and back")
    expect(bodies(partner)).to_have_text(["over the wall", "and back"])


def test_the_inbox_shows_what_comes_without_a_reload(page_for, alice, bob, path):
    inbox = page_for(alice, "/chats")
    expect(inbox.locator("#app")).to_have_attribute("data-line", "open")
    partner = page_for(bob, path)
    say(partner, "knock knock")
    expect(preview(inbox)).to_have_text("knock knock")
    expect(inbox).to_have_title(re.compile(r"^\(1\) "))
    page = inbox.context.new_page()
    page.goto(path)
    expect(inbox.locator(".badge")).to_have_count(0)
    expect(inbox).to_have_title(re.compile(r"^Chats"))


def test_five_hundred_missed_messages_are_there_after_reconnecting(both, page_for, chat, stored, alice):
    page_for.expect(*AWAY)
    _, bob = both
    bob.context.set_offline(True)
    expect(bob.locator("#messages")).not_to_have_attribute("data-line", "open")
    stored(lambda session: say_many(session, chat, 500))
    bob.context.set_offline(False)
    expect(bob.locator("#messages")).to_have_attribute("data-position", "500")
    assert bodies(bob).last.inner_text() == "message 499"
    assert bodies(bob).count() == 320


def say_many(session: Session, chat: OpenChat, count: int) -> None:
    for number in range(count):
        messages.send(session, chat, str(uuid.uuid4()), f"message {number}")


def test_a_silent_line_is_given_up_after_a_minute(page_for, alice, path):
    opened: list[WebSocketRoute] = []

    def silence(line: WebSocketRoute) -> None:
        # No frame of the server's may reach the page: a heartbeat may be due any moment.
        line.connect_to_server().on_message(lambda _frame: None)
        opened.append(line)

    page = page_for(alice, None)
    page.route_web_socket(re.compile("/ws/topics/"), silence)
    stop_clock(page)
    page.goto(path)
    expect_lines(page)
    page.clock.run_for(59_000)
    expect_line(page)
    assert len(opened) == 1
    page.clock.run_for(3_100)
    expect_line(page)
    assert len(opened) == 2


def test_scripts_that_come_late_open_the_line_all_the_same(page_for, alice, bob, path):
    page, partner = page_for(alice, None), page_for(bob, path)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/js/main.js", hold)
    page.goto(path, wait_until="commit")
    say(partner, "there you are")
    expect(bodies(partner)).to_have_text(["there you are"])
    late[0].continue_()
    expect_line(page)
    expect(bodies(page)).to_have_text(["there you are"])


def test_all_tabs_of_a_person_show_the_same(both, path):
    alice, bob = both
    second = alice.context.new_page()
    second.goto(path)
    expect_line(second)
    for number in range(3):
        say(alice, f"from the first {number}")
        say(second, f"from the second {number}")
    expect(bodies(bob)).to_have_count(6)
    told = bodies(bob).all_inner_texts()
    for page in (alice, second):
        expect(bodies(page)).to_have_text(told)
        expect(page.locator(".message--pending")).to_have_count(0)
