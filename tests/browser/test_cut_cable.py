"""A wire that goes dead without a word: the page hears nothing, and nothing says so."""

from playwright.sync_api import expect

from tests.browser.logs import stop_clock
from tests.browser.talking import BANNER, bodies, expect_line, expect_lines


def test_a_page_notices_the_silence_within_a_minute_and_catches_up(
    far_page_for, cable, alice, bob, chat, talk, bob_says
):
    page = far_page_for(alice, None)
    stop_clock(page)
    page.goto(f"/chats/{chat.topic}")
    expect_lines(page)
    cable.cut()
    talk(bob, "into the void")
    page.clock.run_for(59_000)
    expect_line(page)
    expect(bodies(page)).to_have_count(0)
    page.clock.run_for(3_100)
    expect(bodies(page)).to_have_text(["into the void"])
    expect_line(page)
    bob_says("back again")
    expect(bodies(page)).to_have_text(["into the void", "back again"])
    expect(page.locator(BANNER)).to_be_empty()
