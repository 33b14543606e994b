"""What two people see of each other: how far they have read, that they are typing, and that they are here."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import update

from chatweb.models import User, utc_now
from tests.browser.logs import stop_clock
from tests.browser.pieces import message, up_to
from tests.browser.talking import bodies, expect_line, expect_lines, field, preview, say, turn

SEEN = '<data class="seen" data-side="{side}" value="{id}"></data>'
HERE = '<data class="presence" data-person="2" data-state="{state}" value="{at}"></data>'
TYPING = '<data class="typing-now" data-side="{side}"></data>'


def receipt(page: Page):
    return page.locator("#messages > .receipt")


def typing(page: Page):
    return page.get_by_text("is typing")


def test_read_stands_under_the_last_message_they_have_seen(both):
    alice, bob = both
    say(alice, "one")
    say(alice, "two")
    expect(bodies(bob)).to_have_text(["one", "two"])
    bob.bring_to_front()
    expect(alice.locator("#messages > .message:has(+ .receipt)")).to_contain_text("two")
    expect(receipt(alice)).to_have_text("Read")
    expect(receipt(bob)).to_have_count(0)


def test_what_was_read_before_is_there_when_the_page_is_opened(both):
    alice, bob = both
    say(alice, "one")
    bob.bring_to_front()
    expect(receipt(alice)).to_have_count(1)
    alice.reload()
    expect(alice.locator("#messages > .message:has(+ .receipt)")).to_contain_text("one")


def test_who_hides_their_reading_neither_shows_nor_sees(page_for, alice, bob, path, stored):
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(shows_reading=False)))
    pages = page_for(alice, path), page_for(bob, path)
    for page in pages:
        expect_line(page)
    say(pages[0], "from alice")
    say(pages[1], "from bob")
    for page in pages:
        expect(bodies(page)).to_have_text(["from alice", "from bob"])
        page.bring_to_front()
    expect(pages[1].locator(".badge")).to_have_count(0)
    say(pages[0], "and again")
    for page in pages:
        expect(bodies(page)).to_have_count(3)
        expect(receipt(page)).to_have_count(0)


def test_switching_it_off_takes_the_receipt_from_open_pages(both):
    alice, bob = both
    say(alice, "one")
    bob.bring_to_front()
    expect(receipt(alice)).to_have_text("Read")
    settings = bob.context.new_page()
    settings.goto("/settings")
    settings.get_by_role("switch", name="Read marks").uncheck()
    settings.get_by_role("button", name="Save").click()
    expect(settings.get_by_text("Saved.")).to_be_visible()
    expect(receipt(alice)).to_have_count(0)


def test_a_receipt_never_goes_back(open_log):
    log = open_log(message(1, side=1) + message(2, side=1), seen=2)
    expect(receipt(log.page)).to_have_count(1)
    log.line_says(SEEN.format(side=2, id=1))
    log.line_says(SEEN.format(side=1, id=9))
    assert log.page.locator("#messages > :last-child").get_attribute("class") == "receipt"
    log.line_says(message(3, 11, side=1) + up_to(11))
    assert log.page.locator(".message:has(+ .receipt)").get_attribute("data-order") == "2"
    log.line_says(SEEN.format(side=2, id=3))
    assert log.page.locator(".message:has(+ .receipt)").get_attribute("data-order") == "3"


def test_typing_is_shown_to_the_other_until_the_message_is_there(both):
    alice, bob = both
    field(bob).press_sequentially("hm")
    expect(typing(alice)).to_be_visible()
    expect(typing(bob)).to_be_hidden()
    field(bob).press("Enter")
    expect(bodies(alice)).to_have_text(["hm"])
    expect(typing(alice)).to_be_hidden()


def test_typing_is_over_after_six_seconds_without_a_word(on_stage, stage, open_log):
    log = open_log(message(1))
    stop_clock(log.page)
    log.line_says(TYPING.format(side=2))
    expect(typing(log.page)).to_be_visible()
    log.page.clock.run_for(5_900)
    expect(typing(log.page)).to_be_visible()
    log.page.clock.run_for(200)
    expect(typing(log.page)).to_be_hidden()


def test_who_hides_their_typing_is_not_seen_typing(page_for, alice, bob, path, stored):
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(shows_typing=False)))
    hers, his = page_for(alice, path), page_for(bob, path)
    for page in (hers, his):
        expect_line(page)
    field(his).press_sequentially("you do not see this")
    field(hers).press_sequentially("nor this")
    say(his, "but this")
    expect(bodies(hers)).to_have_text(["but this"])
    for page in (hers, his):
        expect(typing(page)).to_be_hidden()


def state(page: Page):
    return page.locator("#presence")


def test_the_head_tells_that_the_other_is_here_and_when_they_were_last(both, db_session, bob):
    hers, his = both
    expect(state(hers)).to_have_text("online")
    expect(hers.locator(".head__who")).to_have_attribute("data-presence", "online")
    his.context.close()
    expect(state(hers)).to_have_text(re.compile(r"^last seen \d"), timeout=10_000)
    hers.reload()
    expect(state(hers)).to_have_text(re.compile(r"^last seen \d"))
    db_session.rollback()
    assert utc_now() - db_session.get(User, bob.id).seen_at < timedelta(minutes=1)


def test_who_has_had_no_page_in_view_for_a_minute_is_away(page_for, alice, bob, path):
    hers, his = page_for(alice, path), page_for(bob, None)
    stop_clock(his)
    his.goto(path)
    for page in (hers, his):
        expect_lines(page)
    expect(state(hers)).to_have_text("online")
    turn(his, "hidden")
    his.clock.run_for(30_000)
    say(hers, "still there?")  # a page that hears nothing for a minute would connect anew
    expect(preview(his)).to_have_text("still there?")
    his.clock.run_for(30_000)
    expect(state(hers)).to_have_text("away", timeout=10_000)
    hers.reload()
    expect(state(hers)).to_have_text("away")
    expect(hers.locator(".head__who")).to_have_attribute("data-presence", "away")
    turn(his, "visible")
    expect(state(hers)).to_have_text("online")


def test_whoever_goes_while_away_was_last_seen_before(open_log):
    log = open_log(message(1))
    log.line_says(HERE.format(state="away", at=1_772_625_600_000))
    expect(state(log.page)).to_have_text("away")
    log.line_says(HERE.format(state="gone", at=""))
    expect(state(log.page)).to_have_text(re.compile(r"^last seen .*\d"))


def test_who_hides_their_presence_is_neither_shown_nor_shown_anybody(page_for, alice, bob, path, stored):
    hidden = update(User).where(User.id == bob.id).values(shows_presence=False)
    stored(lambda session: session.execute(hidden))
    hers, his = page_for(alice, path), page_for(bob, path)
    for page in (hers, his):
        expect_lines(page)
        expect(state(page)).to_have_text("")
