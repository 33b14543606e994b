"""Reporting a message, with the mouse, with a key and without scripts."""

import re

from playwright.sync_api import expect

from tests.browser.talking import bodies, expect_lines, say


def test_a_message_is_reported_by_its_key_or_from_the_menus(both, page_for, alice, path):
    hers, his = both
    say(his, "buy my boat")
    say(hers, "no")
    say(his, "a very good boat")
    expect(bodies(hers)).to_have_text(["buy my boat", "no", "a very good boat"])
    for text in ("no", "buy my boat"):
        hers.locator("#messages .message").filter(has_text=text).first.focus()
        hers.keyboard.press("!")
    expect(hers).to_have_url(re.compile("/report"))
    expect(hers.locator(".pick")).to_have_count(2)
    expect(hers.get_by_label("buy my boat")).to_be_checked()
    expect(hers.get_by_label("a very good boat")).not_to_be_checked()
    hers.get_by_label("What is it about?").select_option(label="Spam, or an advertisement")
    hers.get_by_label("Block bob, too").check()
    hers.get_by_role("button", name="Send report").click()
    expect(hers.get_by_text("Your report was sent.")).to_be_visible()
    expect(hers.get_by_text("You have blocked bob.")).to_be_visible()
    expect_lines(his)
    expect(bodies(his)).to_have_text(["buy my boat", "no", "a very good boat"])
    plain = page_for(alice, path, java_script_enabled=False)
    plain.get_by_role("button", name="Chat options").click()
    plain.get_by_role("menuitem", name="Report…").click()
    plain.get_by_label("a very good boat").check()
    plain.get_by_label("What is it about?").select_option(label="Something else")
    plain.get_by_role("button", name="Send report").click()
    expect(plain.get_by_text("Your report was sent.")).to_be_visible()
