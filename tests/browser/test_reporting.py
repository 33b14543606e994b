"""Reporting a message, with the mouse, with a key and without scripts."""

import re

from playwright.sync_api import expect

from tests.browser.talking import bodies, expect_lines, preview, say
from tests.web.overseeing import report


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


def test_what_a_moderator_removes_is_gone_from_both_open_pages(
    both, page_for, frank, talk, chat, bob, stored
):
    (said,) = talk(bob, "I know where you live")
    report(stored, chat, said.id)
    for page in both:
        page.reload()
        expect_lines(page)
        expect(bodies(page)).to_have_text(["I know where you live"])
    office = page_for(frank, "/admin")
    office.get_by_role("link", name="Read report 1 about bob").click()
    office.get_by_role("radio", name="Remove the messages").check()
    office.get_by_label("Note").fill("They are threats indeed.")
    office.get_by_role("button", name="Record and decide").click()
    expect(office.get_by_text("Nothing is waiting.")).to_be_visible()
    for page in both:
        expect(bodies(page)).to_have_text(["Removed by a moderator"])
        expect(preview(page)).to_have_text("Removed by a moderator")
        page.locator("#messages .message").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("menu", name="Message actions")).to_be_hidden()
