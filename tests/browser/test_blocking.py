"""Blocking somebody, as both see it."""

from playwright.sync_api import expect

from tests.browser.talking import bodies, expect_lines, field, say


def test_somebody_is_blocked_and_let_in_again(both, page_for):
    page_for.expect("409")
    alice, bob = both
    say(bob, "buy my boat")
    expect(bodies(alice)).to_have_text(["buy my boat"])
    expect(bob.locator("#presence")).to_have_text("online")
    alice.get_by_role("button", name="Chat options").click()
    alice.get_by_role("menuitem", name="Block…").click()
    alice.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(alice.get_by_text("You have blocked bob.")).to_be_visible()
    expect(field(alice)).to_have_count(0)
    expect(alice.locator("#rows .row__name")).to_contain_text(", blocked")
    expect(bob.locator("#rows .row__name")).to_contain_text(", account closed")
    expect(bob.locator("#presence")).to_have_text("")
    expect_lines(bob)
    say(bob, "a very good boat")
    expect(bob.locator(".message--failed")).to_contain_text("This account is closed")
    alice.get_by_role("button", name="Unblock").click()
    expect(field(alice)).to_be_visible()
    expect(bob.locator("#presence")).to_have_text("online")
    bob.get_by_role("button", name="Retry").click()
    expect(bodies(alice)).to_have_text(["buy my boat", "a very good boat"])
