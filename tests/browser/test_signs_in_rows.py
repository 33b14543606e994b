"""What the rows of the inbox show of the other person: that they are typing, and that they are here."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import update

from chatweb.models import User
from tests.browser.logs import stop_clock, swap
from tests.browser.pieces import FRESH, row
from tests.browser.talking import bodies, expect_line, expect_lines, field, preview, say, turn

HERE = '<data class="presence" data-person="{person}" data-state="{state}" value=""></data>'
TYPING = '<data class="typing-now" data-side="2" data-topic="{topic}"></data>'


def typing(page: Page):
    return page.locator("#rows .row__preview--typing")


def test_the_row_says_typing_until_the_message_is_there(page_for, talk, alice, bob, path):
    talk(alice, "shall we?")
    his = page_for(bob, path)
    hers = [page_for(alice), page_for(alice, path)]
    for page in hers:
        expect(page.locator("#app")).to_have_attribute("data-line", "open")
    expect_lines(his)
    field(his).press_sequentially("ye")
    for page in hers:
        expect(preview(page)).to_have_text("typing…")
    expect(preview(his)).not_to_have_text("typing…")
    field(his).press("Enter")
    for page in hers:
        expect(preview(page)).to_have_text("ye")


def test_who_hides_their_typing_is_not_seen_typing_in_a_row(page_for, alice, bob, path, stored):
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(shows_typing=False)))
    hers, his = page_for(alice, path), page_for(bob, path)
    expect_lines(hers)
    expect_line(his)
    hers.locator("#rows").evaluate(
        "rows => rows.addEventListener('rows:typing', () => document.body.append('heard'))"
    )
    field(his).press_sequentially("you do not see this")
    say(his, "but this")
    expect(bodies(hers)).to_have_text(["but this"])
    expect(preview(hers)).to_have_text("but this")
    expect(hers.get_by_text("heard")).to_have_count(0)


def test_typing_is_over_in_a_row_after_six_seconds_without_a_sign(inbox):
    tab = inbox(row("a", 30))
    stop_clock(tab)
    swap(tab, TYPING.format(topic="a"))
    tab.clock.run_for(4_000)
    swap(tab, TYPING.format(topic="a"))
    tab.clock.run_for(5_900)
    expect(typing(tab)).to_have_text("typing…")
    tab.clock.run_for(200)
    expect(typing(tab)).to_have_count(0)


def test_what_i_keep_about_a_chat_does_not_end_their_typing_and_a_message_does(inbox):
    tab = inbox(row("a", 30, 5) + row("b", 20, 1))
    swap(tab, TYPING.format(topic="a") + TYPING.format(topic="none"))
    swap(tab, row("a", 30, 5).replace("<li", "<li data-muted"))
    expect(tab.locator("#chat-a")).to_have_attribute("data-muted", "")
    swap(tab, row("b", 40, 2))
    expect(typing(tab)).to_have_count(1)
    expect(tab.locator("#chat-a .row__preview--typing")).to_be_visible()
    swap(tab, row("a", 50, 6))
    expect(typing(tab)).to_have_count(0)


def test_typing_stands_in_for_a_draft_too(page_for, alice, bob, path, talk):
    talk(alice, "shall we?")
    hers, his = page_for(alice, path), page_for(bob, path)
    for page in (hers, his):
        expect_lines(page)
    field(hers).press_sequentially("a thought")
    list_ = hers.context.new_page()
    list_.goto("/chats")
    expect(preview(list_)).to_have_text("Draft: a thought")
    expect(list_.locator("#app")).to_have_attribute("data-line", "open")
    field(his).press_sequentially("yes")
    expect(preview(list_)).to_have_text("typing…")
    say(his, "yes!")
    expect(preview(list_)).to_have_text("Draft: a thought")


def the_row(page: Page):
    return page.locator("#rows > li")


def expect_here(page: Page, state: str, words: str) -> None:
    """The only row says so for the eye and for the ear."""
    expect(the_row(page)).to_have_attribute("data-presence", state, timeout=10_000)
    expect(the_row(page).get_by_role("link")).to_have_accessible_name(re.compile(words))


def expect_not_here(page: Page) -> None:
    expect(page.locator("#rows > li:not([data-presence])")).to_have_count(1, timeout=10_000)
    expect(the_row(page).locator(".row__presence")).to_have_text("")


def test_a_row_tells_that_somebody_comes_is_away_and_is_gone(page_for, talk, alice, bob, path):
    talk(bob, "hello")
    hers, his = page_for(alice), page_for(bob, None)
    expect_not_here(hers)
    stop_clock(his)
    his.goto(path)
    expect_here(hers, "online", "bob , online")
    turn(his, "hidden")
    his.clock.run_for(30_000)
    talk_to = page_for(alice, path)
    say(talk_to, "still there?")  # a page that hears nothing for a minute would connect anew
    expect(preview(his)).to_have_text("still there?")
    expect_here(hers, "online", "bob , online")
    his.clock.run_for(30_000)
    for page in (hers, talk_to):
        expect_here(page, "away", "bob , away")
    his.context.close()
    for page in (hers, talk_to):
        expect_not_here(page)


def test_the_dot_is_there_without_a_script(page_for, talk, alice, bob):
    talk(bob, "hello")
    his = page_for(bob)
    expect(his.locator("#app")).to_have_attribute("data-line", "open")
    hers = page_for(alice, java_script_enabled=False)
    expect_here(hers, "online", "bob , online")
    drawn = "avatar => getComputedStyle(avatar, '::after').content"
    assert hers.locator(".row .avatar").evaluate(drawn) == '""'
    assert hers.locator(".list-foot .avatar").evaluate(drawn) == "none"


def test_switching_it_off_takes_the_dots_from_open_pages_of_both(page_for, talk, alice, bob):
    talk(bob, "hello")
    hers, his = page_for(alice), page_for(bob)
    for page in (hers, his):
        expect_here(page, "online", "online")
    settings = his.context.new_page()
    settings.goto("/settings")
    settings.get_by_role("switch", name="Online and last seen").uncheck()
    settings.get_by_role("button", name="Save").click()
    expect(settings.get_by_text("Saved.")).to_be_visible()
    for page in (hers, his):
        expect_not_here(page)


def test_a_row_that_changes_keeps_its_dot(page_for, talk, alice, bob, path):
    talk(bob, "hello")
    hers, his = page_for(alice), page_for(bob, path)
    expect_here(hers, "online", "online")
    say(his, "and again")
    expect(preview(hers)).to_have_text("and again")
    expect_here(hers, "online", "online")


def test_rows_further_down_show_nobody_here_once_there_was_no_line(inbox):
    older = row("b", 10, person=3, here="online")
    tab = inbox(row("a", 30, here="online") + older)
    here = tab.locator("[data-presence=online]")
    swap(tab, FRESH + row("a", 30, here="online"))
    expect(here).to_have_count(2)
    swap(tab, FRESH + row("a", 30, here="online"))
    expect(here).to_have_count(1)
    swap(tab, HERE.format(person=3, state="away"))
    expect(tab.locator("#chat-b")).to_have_attribute("data-presence", "away")
    expect(tab.locator("#chat-b .row__presence")).to_have_text(", away")
    swap(tab, HERE.format(person=3, state="gone") + HERE.format(person=4, state="online"))
    expect(tab.locator("#rows [data-presence]")).to_have_count(1)
